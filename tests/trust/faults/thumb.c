// SPDX-License-Identifier: MIT
// Thumb encodings.
#include "thumb.h"

unsigned thumb_size(uint16_t first)
{
    return (first & 0xF800) == 0xE800 || (first & 0xF000) == 0xF000 ? 4 : 2;
}

static bool loads_wide(uint16_t first)
{
    bool multiple_or_dual = (first & 0xFE00) == 0xE800; // ldm, ldrd, ldrex, tbb: bit 4 is L
    bool single = (first & 0xFE00) == 0xF800;
    return (multiple_or_dual || single) && (first & 0x0010) != 0;
}

bool thumb_loads(uint16_t first)
{
    if (thumb_size(first) == 4) {
        return loads_wide(first);
    }
    switch (first >> 11) {
    case 0x09: // ldr from the literal pool
    case 0x0D: // ldr
    case 0x0F: // ldrb
    case 0x11: // ldrh
    case 0x13: // ldr from the stack
    case 0x19: // ldm
        return true;
    case 0x0B: // with a register as offset: loads but for the first of the odd ones, ldrsb
        return true;
    case 0x0A:
        return (first & 0x0600) == 0x0600; // ldrsb among the stores
    case 0x17:
        return (first & 0xFE00) == 0xBC00; // pop
    default:
        return false;
    }
}

uint32_t thumb_skip_it(uint32_t xpsr)
{
    uint32_t it = (xpsr >> 8 & 0xFC) | (xpsr >> 25 & 3);
    it = (it & 7) == 0 ? 0 : (it & 0xE0) | (it << 1 & 0x1F);
    return (xpsr & ~0x0600FC00u) | (it & 0xFC) << 8 | (it & 3) << 25;
}
