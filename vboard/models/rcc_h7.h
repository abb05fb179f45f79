// SPDX-License-Identifier: MIT
// What the two halves of the H7 RCC model share: registers (rcc_h7.c) and clocks (rcc_h7_clocks.c).
#ifndef VB_RCC_H7_H
#define VB_RCC_H7_H

#include "registers.h"

enum {
    RCC_CR = 0x00, RCC_HSICFGR = 0x04, RCC_CRRCR = 0x08, RCC_CSICFGR = 0x0C, RCC_CFGR = 0x10, RCC_D1CFGR = 0x18,
    RCC_D2CFGR = 0x1C, RCC_D3CFGR = 0x20, RCC_PLLCKSELR = 0x28, RCC_PLLCFGR = 0x2C, RCC_PLL1DIVR = 0x30,
    RCC_PLL1FRACR = 0x34, RCC_PLL3FRACR = 0x44, RCC_D1CCIPR = 0x4C, RCC_D2CCIP1R = 0x50, RCC_D2CCIP2R = 0x54,
    RCC_D3CCIPR = 0x58, RCC_CIER = 0x60, RCC_CIFR = 0x64, RCC_CICR = 0x68, RCC_BDCR = 0x70, RCC_CSR = 0x74,
    RCC_RSTR = 0x7C, RCC_GCR = 0xA0, RCC_D3AMR = 0xA8, RCC_RSR = 0xD0, RCC_ENR = 0xD4, RCC_LPENR = 0xFC,
    RCC_END = 0x120
};
enum { RCC_BUSES = 9 }; // one after the other in RSTR, ENR and LPENR

enum {
    RCC_CR_HSION = 1u << 0, RCC_CR_HSIRDY = 1u << 2, RCC_CR_HSIDIV_POS = 3, RCC_CR_CSION = 1u << 7,
    RCC_CR_HSI48ON = 1u << 12, RCC_CR_HSEON = 1u << 16, RCC_CR_HSEBYP = 1u << 18, RCC_CR_CSSHSEON = 1u << 19,
    RCC_CR_PLL1ON = 1u << 24, RCC_CR_READY = 0x2A02E124, // all that only hardware sets
    RCC_CR_RESET = 0xC025,
    RCC_BDCR_LSEON = 1u << 0, RCC_BDCR_LSERDY = 1u << 1, RCC_BDCR_RTCSEL = 3u << 8, RCC_BDCR_RTCEN = 1u << 15,
    RCC_BDCR_BDRST = 1u << 16,
    RCC_CSR_LSION = 1u << 0, RCC_CSR_LSIRDY = 1u << 1
};

// Registers in their places; those with a life of their own are looked after by name.
typedef struct rcc {
    uint32_t words[RCC_END / 4];
    bool limits_reported;
} rcc;

static inline uint32_t *rcc_h7_word(rcc *state, uint32_t offset)
{
    return &state->words[offset / 4];
}

// Starts and stops what the registers now ask for, and tells the board its clocks.
void rcc_h7_clocks_update(vb_device *device);
void rcc_h7_clocks_stop(vb_device *device);
void rcc_h7_write_cr(vb_device *device, uint32_t value);
void rcc_h7_clock_event(vb_device *device, unsigned id);
void rcc_h7_crystal_changed(vb_device *device);
// A PLL's own registers may change only while it is off. mask: PLLnON bits that concern the register.
bool rcc_h7_plls_are_off(vb_device *device, uint32_t mask);

#endif
