// SPDX-License-Identifier: MIT
// RCC of the H74x: oscillators that take their time, three PLLs that lock only in their range, and the tree of clocks
// behind them. Manual: RM0433, 8.5 and 8.7; times from the chip file, limits by voltage scale from DS12110, 6.3.1.
#include "rcc_h7.h"

// Also the ids of their events. CSI and HSI48 have no times in the chip file.
enum { LSI, LSE, CSI, HSI48, HSI, HSE, PLL1, PLL2, PLL3, OSCILLATORS };
enum { CSI_HZ = 4000000, CSI_START_US = 4, HSI48_START_US = 6 };
enum { VCO_INPUT_MIN_HZ = 1000000, VCO_INPUT_MAX_HZ = 16000000, MEDIUM_MIN_HZ = 150000000, MEDIUM_MAX_HZ = 420000000 };

static const struct {
    uint32_t reg;
    uint8_t on, ready;
} oscillators[OSCILLATORS] = {
    [LSI] = {RCC_CSR, 0, 1},  [LSE] = {RCC_BDCR, 0, 1},   [CSI] = {RCC_CR, 7, 8},
    [HSI48] = {RCC_CR, 12, 13}, [HSI] = {RCC_CR, 0, 2},   [HSE] = {RCC_CR, 16, 17},
    [PLL1] = {RCC_CR, 24, 25}, [PLL2] = {RCC_CR, 26, 27}, [PLL3] = {RCC_CR, 28, 29},
};

static bool is_on(rcc *state, unsigned oscillator)
{
    return (*rcc_h7_word(state, oscillators[oscillator].reg) >> oscillators[oscillator].on & 1u) != 0;
}

static bool is_ready(rcc *state, unsigned oscillator)
{
    return (*rcc_h7_word(state, oscillators[oscillator].reg) >> oscillators[oscillator].ready & 1u) != 0;
}

// -- sources and PLLs -------------------------------------------------------------------------------------------------

static uint32_t source_hz(const vb_device *device, unsigned oscillator)
{
    const hf_board *board = vb_description(device->board);
    switch (oscillator) {
    case CSI: return CSI_HZ;
    case HSI48: return board->chip.clocks.hsi48_hz;
    case HSE: return board->hse_hz;
    case HSI: return board->chip.clocks.hsi_hz >> (*rcc_h7_word(device->state, RCC_CR) >> RCC_CR_HSIDIV_POS & 3u);
    default: return 0;
    }
}

// OSCILLATORS: none is chosen.
static unsigned pll_source(rcc *state)
{
    static const uint8_t sources[] = {HSI, CSI, HSE, OSCILLATORS};
    return sources[*rcc_h7_word(state, RCC_PLLCKSELR) & 3u];
}

static uint32_t pll_input_hz(const vb_device *device, unsigned pll)
{
    rcc *state = device->state;
    uint32_t m = *rcc_h7_word(state, RCC_PLLCKSELR) >> (4 + 8 * (pll - PLL1)) & 63u;
    return m == 0 ? 0 : source_hz(device, pll_source(state)) / m;
}

// Frequency of a PLL's oscillator, 0 when something is out of range.
static uint32_t vco_hz(const vb_device *device, unsigned pll)
{
    rcc *state = device->state;
    const hf_clocks *limits = &vb_description(device->board)->chip.clocks;
    uint32_t n = (*rcc_h7_word(state, RCC_PLL1DIVR + 8 * (pll - PLL1)) & 0x1FFu) + 1;
    uint32_t config = *rcc_h7_word(state, RCC_PLLCFGR) >> (4 * (pll - PLL1)), input = pll_input_hz(device, pll);
    uint32_t fraction = (config & 1u) != 0 ? *rcc_h7_word(state, RCC_PLL1FRACR + 8 * (pll - PLL1)) >> 3 & 0x1FFFu : 0;
    uint64_t vco = (uint64_t)input * n + (uint64_t)input * fraction / 8192;
    bool medium = (config & 2u) != 0;
    uint32_t lowest = medium ? MEDIUM_MIN_HZ : limits->vco_min_hz;
    uint32_t highest = medium ? MEDIUM_MAX_HZ : 960000000u; // revision V; the chip file's figure holds for all revisions
    bool fits = input >= VCO_INPUT_MIN_HZ && input <= VCO_INPUT_MAX_HZ && n >= 4 && vco >= lowest && vco <= highest;
    return fits ? (uint32_t)vco : 0;
}

// Output P, Q or R (0 to 2) of a PLL, 0 when it is off.
static uint32_t pll_output_hz(const vb_device *device, unsigned pll, unsigned output)
{
    static const uint8_t places[] = {9, 16, 24};
    rcc *state = device->state;
    bool enabled = (*rcc_h7_word(state, RCC_PLLCFGR) >> (16 + 3 * (pll - PLL1) + output) & 1u) != 0;
    uint32_t divider = (*rcc_h7_word(state, RCC_PLL1DIVR + 8 * (pll - PLL1)) >> places[output] & 0x7Fu) + 1;
    return enabled && is_ready(state, pll) ? vco_hz(device, pll) / divider : 0;
}

