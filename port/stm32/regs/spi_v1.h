// SPDX-License-Identifier: MIT
// SPI of F1, F2, F4, L1: RM0090 Rev 21, 28.5.
#ifndef HF_REGS_SPI_V1_H
#define HF_REGS_SPI_V1_H

#include <stdint.h>

struct spi_regs {
    volatile uint32_t CR1, CR2, SR, DR;
};

#define SPI_CR1_MSTR (1u << 2)
#define SPI_CR1_SPE  (1u << 6)
#define SPI_CR1_SSI  (1u << 8)
#define SPI_CR1_SSM  (1u << 9)

#define SPI_SR_RXNE  (1u << 0)
#define SPI_SR_TXE   (1u << 1)

#endif
