// SPDX-License-Identifier: MIT
// RCC of the H74x: registers, clock gates, peripheral resets, reset flags. Oscillators and the clock tree are in
// rcc_h7_clocks.c. Interrupts are not modelled: nobody is known to use them. Manual: RM0433, 8.4 to 8.7.
#include <string.h>

#include "rcc_h7.h"

static const char *const bus_names[RCC_BUSES] = {"ahb3", "ahb1", "ahb2", "ahb4", "apb3", "apb1l", "apb1h", "apb2", "apb4"};
enum { APB4 = 8, APB4ENR_RTCAPBEN = 1u << 16 };
enum {
    RSR_RMVF = 1u << 16, RSR_CPURSTF = 1u << 17, RSR_D1RSTF = 1u << 19, RSR_D2RSTF = 1u << 20, RSR_BORRSTF = 1u << 21,
    RSR_PINRSTF = 1u << 22, RSR_PORRSTF = 1u << 23, RSR_SFTRSTF = 1u << 24, RSR_IWDG1RSTF = 1u << 26,
    RSR_WWDG1RSTF = 1u << 28, RSR_LPWRRSTF = 1u << 30
};
enum { CFGR_SWS = 7u << 3, BDCR_KEPT = 0x9F, PLLCKSELR_RESET = 0x02020200, PLLCFGR_RESET = 0x01FF0000, DIVR_RESET = 0x01010280 };

static uint32_t cause_flags(vb_reset_cause cause)
{
    switch (cause) {
    case VB_CAUSE_POWER: return RSR_CPURSTF | RSR_D1RSTF | RSR_D2RSTF | RSR_BORRSTF | RSR_PINRSTF | RSR_PORRSTF;
    case VB_CAUSE_SOFTWARE: return RSR_CPURSTF | RSR_PINRSTF | RSR_SFTRSTF;
    case VB_CAUSE_IWDG: return RSR_CPURSTF | RSR_PINRSTF | RSR_IWDG1RSTF;
    case VB_CAUSE_WWDG: return RSR_CPURSTF | RSR_PINRSTF | RSR_WWDG1RSTF;
    case VB_CAUSE_LOW_POWER: return RSR_CPURSTF | RSR_PINRSTF | RSR_LPWRRSTF;
    case VB_CAUSE_PIN: break;
    }
    return RSR_CPURSTF | RSR_PINRSTF;
}

static void set_gates(vb_device *device, unsigned bus, uint32_t bits)
{
    rcc *state = device->state;
    *rcc_h7_word(state, RCC_ENR + 4 * bus) = bits;
    vb_set_gate(device->board, bus_names[bus], bits);
}

static void reset_system(vb_device *device, vb_reset kind)
{
    rcc *state = device->state;
    bool power = kind == VB_RESET_POWER;
    uint32_t flags = power ? 0 : *rcc_h7_word(state, RCC_RSR);
    uint32_t bdcr = *rcc_h7_word(state, RCC_BDCR);
    *state = (rcc){0};
    *rcc_h7_word(state, RCC_RSR) = flags | cause_flags(power ? VB_CAUSE_POWER : vb_last_reset(device->board));
    *rcc_h7_word(state, RCC_BDCR) = bdcr;
    *rcc_h7_word(state, RCC_CR) = RCC_CR_RESET;
    *rcc_h7_word(state, RCC_PLLCKSELR) = PLLCKSELR_RESET;
    *rcc_h7_word(state, RCC_PLLCFGR) = PLLCFGR_RESET;
    for (uint32_t pll = 0; pll < 3; pll++) {
        *rcc_h7_word(state, RCC_PLL1DIVR + 8 * pll) = DIVR_RESET;
    }
    memset(rcc_h7_word(state, RCC_LPENR), 0xFF, 4 * RCC_BUSES);
    for (unsigned bus = 0; bus < RCC_BUSES; bus++) {
        set_gates(device, bus, bus == APB4 ? APB4ENR_RTCAPBEN : 0);
    }
}

static void reset(vb_device *device, vb_reset kind)
{
    rcc *state = device->state;
    if (kind == VB_RESET_BACKUP) {
        *rcc_h7_word(state, RCC_BDCR) &= RCC_BDCR_BDRST; // stays until software takes it back
    } else if (kind != VB_RESET_PERIPHERAL) {
        rcc_h7_clocks_stop(device);
        reset_system(device, kind);
    }
    rcc_h7_clocks_update(device);
}

static bool exists(uint32_t offset)
{
    static const uint32_t holes[] = {0x14, 0x24, 0x48, 0x5C, 0x6C, 0x78, 0xA4};
    for (size_t i = 0; i < sizeof holes / sizeof holes[0]; i++) {
        if (offset == holes[i]) {
            return false;
        }
    }
    return offset < RCC_END && !(offset > RCC_D3AMR && offset < RCC_RSR) && offset != 0xF8;
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    rcc *state = device->state;
    uint32_t whole = offset & ~3u;
    if (!exists(whole)) {
        return vb_no_register_read(device, offset);
    }
    return vb_part(*rcc_h7_word(state, whole), offset, width);
}

