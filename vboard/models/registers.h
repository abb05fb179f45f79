// SPDX-License-Identifier: MIT
// What every register model needs: parts of words, and words about registers nobody modelled.
#ifndef VB_REGISTERS_H
#define VB_REGISTERS_H

#include "model.h"

// The lanes of a word that an access of this width at this offset moves.
static inline uint32_t vb_lanes(uint32_t offset, unsigned width)
{
    return (width == 4 ? UINT32_MAX : (1u << (8 * width)) - 1) << (8 * (offset & 3));
}

// A register read in part: what the access returns.
static inline uint32_t vb_part(uint32_t word, uint32_t offset, unsigned width)
{
    return (word & vb_lanes(offset, width)) >> (8 * (offset & 3));
}

// A register on AHB written in part: the other lanes keep what they had.
static inline uint32_t vb_merge(uint32_t word, uint32_t offset, unsigned width, uint32_t value)
{
    uint32_t lanes = vb_lanes(offset, width);
    return (word & ~lanes) | ((value << (8 * (offset & 3))) & lanes);
}

// A register on APB written in part: the bridge repeats the bytes on all lanes, and the register
// takes the whole word.
static inline uint32_t vb_spread(unsigned width, uint32_t value)
{
    switch (width) {
    case 1: return (value & 0xFF) * 0x01010101u;
    case 2: return (value & 0xFFFF) * 0x00010001u;
    default: return value;
    }
}

// Time since a moment, 0 when it lies ahead: an event is handled at its own moment, the core may have got a little
// further and have touched the device there.
static inline vb_time vb_since(const vb_device *device, vb_time moment)
{
    vb_time now = vb_now(device->board);
    return now > moment ? now - moment : 0;
}

static inline uint32_t vb_no_register_read(const vb_device *device, uint32_t offset)
{
    vb_say(device->board, VB_REPORT_UNMODELLED, "%s: read of offset 0x%03X, no such register",
           device->info->name, (unsigned)offset);
    return 0;
}

static inline void vb_no_register_write(const vb_device *device, uint32_t offset, uint32_t value)
{
    vb_say(device->board, VB_REPORT_UNMODELLED,
           "%s: write of 0x%08X to offset 0x%03X, no such register", device->info->name,
           (unsigned)value, (unsigned)offset);
}

// Says that bits were set whose function is not modelled.
static inline void vb_no_function(const vb_device *device, const char *name, uint32_t bits)
{
    if (bits != 0) {
        vb_say(device->board, VB_REPORT_UNMODELLED, "%s: %s bits 0x%08X have no function here",
               device->info->name, name, (unsigned)bits);
    }
}

#endif