// RGE says in which of four ranges the input lies; a wrong one costs jitter, not the lock.
static void check_pll(vb_device *device, unsigned pll)
{
    rcc *state = device->state;
    uint32_t input = pll_input_hz(device, pll), range = *rcc_h7_word(state, RCC_PLLCFGR) >> (2 + 4 * (pll - PLL1)) & 3u;
    uint32_t fitting = input >= 8000000 ? 3 : input >= 4000000 ? 2 : input >= 2000000 ? 1 : 0;
    if (vco_hz(device, pll) == 0) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: PLL%u switched on out of its range, it will not lock",
               device->info->name, pll - PLL1 + 1);
    } else if (range != fitting) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: PLL%uRGE is %u for an input of %u Hz", device->info->name,
               pll - PLL1 + 1, (unsigned)range, (unsigned)input);
    }
}

// -- starting and stopping --------------------------------------------------------------------------------------------

static bool can_run(const vb_device *device, unsigned oscillator)
{
    rcc *state = device->state;
    switch (oscillator) {
    case LSE: return false; // the board has no such crystal
    case HSE: return vb_crystal_works(device->board);
    case PLL1:
    case PLL2:
    case PLL3:
        return pll_source(state) != OSCILLATORS && is_ready(state, pll_source(state)) && vco_hz(device, oscillator) != 0;
    default: return true;
    }
}

static vb_time start_time(const vb_device *device, unsigned oscillator)
{
    const hf_clocks *clocks = &vb_description(device->board)->chip.clocks;
    switch (oscillator) {
    case LSI: return clocks->lsi_startup_us * VB_US;
    case CSI: return CSI_START_US * VB_US;
    case HSI48: return HSI48_START_US * VB_US;
    case HSI: return clocks->hsi_startup_us * VB_US;
    case HSE: return clocks->hse_startup_us * VB_US;
    default: return clocks->pll_lock_us * VB_US;
    }
}

static void start_or_stop(vb_device *device, unsigned oscillator)
{
    rcc *state = device->state;
    vb_time at;
    if (!is_on(state, oscillator) || !can_run(device, oscillator)) {
        *rcc_h7_word(state, oscillators[oscillator].reg) &= ~(1u << oscillators[oscillator].ready);
        vb_cancel(device, oscillator);
    } else if (!is_ready(state, oscillator) && !vb_scheduled(device, oscillator, &at)) {
        vb_schedule(device, oscillator, vb_now(device->board) + start_time(device, oscillator));
    }
}

// -- the tree ---------------------------------------------------------------------------------------------------------

static unsigned oscillator_of(unsigned source)
{
    static const uint8_t sources[] = {HSI, CSI, HSE, PLL1};
    return sources[source & 3u];
}

static uint32_t sysclk_hz(const vb_device *device)
{
    rcc *state = device->state;
    unsigned oscillator = oscillator_of(*rcc_h7_word(state, RCC_CFGR) >> 3);
    if (!is_ready(state, oscillator)) {
        return 0;
    }
    return oscillator == PLL1 ? pll_output_hz(device, PLL1, 0) : source_hz(device, oscillator);
}

static void switch_source(rcc *state)
{
    uint32_t *cfgr = rcc_h7_word(state, RCC_CFGR), wanted = *cfgr & 7u;
    if (wanted <= 3 && is_ready(state, oscillator_of(wanted))) {
        *cfgr = (*cfgr & ~0x38u) | wanted << 3;
    }
}

static unsigned ahb_divider(uint32_t code)
{
    static const uint16_t dividers[] = {2, 4, 8, 16, 64, 128, 256, 512};
    return (code & 8u) == 0 ? 1 : dividers[code & 7u];
}

static unsigned apb_divider(uint32_t code)
{
    return (code & 4u) == 0 ? 1 : 2u << (code & 3u);
}

static uint32_t uart_hz(const vb_device *device, unsigned choice, uint32_t bus_hz)
{
    rcc *state = device->state;
    switch (choice) {
    case 0: return bus_hz;
    case 1: return pll_output_hz(device, PLL2, 1);
    case 2: return pll_output_hz(device, PLL3, 1);
    case 3: return is_ready(state, HSI) ? source_hz(device, HSI) : 0;
    case 4: return is_ready(state, CSI) ? CSI_HZ : 0;
    default: return 0;
    }
}

static uint32_t usb_hz(const vb_device *device)
{
    rcc *state = device->state;
    switch (*rcc_h7_word(state, RCC_D2CCIP2R) >> 20 & 3u) {
    case 1: return pll_output_hz(device, PLL1, 1);
    case 2: return pll_output_hz(device, PLL3, 1);
    case 3: return is_ready(state, HSI48) ? source_hz(device, HSI48) : 0;
    default: return 0;
    }
}

static uint32_t rtc_hz(const vb_device *device)
{
    rcc *state = device->state;
    uint32_t bdcr = *rcc_h7_word(state, RCC_BDCR), prescaler = *rcc_h7_word(state, RCC_CFGR) >> 8 & 63u;
    if ((bdcr & RCC_BDCR_RTCEN) == 0) {
        return 0;
    }
    switch (bdcr >> 8 & 3u) {
    case 2: return is_ready(state, LSI) ? vb_description(device->board)->chip.clocks.lsi_hz : 0;
    case 3: return is_ready(state, HSE) && prescaler >= 2 ? source_hz(device, HSE) / prescaler : 0;
    default: return 0;
    }
}

