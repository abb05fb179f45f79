// SPDX-License-Identifier: MIT
// CRC calculation unit of F1, F2, F4, L1: RM0090 Rev 21, 4.4.
#ifndef HF_REGS_CRC_V1_H
#define HF_REGS_CRC_V1_H

#include <stdint.h>

struct crc_regs {
    volatile uint32_t DR, IDR, CR;
};
#define CRC_CR_RESET (1u << 0)

#endif
