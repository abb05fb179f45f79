// SPDX-License-Identifier: MIT
// Power control of the STM32H742/743/753/750: RM0433, 6.8.
#ifndef HF_REGS_PWR_H7_H
#define HF_REGS_PWR_H7_H

#include <stdint.h>

struct pwr_regs {
    volatile uint32_t CR1, CSR1, CR2, CR3;
};
#define PWR                ((struct pwr_regs *)0x58024800u)
#define PWR_CR1_PVDEN      (1u << 4)
#define PWR_CR1_PLS_POS    5
#define PWR_CR1_DBP        (1u << 8)
#define PWR_CSR1_PVDO      (1u << 4)
// The lowest byte of CR3 can be written once after power-on and belongs to the application: the others by themselves.
#define PWR_CR3_BYTE3      (*(volatile uint8_t *)0x5802480Fu)
#define PWR_CR3_USB33DEN   (1u << 24)
#define PWR_CR3_USB33RDY   (1u << 26)

#endif
