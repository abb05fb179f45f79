// SPDX-License-Identifier: MIT
// What the halves of the stream DMA model share: registers (dma_v2.c) and transfers
// (dma_v2_transfer.c).
#ifndef VB_DMA_V2_H
#define VB_DMA_V2_H

#include "registers.h"

enum { DMA_STREAMS = 8, DMA_FIFO_SIZE = 16, DMA_EVENT_TRANSFER = 0 };
enum {
    DMA_CR_EN = 1u << 0,
    DMA_CR_DMEIE = 1u << 1,
    DMA_CR_TEIE = 1u << 2,
    DMA_CR_HTIE = 1u << 3,
    DMA_CR_TCIE = 1u << 4,
    DMA_CR_PFCTRL = 1u << 5,
    DMA_CR_DIR = 6,
    DMA_CR_CIRC = 1u << 8,
    DMA_CR_PINC = 1u << 9,
    DMA_CR_MINC = 1u << 10,
    DMA_CR_PSIZE = 11,
    DMA_CR_MSIZE = 13,
    DMA_CR_PINCOS = 1u << 15,
    DMA_CR_PL = 16,
    DMA_CR_DBM = 1u << 18,
    DMA_CR_CT = 1u << 19,
    DMA_CR_CHSEL = 25,
    DMA_FCR_DMDIS = 1u << 2
};
// A stream's group of flags.
enum {
    DMA_FEIF = 1u << 0,
    DMA_DMEIF = 1u << 2,
    DMA_TEIF = 1u << 3,
    DMA_HTIF = 1u << 4,
    DMA_TCIF = 1u << 5
};

typedef struct dma_stream {
    uint32_t cr, ndtr, par, mar[2], fcr, flags;
    uint32_t length;           // NDTR as it was enabled with
    uint32_t par_now, mar_now; // where the next item comes from or goes to
    uint8_t requests;          // levels, one bit per channel
    uint8_t fifo[DMA_FIFO_SIZE];
    unsigned fifo_count;
} dma_stream;

typedef struct dma {
    dma_stream streams[DMA_STREAMS];
} dma;

// -- dma_v2.c
void dma_raise(vb_device *device, unsigned number, uint32_t flags);

// -- dma_v2_transfer.c
void dma_request(vb_device *device, unsigned number, unsigned channel, bool level);
void dma_enable(vb_device *device, unsigned number);  // EN has been set
void dma_disable(vb_device *device, unsigned number); // EN has been cleared by software
void dma_stop(vb_device *device, unsigned number,
              uint32_t flags);                      // hardware ends the stream with these flags
uint32_t dma_fifo_status(const dma_stream *stream); // FCR.FS
void dma_event(vb_device *device, unsigned id);

#endif
