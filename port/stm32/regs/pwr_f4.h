// SPDX-License-Identifier: MIT
// Power control of the STM32F4: RM0090 Rev 21, 5.4.
#ifndef HF_REGS_PWR_F4_H
#define HF_REGS_PWR_F4_H

#include <stdint.h>

struct pwr_regs {
    volatile uint32_t CR, CSR;
};
#define PWR        ((struct pwr_regs *)0x40007000u)
#define PWR_CR_DBP (1u << 8)

#endif