// DS12110, 6.3.1: core, AXI and AHB, APB, by voltage scale 0 to 3.
static void check_limits(vb_device *device, uint32_t core, uint32_t bus, uint32_t apb)
{
    static const uint32_t core_max[] = {480000000, 400000000, 300000000, 200000000};
    rcc *state = device->state;
    unsigned scale = (unsigned)vb_link_get(device->board, VB_LINK_VOLTAGE_SCALE) & 3u;
    bool wrong = core > core_max[scale] || bus > core_max[scale] / 2 || apb > core_max[scale] / 4;
    if (scale == 3 || core <= 64000000) { // HSI at reset feeds all buses undivided (RM0433 8.5.3)
        wrong = wrong && core > 64000000;
    }
    if (wrong && !state->limits_reported) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: core %u, AXI %u, APB %u Hz: above the limits of VOS%u",
               device->info->name, (unsigned)core, (unsigned)bus, (unsigned)apb, scale);
    }
    state->limits_reported = wrong;
}

void rcc_h7_clocks_update(vb_device *device)
{
    rcc *state = device->state;
    for (unsigned oscillator = 0; oscillator < OSCILLATORS; oscillator++) {
        start_or_stop(device, oscillator); // sources come before the PLLs that need them
    }
    switch_source(state);
    uint32_t d1cfgr = *rcc_h7_word(state, RCC_D1CFGR), d2cfgr = *rcc_h7_word(state, RCC_D2CFGR);
    uint32_t core = sysclk_hz(device) / ahb_divider(d1cfgr >> 8), bus = core / ahb_divider(d1cfgr);
    uint32_t apb1 = bus / apb_divider(d2cfgr >> 4), apb2 = bus / apb_divider(d2cfgr >> 8);
    uint32_t choices = *rcc_h7_word(state, RCC_D2CCIP2R);
    vb_set_clock(device->board, VB_CLOCK_AHB, bus);
    vb_set_clock(device->board, VB_CLOCK_HCLK, core);
    vb_set_clock(device->board, VB_CLOCK_APB1, apb1);
    vb_set_clock(device->board, VB_CLOCK_APB2, apb2);
    vb_set_clock(device->board, VB_CLOCK_UART1, uart_hz(device, choices >> 3 & 7u, apb2));
    vb_set_clock(device->board, VB_CLOCK_UART2, uart_hz(device, choices & 7u, apb1));
    vb_set_clock(device->board, VB_CLOCK_LSI,
                 is_ready(state, LSI) ? vb_description(device->board)->chip.clocks.lsi_hz : 0);
    vb_set_clock(device->board, VB_CLOCK_RTC, rtc_hz(device));
    vb_set_clock(device->board, VB_CLOCK_USB, usb_hz(device));
    check_limits(device, core, bus, apb1 > apb2 ? apb1 : apb2);
}

void rcc_h7_clocks_stop(vb_device *device)
{
    for (unsigned oscillator = 0; oscillator < OSCILLATORS; oscillator++) {
        vb_cancel(device, oscillator);
    }
}

void rcc_h7_clock_event(vb_device *device, unsigned id)
{
    rcc *state = device->state;
    *rcc_h7_word(state, oscillators[id].reg) |= 1u << oscillators[id].ready;
    rcc_h7_clocks_update(device);
}

// What the present system clock needs cannot be switched off.
static uint32_t needed(rcc *state)
{
    unsigned oscillator = oscillator_of(*rcc_h7_word(state, RCC_CFGR) >> 3), source = pll_source(state);
    uint32_t bits = 1u << oscillators[oscillator].on;
    if (oscillator == PLL1 && source != OSCILLATORS) {
        bits |= 1u << oscillators[source].on;
    }
    return bits;
}

void rcc_h7_write_cr(vb_device *device, uint32_t value)
{
    rcc *state = device->state;
    uint32_t *cr = rcc_h7_word(state, RCC_CR), old = *cr;
    *cr = (old & RCC_CR_READY) | (value & ~(uint32_t)RCC_CR_READY) | (old & needed(state));
    for (unsigned pll = PLL1; pll <= PLL3; pll++) {
        if ((*cr & ~old & 1u << oscillators[pll].on) != 0) {
            check_pll(device, pll);
        }
    }
}

bool rcc_h7_plls_are_off(vb_device *device, uint32_t mask)
{
    rcc *state = device->state;
    for (unsigned pll = PLL1; pll <= PLL3; pll++) {
        if ((mask & 1u << (pll - PLL1)) != 0 && is_on(state, pll)) {
            vb_say(device->board, VB_REPORT_MISUSE, "%s: configuration of PLL%u written while it is on",
                   device->info->name, pll - PLL1 + 1);
            return false;
        }
    }
    return true;
}

void rcc_h7_crystal_changed(vb_device *device)
{
    rcc_h7_clocks_update(device);
}
