// SPDX-License-Identifier: MIT
// Length, kind and cycles of Thumb instructions.
// Encodings: Armv7-M Architecture Reference Manual (DDI 0403) chapter A5. Cycles: Cortex-M4 Technical Reference Manual
// (DDI 0439) table 3-1 and 7-1, with loads at 2 and stores at 1 (the write buffer takes them), divisions at 7.
#include "thumb.h"

enum { LOAD = 2, STORE = 1, DIVIDE = 7, FP_DIVIDE = 14, FP_MULTIPLY_ADD = 3 };

static thumb_instruction plain(uint32_t code, uint8_t size, unsigned cycles, unsigned flags)
{
    return (thumb_instruction){
        .code = code, .size = size, .cycles = (uint8_t)cycles, .flags = (uint16_t)flags};
}

static unsigned ones(uint32_t bits)
{
    return (unsigned)__builtin_popcount(bits);
}

static thumb_instruction misc16(uint32_t code)
{
    if ((code & 0xF600u) == 0xB400u) { // PUSH, POP
        return plain(code, 2, 1 + ones(code & 0x1FFu), THUMB_MEMORY);
    }
    if ((code & 0xFFE0u) == 0xB660u) {
        return plain(code, 2, 1, THUMB_MASKS);
    }
    if (code == 0xBF40u) {
        return plain(code, 2, 1, THUMB_SEV);
    }
    bool it = (code & 0xFF00u) == 0xBF00u && (code & 0xFu) != 0;
    return plain(code, 2, 1, it ? THUMB_IT : 0);
}

static thumb_instruction decode16(uint32_t code)
{
    unsigned top = code >> 11;
    if (top == 0x09u) { // LDR literal
        return plain(code, 2, LOAD, THUMB_MEMORY);
    }
    if (top == 0x0Au || top == 0x0Bu) { // register offset; stores are opcodes 0 to 2
        return plain(code, 2, ((code >> 9) & 7u) <= 2 ? STORE : LOAD, THUMB_MEMORY);
    }
    if (top >= 0x0Cu && top <= 0x13u) { // immediate and SP offset; odd ones load
        return plain(code, 2, (top & 1u) != 0 ? LOAD : STORE, THUMB_MEMORY);
    }
    if (top == 0x16u || top == 0x17u) {
        return misc16(code);
    }
    if (top == 0x18u || top == 0x19u) { // STM, LDM
        return plain(code, 2, 1 + ones(code & 0xFFu), THUMB_MEMORY);
    }
    return plain(code, 2, 1, 0);
}

static thumb_instruction multiple_or_dual(uint32_t code)
{
    if ((code & 0x00400000u) == 0) { // LDM, STM
        return plain(code, 4, 1 + ones(code & 0xFFFFu), THUMB_MEMORY);
    }
    if ((code & 0x01200000u) != 0) { // LDRD, STRD
        return plain(code, 4, 3, THUMB_MEMORY);
    }
    if ((code & 0x00F000E0u) == 0x00D00000u) { // TBB, TBH
        return plain(code, 4, 2, THUMB_MEMORY);
    }
    bool load = (code & 0x00100000u) != 0;
    return plain(code, 4, 2, THUMB_MEMORY | (load ? THUMB_EXCLUSIVE : 0));
}

static unsigned fp_cycles(uint32_t code)
{
    switch (((code >> 21) & 4u) | ((code >> 20) & 3u)) {
    case 0: // VMLA, VMLS, VNMLA, VNMLS and their fused kin
    case 1:
    case 5:
    case 6: return FP_MULTIPLY_ADD;
    case 4: return FP_DIVIDE;
    case 7: return (code & 0x000F00C0u) == 0x000100C0u ? FP_DIVIDE : 1; // VSQRT
    default: return 1;
    }
}

static thumb_instruction coprocessor(uint32_t code)
{
    if ((code & 0x00000E00u) != 0x00000A00u) { // not CP10, CP11: no such coprocessor
        return plain(code, 4, 1, 0);
    }
    if ((code & 0xEF000000u) == 0xEE000000u) {
        bool transfer = (code & 0x10u) != 0;
        return plain(code, 4, transfer ? 1 : fp_cycles(code), THUMB_FP);
    }
    if ((code & 0x0FE00000u) == 0x0C400000u) { // VMOV of two registers
        return plain(code, 4, 2, THUMB_FP);
    }
    bool one = (code & 0x01200000u) == 0x01000000u; // VLDR, VSTR
    unsigned words = one ? ((code & 0x100u) != 0 ? 2 : 1) : (code & 0xFFu);
    return plain(code, 4, 1 + words, THUMB_FP | THUMB_MEMORY);
}

