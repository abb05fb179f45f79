// SPDX-License-Identifier: MIT
// Which memory a Thumb instruction touches. Encodings: Armv7-M Architecture Reference Manual (DDI 0403) chapter A5.
#include "thumb.h"

static uint32_t bits(uint32_t code, unsigned low, unsigned count)
{
    return (code >> low) & ((1u << count) - 1u);
}

static bool single(thumb_access *access, bool load, unsigned reg, unsigned base, unsigned width)
{
    *access = (thumb_access){.load = load, .single = reg != 15, .reg = (uint8_t)reg, .base = (uint8_t)base,
                             .index = -1, .width = (uint8_t)width, .count = 1};
    return true;
}

static bool several(thumb_access *access, bool load, unsigned base, unsigned count)
{
    *access = (thumb_access){.load = load, .base = (uint8_t)base, .index = -1, .width = 4,
                             .count = (uint8_t)count, .aligned = true};
    return true;
}

static bool register_offset16(uint32_t code, thumb_access *access)
{
    static const struct {
        bool load, sign;
        uint8_t width;
    } kinds[8] = {{false, false, 4}, {false, false, 2}, {false, false, 1}, {true, true, 1},
                  {true, false, 4},  {true, false, 2},  {true, false, 1},  {true, true, 2}};
    unsigned kind = bits(code, 9, 3);
    single(access, kinds[kind].load, bits(code, 0, 3), bits(code, 3, 3), kinds[kind].width);
    access->signed_load = kinds[kind].sign;
    access->index = (int8_t)bits(code, 6, 3);
    return true;
}

static bool push_pop(uint32_t code, thumb_access *access)
{
    bool pop = (code & 0x0800u) != 0;
    unsigned count = (unsigned)__builtin_popcount(code & 0x1FFu);
    several(access, pop, 13, count);
    access->writeback = true;
    access->step = pop ? (int32_t)(4 * count) : -(int32_t)(4 * count);
    access->offset = pop ? 0 : access->step;
    return true;
}

static bool access16(uint32_t code, thumb_access *access)
{
    bool load = (code & 0x0800u) != 0;
    unsigned rt = bits(code, 0, 3), rn = bits(code, 3, 3), imm5 = bits(code, 6, 5);
    switch (code >> 12) {
    case 0x4:
        single(access, true, bits(code, 8, 3), 15, 4);
        access->offset = (int32_t)(4 * bits(code, 0, 8));
        return true;
    case 0x5: return register_offset16(code, access);
    case 0x6:
        single(access, load, rt, rn, 4);
        access->offset = (int32_t)(4 * imm5);
        return true;
    case 0x7:
        single(access, load, rt, rn, 1);
        access->offset = (int32_t)imm5;
        return true;
    case 0x8:
        single(access, load, rt, rn, 2);
        access->offset = (int32_t)(2 * imm5);
        return true;
    case 0x9:
        single(access, load, bits(code, 8, 3), 13, 4);
        access->offset = (int32_t)(4 * bits(code, 0, 8));
        return true;
    case 0xB: return push_pop(code, access);
    default: // LDM, STM
        several(access, load, bits(code, 8, 3), (unsigned)__builtin_popcount(code & 0xFFu));
        access->writeback = !load || (code & (1u << bits(code, 8, 3))) == 0;
        access->step = 4 * access->count;
        return true;
    }
}

static bool multiple32(uint32_t code, thumb_access *access)
{
    unsigned count = (unsigned)__builtin_popcount(code & 0xFFFFu);
    bool before = (code & 0x01000000u) != 0; // decrement before
    several(access, (code & 0x00100000u) != 0, bits(code, 16, 4), count);
    access->writeback = (code & 0x00200000u) != 0;
    access->step = before ? -(int32_t)(4 * count) : (int32_t)(4 * count);
    access->offset = before ? access->step : 0;
    return true;
}

static void indexed(thumb_access *access, int32_t offset, bool pre, bool writeback)
{
    access->offset = pre ? offset : 0;
    access->writeback = writeback;
    access->step = offset;
}

static bool exclusive_or_table(uint32_t code, thumb_access *access)
{
    bool load = (code & 0x00100000u) != 0;
    unsigned base = bits(code, 16, 4), kind = bits(code, 4, 4);
    if ((code & 0x00800000u) == 0) { // LDREX, STREX
        several(access, load, base, 1);
        access->offset = (int32_t)(4 * bits(code, 0, 8));
        return true;
    }
    if (load && kind <= 1) { // TBB, TBH
        single(access, true, 15, base, kind + 1);
        access->index = (int8_t)bits(code, 0, 4);
        access->shift = (uint8_t)kind;
        return true;
    }
    several(access, load, base, 1);
    access->width = (kind & 1u) != 0 ? 2 : 1; // LDREXB, LDREXH
    access->aligned = false;
    return true;
}

static bool dual_or_multiple(uint32_t code, thumb_access *access)
{
    if ((code & 0x00400000u) == 0) {
        return multiple32(code, access);
    }
    if ((code & 0x01200000u) == 0) {
        return exclusive_or_table(code, access);
    }
    int32_t offset = (int32_t)(4 * bits(code, 0, 8));
    several(access, (code & 0x00100000u) != 0, bits(code, 16, 4), 2);
    indexed(access, (code & 0x00800000u) != 0 ? offset : -offset, (code & 0x01000000u) != 0,
            (code & 0x00200000u) != 0);
    return true;
}

static bool single32(uint32_t code, thumb_access *access)
{
    unsigned base = bits(code, 16, 4);
    int32_t imm8 = (int32_t)bits(code, 0, 8), imm12 = (int32_t)bits(code, 0, 12);
    single(access, (code & 0x00100000u) != 0, bits(code, 12, 4), base, 1u << bits(code, 21, 2));
    access->signed_load = (code & 0x01000000u) != 0;
    if (base == 15) {
        access->offset = (code & 0x00800000u) != 0 ? imm12 : -imm12;
    } else if ((code & 0x00800000u) != 0) {
        access->offset = imm12;
    } else if ((code & 0x0800u) != 0) {
        indexed(access, (code & 0x0200u) != 0 ? imm8 : -imm8, (code & 0x0400u) != 0, (code & 0x0100u) != 0);
    } else {
        access->index = (int8_t)bits(code, 0, 4);
        access->shift = (uint8_t)bits(code, 4, 2);
    }
    return true;
}

static bool fp(uint32_t code, thumb_access *access)
{
    bool one = (code & 0x01200000u) == 0x01000000u, up = (code & 0x00800000u) != 0;
    int32_t offset = (int32_t)(4 * bits(code, 0, 8));
    unsigned words = one ? ((code & 0x100u) != 0 ? 2 : 1) : bits(code, 0, 8);
    several(access, (code & 0x00100000u) != 0, bits(code, 16, 4), words);
    if (one) {
        access->offset = up ? offset : -offset;
        return true;
    }
    indexed(access, up ? offset : -offset, !up, (code & 0x00200000u) != 0);
    return true;
}

bool thumb_memory_access(const thumb_instruction *instruction, thumb_access *access)
{
    if ((instruction->flags & THUMB_MEMORY) == 0) {
        return false;
    }
    if (instruction->size == 2) {
        return access16(instruction->code, access);
    }
    if ((instruction->flags & THUMB_FP) != 0) {
        return fp(instruction->code, access);
    }
    return (instruction->code >> 25) == 0x74u ? dual_or_multiple(instruction->code, access)
                                              : single32(instruction->code, access);
}
