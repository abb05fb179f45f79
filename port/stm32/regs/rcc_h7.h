// SPDX-License-Identifier: MIT
// RCC of the STM32H742/743/753/750: RM0433, 8.7.
#ifndef HF_REGS_RCC_H7_H
#define HF_REGS_RCC_H7_H

#include <stdint.h>

struct rcc_regs {
    volatile uint32_t CR, HSICFGR, CRRCR, CSICFGR, CFGR, reserved0, D1CFGR, D2CFGR, D3CFGR, reserved1;
    volatile uint32_t PLLCKSELR, PLLCFGR, PLL1DIVR, PLL1FRACR, PLL2DIVR, PLL2FRACR, PLL3DIVR, PLL3FRACR, reserved2;
    volatile uint32_t D1CCIPR, D2CCIP1R, D2CCIP2R, D3CCIPR, reserved3, CIER, CIFR, CICR, reserved4, BDCR, CSR, reserved5;
    volatile uint32_t AHB3RSTR, AHB1RSTR, AHB2RSTR, AHB4RSTR, APB3RSTR, APB1LRSTR, APB1HRSTR, APB2RSTR, APB4RSTR;
    volatile uint32_t GCR, reserved6, D3AMR, reserved7[9], RSR;
    volatile uint32_t AHB3ENR, AHB1ENR, AHB2ENR, AHB4ENR, APB3ENR, APB1LENR, APB1HENR, APB2ENR, APB4ENR, reserved8;
    volatile uint32_t AHB3LPENR, AHB1LPENR;
};
#define RCC ((struct rcc_regs *)0x58024400u)

#define RCC_CR_HSION            (1u << 0)
#define RCC_CR_HSIRDY           (1u << 2)
#define RCC_CR_HSI48ON          (1u << 12)
#define RCC_CR_HSI48RDY         (1u << 13)
#define RCC_CR_HSEON            (1u << 16)
#define RCC_CR_HSERDY           (1u << 17)
#define RCC_CR_PLL1ON           (1u << 24)
#define RCC_CR_PLL1RDY          (1u << 25)

#define RCC_CFGR_SW_PLL1        3u
#define RCC_CFGR_SWS_MASK       (7u << 3)
#define RCC_CFGR_SWS_HSI        (0u << 3)
#define RCC_CFGR_SWS_PLL1       (3u << 3)

#define RCC_D1CFGR_HPRE_DIV2    (8u << 0)
#define RCC_D1CFGR_D1PPRE_POS   4 // as all of these: 0: /1, 4: /2, 5: /4, 6: /8, 7: /16
#define RCC_D2CFGR_D2PPRE1_POS  4
#define RCC_D2CFGR_D2PPRE2_POS  8
#define RCC_D3CFGR_D3PPRE_POS   4

#define RCC_PLLCKSELR_HSI       0u
#define RCC_PLLCKSELR_HSE       2u
#define RCC_PLLCKSELR_DIVM1_POS 4
#define RCC_PLLCKSELR_RESET     0x02020200u
#define RCC_PLLCFGR_PLL1RGE_POS 2 // input up to 2, 4, 8, 16 MHz
#define RCC_PLLCFGR_DIVP1EN     (1u << 16)
#define RCC_PLLCFGR_RESET       0x01FF0000u
#define RCC_PLL1DIVR_N1_POS     0 // each of these minus 1
#define RCC_PLL1DIVR_P1_POS     9
#define RCC_PLL1DIVR_Q1_POS     16
#define RCC_PLL1DIVR_R1_POS     24
#define RCC_PLL1DIVR_RESET      0x01010280u

#define RCC_D2CCIP2R_USBSEL_HSI48 (3u << 20)
#define RCC_AHB1LPENR_USB2OTGHSULPILPEN (1u << 28)
#define RCC_APB1HENR_CRSEN      (1u << 1)
#define RCC_BDCR_RTCEN          (1u << 15)

#endif
