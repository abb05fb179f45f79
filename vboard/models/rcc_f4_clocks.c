// SPDX-License-Identifier: MIT
// RCC of the F40x: oscillators that take their time, PLLs that lock only in their range, the tree
// of clocks behind them, and the clock security system. Manual: RM0090 Rev 21, 7.2 and 7.3.1
// to 7.3.4; times and limits come from the chip file.
#include "rcc_f4.h"

// In the order of their bits in CIR; also the ids of their events.
enum { LSI, LSE, HSI, HSE, PLL, PLLI2S, OSCILLATORS };
enum { SOURCE_HSI, SOURCE_HSE, SOURCE_PLL };                     // CFGR.SW and SWS
enum { VCO_INPUT_MIN_HZ = 1000000, VCO_INPUT_MAX_HZ = 2000000 }; // RM0090 7.3.2, PLLM

static uint32_t *control(rcc *state, unsigned oscillator)
{
    return oscillator == LSI ? &state->csr : oscillator == LSE ? &state->bdcr : &state->cr;
}

static uint32_t on_bit(unsigned oscillator)
{
    static const uint8_t bits[OSCILLATORS] = {0, 0, 0, 16, 24, 26};
    return 1u << bits[oscillator];
}

static uint32_t ready_bit(unsigned oscillator)
{
    return on_bit(oscillator) << 1;
}

static bool is_on(rcc *state, unsigned oscillator)
{
    return *control(state, oscillator) & on_bit(oscillator);
}

static bool is_ready(rcc *state, unsigned oscillator)
{
    return *control(state, oscillator) & ready_bit(oscillator);
}

static unsigned pll_source(const rcc *state)
{
    return state->pllcfgr & RCC_PLLCFGR_HSE ? HSE : HSI;
}

static uint32_t source_hz(const vb_device *device, unsigned oscillator)
{
    const hf_board *board = vb_description(device->board);
    return oscillator == HSE ? board->hse_hz : board->chip.clocks.hsi_hz;
}

// Frequency of a PLL's oscillator, 0 when M, N or the resulting frequencies are out of range.
static uint32_t vco_hz(const vb_device *device, uint32_t n)
{
    const rcc *state = device->state;
    const hf_clocks *limits = &vb_description(device->board)->chip.clocks;
    uint32_t m = state->pllcfgr & 63;
    if (m < 2 || n < 2 || n > 432) {
        return 0;
    }
    uint32_t source = source_hz(device, pll_source(state));
    uint64_t vco = (uint64_t)source * n / m;
    bool input_fits = source / m >= VCO_INPUT_MIN_HZ && source / m <= VCO_INPUT_MAX_HZ;
    bool output_fits = vco >= limits->vco_min_hz && vco <= limits->vco_max_hz;
    return input_fits && output_fits ? (uint32_t)vco : 0;
}

static uint32_t pll_vco_hz(const vb_device *device, unsigned oscillator)
{
    const rcc *state = device->state;
    uint32_t config = oscillator == PLL ? state->pllcfgr : state->plli2scfgr;
    return vco_hz(device, (config >> 6) & 0x1FF);
}

// Whether an oscillator that is switched on gets going. The board has no LSE crystal.
static bool can_run(const vb_device *device, unsigned oscillator)
{
    rcc *state = device->state;
    switch (oscillator) {
    case LSE: return false;
    case HSE: return vb_crystal_works(device->board);
    case PLL:
    case PLLI2S: return is_ready(state, pll_source(state)) && pll_vco_hz(device, oscillator) != 0;
    default: return true;
    }
}

static vb_time start_time(const vb_device *device, unsigned oscillator)
{
    const hf_clocks *clocks = &vb_description(device->board)->chip.clocks;
    switch (oscillator) {
    case LSI: return clocks->lsi_startup_us * VB_US;
    case HSI: return clocks->hsi_startup_us * VB_US;
    case HSE: return clocks->hse_startup_us * VB_US;
    default: return clocks->pll_lock_us * VB_US;
    }
}

static void start_or_stop(vb_device *device, unsigned oscillator)
{
    rcc *state = device->state;
    vb_time at;
    bool runs = is_on(state, oscillator) && can_run(device, oscillator);
    bool starting = vb_scheduled(device, oscillator, &at);
    if (!runs) {
        *control(state, oscillator) &= ~ready_bit(oscillator);
        vb_cancel(device, oscillator);
    } else if (!is_ready(state, oscillator) && !starting) {
        vb_schedule(device, oscillator, vb_now(device->board) + start_time(device, oscillator));
    }
}

