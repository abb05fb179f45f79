// SPDX-License-Identifier: MIT
// Frames on a serial wire: who sends what when, and what a receiver with its own clock sees.
#include "serial.h"

enum { BREAK_BITS = 13 };

vb_time vb_frame_time(const vb_frame *frame, unsigned sixteenths)
{
    return frame->start + frame->bit.ps * sixteenths / (16ull * frame->bit.per);
}

vb_time vb_frame_end(const vb_frame *frame)
{
    return vb_frame_time(frame, 16 * frame->bits);
}

bool vb_frame_level(const vb_frame *frame, vb_time at)
{
    if (at < frame->start) {
        return true;
    }
    for (unsigned bit = 0; bit < frame->bits; bit++) {
        if (at < vb_frame_time(frame, 16 * (bit + 1))) {
            return (frame->levels >> bit) & 1u;
        }
    }
    return true;
}

bool vb_frame_falls(const vb_frame *frame, vb_time from, vb_time *at)
{
    bool before = true;
    for (unsigned bit = 0; bit < frame->bits; bit++) {
        bool level = (frame->levels >> bit) & 1u;
        *at = vb_frame_time(frame, 16 * bit);
        if (before && !level && *at >= from) {
            return true;
        }
        before = level;
    }
    return false;
}

bool vb_parity_bit(uint32_t value, bool odd)
{
    return (__builtin_popcount(value) & 1) != odd;
}

static vb_bit far_bit(const vb_line *line)
{
    return (vb_bit){.ps = VB_S, .per = line->baud};
}

vb_frame vb_far_frame(const vb_line *line, vb_time start, uint8_t byte)
{
    vb_frame frame = {
        .start = start, .bit = far_bit(line), .levels = (uint32_t)byte << 1, .bits = 9};
    if (line->parity != VB_PARITY_NONE) {
        frame.levels |= (uint32_t)vb_parity_bit(byte, line->parity == VB_PARITY_ODD)
                        << frame.bits++;
    }
    for (unsigned stop = 0; stop < line->stop_bits; stop++) {
        frame.levels |= 1u << frame.bits++;
    }
    return frame;
}

vb_frame vb_far_break(const vb_line *line, vb_time start)
{
    return (vb_frame){
        .start = start, .bit = far_bit(line), .levels = 1u << BREAK_BITS, .bits = BREAK_BITS + 1};
}

uint8_t vb_far_receive(const vb_line *line, const vb_frame *frame, bool *damaged)
{
    vb_frame grid = {.start = frame->start, .bit = far_bit(line)};
    bool with_parity = line->parity != VB_PARITY_NONE;
    unsigned bits = with_parity ? 11 : 10;
    uint32_t seen = 0;
    for (unsigned bit = 0; bit < bits; bit++) {
        seen |= (uint32_t)vb_frame_level(frame, vb_frame_time(&grid, 16 * bit + 8)) << bit;
    }
    uint8_t byte = (uint8_t)(seen >> 1);
    bool start_wrong = seen & 1u, stop_wrong = !((seen >> (bits - 1)) & 1u);
    bool parity_wrong =
        with_parity && ((seen >> 9) & 1u) != vb_parity_bit(byte, line->parity == VB_PARITY_ODD);
    *damaged = start_wrong || stop_wrong || parity_wrong;
    return byte;
}