unsigned thumb_special(uint32_t code)
{
    return code & 0xFFu;
}

static thumb_instruction control32(uint32_t code)
{
    if ((code & 0xFFF0D000u) == 0xF3808000u) { // MSR
        return plain(code, 4, 1, THUMB_MASKS);
    }
    if ((code & 0xFFFFD7FFu) == 0xF3AF8004u) { // SEV.W
        return plain(code, 4, 1, THUMB_SEV);
    }
    bool mrs = (code & 0xFFE0D000u) == 0xF3E08000u;
    bool special = mrs && (thumb_special(code) == THUMB_CONTROL || thumb_special(code) == THUMB_BASEPRI ||
                           thumb_special(code) == THUMB_BASEPRI_MAX);
    return plain(code, 4, 1, special ? THUMB_SPECIAL : 0);
}

static thumb_instruction single32(uint32_t code)
{
    bool load = (code & 0x00100000u) != 0;
    bool hint = load && (code & 0xF000u) == 0xF000u && (code & 0x00600000u) != 0x00400000u;
    return plain(code, 4, hint ? 1 : load ? LOAD : STORE, hint ? 0 : THUMB_MEMORY);
}

static thumb_instruction long_multiply(uint32_t code)
{
    bool divide = (code & 0xFFD000F0u) == 0xFB9000F0u;
    return divide ? plain(code, 4, DIVIDE, THUMB_DIVIDE) : plain(code, 4, 1, 0);
}

static thumb_instruction decode32(uint32_t code)
{
    switch (code >> 25) {
    case 0x74: return multiple_or_dual(code); // E8, E9
    case 0x76:
    case 0x77:
    case 0x7E:
    case 0x7F: return coprocessor(code); // EC to EF, FC to FF
    case 0x78:
    case 0x79:
    case 0x7A:
    case 0x7B: return (code & 0x8000u) != 0 ? control32(code) : plain(code, 4, 1, 0); // F0 to F7
    case 0x7C: return single32(code);                                                 // F8, F9
    case 0x7D: // FA, FB
        if ((code & 0xFF800000u) == 0xFB800000u) {
            return long_multiply(code);
        }
        // Multiplying alone takes one cycle, adding the product one more.
        return plain(code, 4, (code & 0xFFF00000u) == 0xFB000000u && (code & 0xF000u) != 0xF000u ? 2 : 1, 0);
    default: return plain(code, 4, 1, 0);
    }
}

static thumb_instruction decode(const uint8_t *bytes, uint32_t available)
{
    uint32_t first = (uint32_t)bytes[0] | ((uint32_t)bytes[1] << 8);
    if (first < 0xE800u) {
        return decode16(first);
    }
    uint32_t second = available >= 4 ? (uint32_t)bytes[2] | ((uint32_t)bytes[3] << 8) : 0;
    return decode32((first << 16) | second);
}

// A load of several words. The stack pointer is aligned by itself.
static bool needs_alignment(const thumb_instruction *instruction)
{
    thumb_access access;
    return thumb_memory_access(instruction, &access) && access.load && access.aligned && access.base != 13 &&
           access.base != 15;
}

thumb_instruction thumb_decode(const uint8_t *bytes, uint32_t available)
{
    thumb_instruction instruction = decode(bytes, available);
    instruction.flags |= needs_alignment(&instruction) ? THUMB_ALIGNED : 0;
    return instruction;
}

unsigned thumb_divisor(const thumb_instruction *instruction)
{
    return instruction->code & 0xFu;
}

uint8_t thumb_next_it(uint8_t it, const thumb_instruction *instruction)
{
    if ((instruction->flags & THUMB_IT) != 0) {
        return (uint8_t)instruction->code;
    }
    return (it & 0x7u) == 0 ? 0 : (uint8_t)((it & 0xE0u) | ((it << 1) & 0x1Fu));
}