static unsigned ahb_divider(uint32_t hpre)
{
    static const uint16_t dividers[] = {2, 4, 8, 16, 64, 128, 256, 512};
    return hpre < 8 ? 1 : dividers[hpre - 8];
}

static unsigned apb_divider(uint32_t ppre)
{
    return ppre < 4 ? 1 : 2u << (ppre - 4);
}

static unsigned oscillator_of(unsigned source)
{
    static const uint8_t oscillators[] = {HSI, HSE, PLL, HSI};
    return oscillators[source];
}

static uint32_t sysclk_hz(const vb_device *device)
{
    rcc *state = device->state;
    unsigned oscillator = oscillator_of((state->cfgr >> 2) & 3);
    if (!is_ready(state, oscillator)) {
        return 0;
    }
    if (oscillator != PLL) {
        return source_hz(device, oscillator);
    }
    return pll_vco_hz(device, PLL) / (2 * (((state->pllcfgr >> 16) & 3) + 1));
}

// The source asked for takes over when it is ready; until then the old one goes on.
static void switch_source(rcc *state)
{
    unsigned wanted = state->cfgr & 3;
    if (wanted <= SOURCE_PLL && is_ready(state, oscillator_of(wanted))) {
        state->cfgr = (state->cfgr & ~0xCu) | (wanted << 2);
    }
}

static uint32_t rtc_hz(const vb_device *device)
{
    rcc *state = device->state;
    const hf_board *board = vb_description(device->board);
    uint32_t prescaler = (state->cfgr >> 16) & 31;
    if (!(state->bdcr & RCC_BDCR_RTCEN)) {
        return 0;
    }
    switch ((state->bdcr >> 8) & 3) {
    case 2: return is_ready(state, LSI) ? board->chip.clocks.lsi_hz : 0;
    case 3: return is_ready(state, HSE) && prescaler >= 2 ? board->hse_hz / prescaler : 0;
    default: return 0; // none, or an LSE crystal that is not there
    }
}

// What the PLL's Q output gives: the transceiver's 48 MHz, when Q was chosen well.
static uint32_t usb_hz(const vb_device *device)
{
    rcc *state = device->state;
    uint32_t q = (state->pllcfgr >> 24) & 15;
    return is_ready(state, PLL) && q >= 2 ? pll_vco_hz(device, PLL) / q : 0;
}

static void set_clock(vb_device *device, vb_clock clock, uint32_t hz)
{
    if (vb_clock_hz(device->board, clock) != hz) {
        vb_set_clock(device->board, clock, hz);
    }
}

static void check_limits(vb_device *device, uint32_t hclk, uint32_t apb1, uint32_t apb2)
{
    rcc *state = device->state;
    const hf_clocks *limits = &vb_description(device->board)->chip.clocks;
    bool wrong =
        hclk > limits->hclk_max_hz || apb1 > limits->apb1_max_hz || apb2 > limits->apb2_max_hz;
    if (wrong && !state->limits_reported) {
        vb_say(device->board, VB_REPORT_MISUSE,
               "%s: HCLK %u, APB1 %u, APB2 %u Hz: above the chip's limits", device->info->name,
               (unsigned)hclk, (unsigned)apb1, (unsigned)apb2);
    }
    state->limits_reported = wrong;
}

void rcc_clocks_update(vb_device *device)
{
    rcc *state = device->state;
    for (unsigned oscillator = 0; oscillator < OSCILLATORS; oscillator++) {
        start_or_stop(device, oscillator); // sources come before the PLLs that need them
    }
    switch_source(state);
    uint32_t hclk = sysclk_hz(device) / ahb_divider((state->cfgr >> 4) & 15);
    uint32_t apb1 = hclk / apb_divider((state->cfgr >> 10) & 7);
    uint32_t apb2 = hclk / apb_divider((state->cfgr >> 13) & 7);
    set_clock(device, VB_CLOCK_HCLK, hclk);
    set_clock(device, VB_CLOCK_APB1, apb1);
    set_clock(device, VB_CLOCK_APB2, apb2);
    set_clock(device, VB_CLOCK_LSI,
              is_ready(state, LSI) ? vb_description(device->board)->chip.clocks.lsi_hz : 0);
    set_clock(device, VB_CLOCK_RTC, rtc_hz(device));
    set_clock(device, VB_CLOCK_USB, usb_hz(device));
    check_limits(device, hclk, apb1, apb2);
}

