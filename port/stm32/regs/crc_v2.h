// SPDX-License-Identifier: MIT
// Programmable CRC unit of F0, F3, F7, G0, H7, L4, L5, U5: RM0433, 22.4.
#ifndef HF_REGS_CRC_V2_H
#define HF_REGS_CRC_V2_H

#include <stdint.h>

struct crc_regs {
    volatile uint32_t DR, IDR, CR, reserved0, INIT, POL;
};
#define CRC_CR_RESET       (1u << 0)
#define CRC_CR_REV_IN_WORD (3u << 5)
#define CRC_CR_REV_OUT     (1u << 7)

#endif
