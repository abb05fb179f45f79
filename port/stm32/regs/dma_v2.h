// SPDX-License-Identifier: MIT
// DMA controller with streams (F2, F4): RM0090 Rev 21, 10.5.
#ifndef HF_REGS_DMA_V2_H
#define HF_REGS_DMA_V2_H

#include <stdint.h>

struct dma_stream_regs {
    volatile uint32_t CR, NDTR, PAR, M0AR, M1AR, FCR;
};
#define DMA_STREAM_OFFSET(number) (0x10u + 0x18u * (number)) // from the controller's base

#define DMA_CR_EN        (1u << 0)
#define DMA_CR_DBM       (1u << 18)
#define DMA_CR_CT        (1u << 19)
#define DMA_CR_MINC      (1u << 10)
#define DMA_CR_CHSEL_POS 25

#endif