void rcc_clocks_stop(vb_device *device)
{
    for (unsigned oscillator = 0; oscillator < OSCILLATORS; oscillator++) {
        vb_cancel(device, oscillator);
    }
}

// An oscillator has started. Its flag in CIR only rises where its interrupt is enabled.
void rcc_clock_event(vb_device *device, unsigned id)
{
    rcc *state = device->state;
    *control(state, id) |= ready_bit(id);
    if (state->cir & (1u << (8 + id))) {
        state->cir |= 1u << id;
        rcc_update_irq(device);
    }
    rcc_clocks_update(device);
}

// What the present system clock needs cannot be switched off.
static uint32_t needed(const rcc *state)
{
    switch ((state->cfgr >> 2) & 3) {
    case SOURCE_HSE: return RCC_CR_HSEON;
    case SOURCE_PLL: return RCC_CR_PLLON | (pll_source(state) == HSE ? RCC_CR_HSEON : RCC_CR_HSION);
    default: return RCC_CR_HSION;
    }
}

static void complain_about_pll(vb_device *device, unsigned oscillator, const char *name)
{
    const rcc *state = device->state;
    if (pll_vco_hz(device, oscillator) == 0) {
        vb_say(device->board, VB_REPORT_MISUSE,
               "%s: %s switched on out of its range, it will not lock (PLLCFGR 0x%08X)",
               device->info->name, name, (unsigned)state->pllcfgr);
    }
}

void rcc_write_cr(vb_device *device, uint32_t value)
{
    static const uint32_t writable = RCC_CR_HSION | 0xF8 | RCC_CR_HSEON | RCC_CR_HSEBYP |
                                     RCC_CR_CSSON | RCC_CR_PLLON | RCC_CR_PLLI2SON;
    rcc *state = device->state;
    uint32_t mask = writable;
    if (state->cr & RCC_CR_HSEON) {
        mask &= ~(uint32_t)RCC_CR_HSEBYP; // only while the oscillator is off
    }
    uint32_t old = state->cr;
    state->cr = (old & ~mask) | (value & mask) | (old & needed(state));
    uint32_t risen = state->cr & ~old;
    if (risen & RCC_CR_PLLON) {
        complain_about_pll(device, PLL, "PLL");
    }
    if (risen & RCC_CR_PLLI2SON) {
        complain_about_pll(device, PLLI2S, "PLLI2S");
    }
}

void rcc_write_pllcfgr(vb_device *device, uint32_t *target, uint32_t value, uint32_t on)
{
    const rcc *state = device->state;
    uint32_t changed = *target ^ value;
    // M and the source are the same for both PLLs.
    uint32_t blocking =
        on | (target == &state->pllcfgr && (changed & 0x0040003F) ? RCC_CR_PLLI2SON : 0);
    if (changed != 0 && (state->cr & blocking)) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: a PLL's configuration written while it is on",
               device->info->name);
        return;
    }
    *target = value;
}

// Clock security system: a dead HSE is switched off together with a PLL it feeds, HSI takes over,
// NMI.
static void security_event(vb_device *device)
{
    rcc *state = device->state;
    bool pll_from_hse = pll_source(state) == HSE;
    unsigned source = (state->cfgr >> 2) & 3;
    if (source == SOURCE_HSE || (source == SOURCE_PLL && pll_from_hse)) {
        state->cr |= RCC_CR_HSION | RCC_CR_HSIRDY;
        state->cfgr &= ~0xFu;
    }
    state->cr &= ~(uint32_t)(RCC_CR_HSEON | RCC_CR_CSSON | (pll_from_hse ? RCC_CR_PLLON : 0));
    state->cir |= RCC_CIR_CSSF;
    rcc_update_irq(device);
}

void rcc_crystal_changed(vb_device *device)
{
    rcc *state = device->state;
    bool died = !vb_crystal_works(device->board) && is_ready(state, HSE);
    if (died && (state->cr & RCC_CR_CSSON)) {
        security_event(device);
    }
    rcc_clocks_update(device);
}
