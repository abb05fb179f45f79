// SPDX-License-Identifier: MIT
// What the two halves of the RCC model share: registers (rcc_f4.c) and clocks (rcc_f4_clocks.c).
#ifndef VB_RCC_F4_H
#define VB_RCC_F4_H

#include "registers.h"

enum {
    RCC_CR = 0x00,
    RCC_PLLCFGR = 0x04,
    RCC_CFGR = 0x08,
    RCC_CIR = 0x0C,
    RCC_RSTR = 0x10,
    RCC_ENR = 0x30,
    RCC_LPENR = 0x50,
    RCC_BDCR = 0x70,
    RCC_CSR = 0x74,
    RCC_SSCGR = 0x80,
    RCC_PLLI2SCFGR = 0x84
};
enum { RCC_BUSES = 6 }; // slots of RSTR, ENR and LPENR: AHB1, AHB2, AHB3, a hole, APB1, APB2

enum {
    RCC_CR_HSION = 1u << 0,
    RCC_CR_HSIRDY = 1u << 1,
    RCC_CR_HSEON = 1u << 16,
    RCC_CR_HSERDY = 1u << 17,
    RCC_CR_HSEBYP = 1u << 18,
    RCC_CR_CSSON = 1u << 19,
    RCC_CR_PLLON = 1u << 24,
    RCC_CR_PLLRDY = 1u << 25,
    RCC_CR_PLLI2SON = 1u << 26,
    RCC_CR_PLLI2SRDY = 1u << 27,
    RCC_PLLCFGR_HSE = 1u << 22,
    RCC_CIR_CSSF = 1u << 7,
    RCC_BDCR_LSEON = 1u << 0,
    RCC_BDCR_LSERDY = 1u << 1,
    RCC_BDCR_RTCSEL = 3u << 8,
    RCC_BDCR_RTCEN = 1u << 15,
    RCC_BDCR_BDRST = 1u << 16,
    RCC_CSR_LSION = 1u << 0,
    RCC_CSR_LSIRDY = 1u << 1
};

typedef struct rcc {
    uint32_t cr, pllcfgr, cfgr, cir, rstr[RCC_BUSES], enr[RCC_BUSES], lpenr[RCC_BUSES];
    uint32_t bdcr, csr, sscgr, plli2scfgr;
    bool limits_reported;
} rcc;

// Starts and stops what the registers now ask for, and tells the board its clocks.
void rcc_clocks_update(vb_device *device);
// Forgets starts under way: the registers are about to be reset.
void rcc_clocks_stop(vb_device *device);
// CR with the rules about which bit may change when.
void rcc_write_cr(vb_device *device, uint32_t value);
void rcc_write_pllcfgr(vb_device *device, uint32_t *target, uint32_t value, uint32_t on);
void rcc_clock_event(vb_device *device, unsigned id);
void rcc_crystal_changed(vb_device *device);
// Raises or lowers the interrupt and NMI as CIR says.
void rcc_update_irq(vb_device *device);

#endif
