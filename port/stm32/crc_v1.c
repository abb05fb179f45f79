// SPDX-License-Identifier: MIT
// CRC unit without reflection (F1, F2, F4): RM0090 Rev 21, 4.3. It computes CRC-32/MPEG-2 over words, most significant
// bit first; the common CRC-32 (zlib, IEEE 802.3) is the same polynomial with bits reflected at both ends.
#include "board.h"
#include "drivers.h"
#include "regs/crc_v1.h"

#define CRC ((struct crc_regs *)HF_CRC_BASE)

static inline uint32_t reversed(uint32_t word)
{
    uint32_t result;
    __asm__("rbit %0, %1" : "=r"(result) : "r"(word));
    return result;
}

void crc32_begin(void)
{
    clock_enable_ahb(HF_CRC_ON_AHB, HF_CRC_ENABLE_BIT);
    CRC->CR = CRC_CR_RESET;
}

void crc32_add(const uint32_t *words, uint32_t count)
{
    // Not unrolled: the unit takes four bus cycles a word, the loop is hidden behind it. Its address stays in a register:
    // the compiler that wants to save one loads it anew for each word, which costs a sixth of the boot time.
    volatile uint32_t *unit = &CRC->DR;
    __asm__("" : "+r"(unit));
    while (count-- > 0) {
        *unit = reversed(*words++);
    }
}

uint32_t crc32_end(void)
{
    return ~reversed(CRC->DR);
}
