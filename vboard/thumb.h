// SPDX-License-Identifier: MIT
// Just enough of the Thumb-2 instruction set to know what an instruction costs and which memory it touches.
#ifndef VB_THUMB_H
#define VB_THUMB_H

#include <stdbool.h>
#include <stdint.h>

// What makes an instruction special to the board.
enum {
    THUMB_MEMORY = 1 << 0,    // loads or stores
    THUMB_FP = 1 << 1,        // needs the FPU
    THUMB_DIVIDE = 1 << 2,    // SDIV, UDIV
    THUMB_MASKS = 1 << 3,     // CPS, MSR: may change PRIMASK, BASEPRI, FAULTMASK
    THUMB_SEV = 1 << 4,       // sets the event register
    THUMB_EXCLUSIVE = 1 << 5, // LDREX and its kin: opens the local monitor
    THUMB_IT = 1 << 6,        // the next one to four instructions are conditional
    THUMB_SPECIAL = 1 << 7,   // MRS of BASEPRI or CONTROL
    THUMB_ALIGNED = 1 << 8,   // loads that must be aligned, from anywhere but the stack
};

typedef struct thumb_instruction {
    uint32_t code; // a 32-bit instruction has its first halfword in the upper half
    uint8_t size;  // 2 or 4 bytes
    uint8_t cycles; // on a Cortex-M4 without wait states; a jump costs THUMB_REFILL more
    uint16_t flags;
} thumb_instruction;

#define THUMB_REFILL 2 // cycles until a jump's target executes

// Decodes the instruction at bytes, of which available can be read (at least 2). A cut-off 32-bit instruction is given
// with its second halfword zero.
thumb_instruction thumb_decode(const uint8_t *bytes, uint32_t available);

// The memory an instruction touches: count transfers of width bytes from base + index + offset on.
typedef struct thumb_access {
    bool load;
    bool signed_load;
    bool writeback;     // base becomes base + step afterwards
    bool single;        // one transfer of one core register other than PC
    uint8_t base;       // register; 15 is the literal base
    int8_t index;       // register, -1 when there is none
    uint8_t shift;      // of the index
    uint8_t width;      // bytes
    uint8_t count;      // transfers
    uint8_t reg;        // single: the register loaded or stored
    int32_t offset;     // of the first transfer
    int32_t step;
    bool aligned;       // must be aligned to 4 even with CCR.UNALIGN_TRP clear
} thumb_access;

// False when the instruction touches no memory.
bool thumb_memory_access(const thumb_instruction *instruction, thumb_access *access);

// SYSm of an MRS: which special register is read (Armv7-M ARM, B5.1).
enum { THUMB_BASEPRI = 17, THUMB_BASEPRI_MAX = 18, THUMB_CONTROL = 20 };
unsigned thumb_special(uint32_t code);

// Number of a division's divisor register.
unsigned thumb_divisor(const thumb_instruction *instruction);

// How the IT state (ITSTATE of the Armv7-M ARM, A7.3.2) goes on behind an instruction.
uint8_t thumb_next_it(uint8_t it, const thumb_instruction *instruction);

#endif
