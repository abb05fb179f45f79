// SPDX-License-Identifier: MIT
// What a Cortex-M7 has in its system control block beyond other Armv7-M cores: caches and TCM control. ARM DDI 0489,
// 3.3, 3.4. The caches themselves are not modelled: every access sees memory as it is, and maintenance has nothing to do.
#include "core.h"

#define CSSELR_INSTRUCTION 1u
#define CLIDR   0x09000003u
#define CTR     0x8303C003u
#define DCACHE  0xF00FE019u // 16 KB, 4 ways, lines of 32 bytes
#define ICACHE  0xF01FE009u // 16 KB, 2 ways
#define CPUID   0x411FC271u // r1p1, as in STM32H743 revision V
#define MVFR0   0x10110221u
#define MVFR1   0x12000011u
#define MVFR2   0x00000040u

bool core_is_m7(const vb_board *board)
{
    return !board->bit_bands;
}

bool core_m7_read(const vb_board *board, uint32_t offset, uint32_t *value)
{
    switch (offset) {
    case 0xD00: *value = CPUID; return true;
    case 0xD78: *value = CLIDR; return true;
    case 0xD7C: *value = CTR; return true;
    case 0xD80: *value = (board->scb.csselr & CSSELR_INSTRUCTION) != 0 ? ICACHE : DCACHE; return true;
    case 0xD84: *value = board->scb.csselr; return true;
    case 0xF40: *value = MVFR0; return true;
    case 0xF44: *value = MVFR1; return true;
    case 0xF48: *value = MVFR2; return true;
    case 0xF90:
    case 0xF94:
    case 0xF98:
    case 0xF9C:
    case 0xFA0: *value = board->scb.tcm[(offset - 0xF90) / 4]; return true; // ITCMCR, DTCMCR, AHBPCR, CACR, AHBSCR
    case 0xFA8: *value = 0; return true;                                   // ABFSR
    default: return false;
    }
}

bool core_m7_write(vb_board *board, uint32_t offset, uint32_t value)
{
    if (offset >= 0xF50 && offset <= 0xF78) { // ICIALLU to BPIALL
        return true;
    }
    switch (offset) {
    case 0xD84: board->scb.csselr = value & 0xFu; return true;
    case 0xF90:
    case 0xF94:
    case 0xF98:
    case 0xF9C:
    case 0xFA0: board->scb.tcm[(offset - 0xF90) / 4] = value; return true;
    case 0xFA8: return true;
    default: return false;
    }
}
