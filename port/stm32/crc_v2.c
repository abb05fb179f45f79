// SPDX-License-Identifier: MIT
// Programmable CRC unit (F0, F3, F7, G0, H7, ...): RM0433, 22.3. With bits reflected at both ends its default polynomial
// is the common CRC-32 (zlib, IEEE 802.3).
#include "board.h"
#include "drivers.h"
#include "regs/crc_v2.h"

#define CRC ((struct crc_regs *)HF_CRC_BASE)

void crc32_begin(void)
{
    clock_enable_ahb(HF_CRC_ON_AHB, HF_CRC_ENABLE_BIT);
    CRC->CR = CRC_CR_RESET | CRC_CR_REV_IN_WORD | CRC_CR_REV_OUT;
}

void crc32_add(const uint32_t *words, uint32_t count)
{
    // Not unrolled: the unit takes four bus cycles a word, the loop is hidden behind it.
    while (count-- > 0) {
        CRC->DR = *words++;
    }
}

uint32_t crc32_end(void)
{
    return ~CRC->DR;
}
