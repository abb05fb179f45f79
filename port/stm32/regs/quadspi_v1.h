// SPDX-License-Identifier: MIT
// QUADSPI of F412, F446, F7, H74x, L4: RM0433, 23.5.
#ifndef HF_REGS_QUADSPI_V1_H
#define HF_REGS_QUADSPI_V1_H

#include <stdint.h>

struct quadspi_regs {
    volatile uint32_t CR, DCR, SR, FCR, DLR, CCR, AR, ABR, DR, PSMKR, PSMAR, PIR, LPTR;
};

#define QUADSPI_CR_EN            (1u << 0)
#define QUADSPI_CR_ABORT         (1u << 1)
#define QUADSPI_CR_SSHIFT        (1u << 4)
#define QUADSPI_CR_FTHRES_POS    8
#define QUADSPI_CR_PRESCALER_POS 24

#define QUADSPI_DCR_CSHT_POS     8
#define QUADSPI_DCR_FSIZE_POS    16

#define QUADSPI_SR_TEF           (1u << 0)
#define QUADSPI_SR_TCF           (1u << 1)
#define QUADSPI_SR_FTF           (1u << 2)
#define QUADSPI_SR_BUSY          (1u << 5)

#define QUADSPI_FCR_CTEF         (1u << 0)
#define QUADSPI_FCR_CTCF         (1u << 1)

#define QUADSPI_CCR_IMODE_SINGLE  (1u << 8)
#define QUADSPI_CCR_ADMODE_SINGLE (1u << 10)
#define QUADSPI_CCR_ADSIZE_24     (2u << 12)
#define QUADSPI_CCR_DCYC_POS      18
#define QUADSPI_CCR_DMODE_SINGLE  (1u << 24)
#define QUADSPI_CCR_FMODE_READ    (1u << 26)

#endif