// RTCSEL takes one choice until the next backup reset; while BDRST is set everything else stays 0.
static void write_bdcr(vb_device *device, uint32_t value)
{
    rcc *state = device->state;
    uint32_t *bdcr = rcc_h7_word(state, RCC_BDCR);
    if (!vb_backup_writable(device->board)) {
        return;
    }
    if ((value & RCC_BDCR_BDRST) != 0) {
        bool was_reset = (*bdcr & RCC_BDCR_BDRST) != 0;
        *bdcr |= RCC_BDCR_BDRST;
        if (!was_reset) {
            vb_link_set(device->board, VB_LINK_BACKUP_SOFT_RESET, 1);
            vb_backup_reset(device->board);
            vb_link_set(device->board, VB_LINK_BACKUP_SOFT_RESET, 0);
        }
        return;
    }
    uint32_t rtcsel = (*bdcr & RCC_BDCR_RTCSEL) != 0 ? *bdcr : value;
    *bdcr = (*bdcr & RCC_BDCR_LSERDY) | (rtcsel & RCC_BDCR_RTCSEL) |
            (value & (BDCR_KEPT | RCC_BDCR_RTCEN) & ~(uint32_t)RCC_BDCR_LSERDY);
}

static bool write_bus(vb_device *device, uint32_t offset, uint32_t value)
{
    rcc *state = device->state;
    if (offset >= RCC_RSTR && offset < RCC_RSTR + 4 * RCC_BUSES) {
        uint32_t rising = value & ~*rcc_h7_word(state, offset);
        *rcc_h7_word(state, offset) = value;
        vb_reset_devices(device->board, bus_names[(offset - RCC_RSTR) / 4], rising);
        return true;
    }
    if (offset >= RCC_ENR && offset < RCC_ENR + 4 * RCC_BUSES) {
        set_gates(device, (offset - RCC_ENR) / 4, value);
        return true;
    }
    return false;
}

// Registers of PLLs: those of one PLL, or parts for all of them.
static bool may_write(vb_device *device, uint32_t offset, uint32_t value)
{
    rcc *state = device->state;
    uint32_t changed = *rcc_h7_word(state, offset) ^ value;
    uint32_t plls = 0;
    if (offset == RCC_PLLCKSELR) {
        plls = (changed & 3u ? 7u : 0) | (changed & 0x3F0u ? 1u : 0) | (changed & 0x3F000u ? 2u : 0) |
               (changed & 0x3F00000u ? 4u : 0);
    } else if (offset >= RCC_PLL1DIVR && offset < RCC_PLL3FRACR && (offset & 4u) == 0) {
        plls = changed != 0 ? 1u << (offset - RCC_PLL1DIVR) / 8 : 0;
    }
    return rcc_h7_plls_are_off(device, plls);
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    rcc *state = device->state;
    uint32_t whole = offset & ~3u;
    if (!exists(whole)) {
        vb_no_register_write(device, offset, value);
        return;
    }
    uint32_t *word = rcc_h7_word(state, whole);
    uint32_t new = vb_merge(*word, offset, width, value);
    if (write_bus(device, whole, new) || !may_write(device, whole, new)) {
        return;
    }
    switch (whole) {
    case RCC_CR: rcc_h7_write_cr(device, new); break;
    case RCC_CFGR: *word = (*word & CFGR_SWS) | (new & ~(uint32_t)CFGR_SWS); break;
    case RCC_BDCR: write_bdcr(device, new); break;
    case RCC_CSR: *word = (*word & RCC_CSR_LSIRDY) | (new & RCC_CSR_LSION); break;
    case RCC_RSR: *word = (new & RSR_RMVF) != 0 ? 0 : *word; return;
    case RCC_CRRCR:
    case RCC_CIFR: return; // read-only
    case RCC_CICR: *rcc_h7_word(state, RCC_CIFR) &= ~new; return;
    default: *word = new; break;
    }
    rcc_h7_clocks_update(device);
}

static size_t save(vb_device *device, void *buffer)
{
    if (buffer != NULL) {
        memcpy(buffer, rcc_h7_word(device->state, RCC_BDCR), 4);
    }
    return 4;
}

static bool load(vb_device *device, const void *buffer, size_t size)
{
    if (size != 4) {
        return false;
    }
    memcpy(rcc_h7_word(device->state, RCC_BDCR), buffer, 4);
    return true;
}

extern const vb_model vb_rcc_h7;
const vb_model vb_rcc_h7 = {
    .generation = "rcc_h7",
    .state_size = sizeof(rcc),
    .always_clocked = true,
    .reset = reset,
    .read = read,
    .write = write,
    .event = rcc_h7_clock_event,
    .crystal_changed = rcc_h7_crystal_changed,
    .save = save,
    .load = load,
};
