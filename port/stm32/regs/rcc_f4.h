// SPDX-License-Identifier: MIT
// RCC of the STM32F405/407/415/417: RM0090 Rev 21, 7.3.
#ifndef HF_REGS_RCC_F4_H
#define HF_REGS_RCC_F4_H

#include <stdint.h>

struct rcc_regs {
    volatile uint32_t CR, PLLCFGR, CFGR, CIR;
    volatile uint32_t AHB1RSTR, AHB2RSTR, AHB3RSTR, reserved0, APB1RSTR, APB2RSTR, reserved1[2];
    volatile uint32_t AHB1ENR, AHB2ENR, AHB3ENR, reserved2, APB1ENR, APB2ENR, reserved3[2];
    volatile uint32_t AHB1LPENR, AHB2LPENR, AHB3LPENR, reserved4, APB1LPENR, APB2LPENR, reserved5[2];
    volatile uint32_t BDCR, CSR;
};
#define RCC ((struct rcc_regs *)0x40023800u)

#define RCC_CR_HSION          (1u << 0)
#define RCC_CR_HSIRDY         (1u << 1)
#define RCC_CR_HSEON          (1u << 16)
#define RCC_CR_HSERDY         (1u << 17)
#define RCC_CR_PLLON          (1u << 24)
#define RCC_CR_PLLRDY         (1u << 25)

#define RCC_PLLCFGR_PLLM_POS  0
#define RCC_PLLCFGR_PLLN_POS  6
#define RCC_PLLCFGR_PLLP_POS  16 // 0: /2, 1: /4, 2: /6, 3: /8
#define RCC_PLLCFGR_PLLSRC    (1u << 22) // 1: HSE
#define RCC_PLLCFGR_PLLQ_POS  24
#define RCC_PLLCFGR_RESET     0x24003010u

#define RCC_CFGR_SW_HSI       0u
#define RCC_CFGR_SW_PLL       2u
#define RCC_CFGR_SW_MASK      3u
#define RCC_CFGR_SWS_MASK     (3u << 2)
#define RCC_CFGR_SWS_HSI      (0u << 2)
#define RCC_CFGR_SWS_PLL      (2u << 2)
#define RCC_CFGR_PPRE1_POS    10 // 0: /1, 4: /2, 5: /4, 6: /8, 7: /16
#define RCC_CFGR_PPRE2_POS    13

#define RCC_AHB1ENR_RESET     0x00100000u // CCM data RAM
#define RCC_APB1ENR_PWREN     (1u << 28)

#define RCC_BDCR_RTCEN        (1u << 15)

#endif
