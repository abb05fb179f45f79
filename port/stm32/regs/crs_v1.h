// SPDX-License-Identifier: MIT
// Clock recovery system of the STM32H7: RM0433, 9.8.
#ifndef HF_REGS_CRS_V1_H
#define HF_REGS_CRS_V1_H

#include <stdint.h>

struct crs_regs {
    volatile uint32_t CR, CFGR, ISR, ICR;
};
#define CRS                   ((struct crs_regs *)0x40008400u)
#define CRS_CR_CEN            (1u << 5)
#define CRS_CR_AUTOTRIMEN     (1u << 6)
#define CRS_CFGR_SYNCSRC_MASK (3u << 28)
#define CRS_CFGR_SYNCSRC_USB2 (3u << 28) // start of frame of OTG_FS

#endif
