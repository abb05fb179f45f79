// SPDX-License-Identifier: MIT
// Frames on a serial wire as levels in time, and a receiver that samples them: what USART models of
// all generations share.
#ifndef VB_SERIAL_H
#define VB_SERIAL_H

#include "model.h"

// The length of a bit as a fraction of picoseconds, so that no rounding adds up.
typedef struct vb_bit {
    uint64_t ps;
    uint32_t per;
} vb_bit;

// A frame on the wire. Bit 0 of levels is the start bit. The line is high before and after.
typedef struct vb_frame {
    vb_time start;
    vb_bit bit;
    uint32_t levels;
    unsigned bits;
} vb_frame;

// When sixteenths of a bit have passed since the start of the frame.
vb_time vb_frame_time(const vb_frame *frame, unsigned sixteenths);
vb_time vb_frame_end(const vb_frame *frame);
bool vb_frame_level(const vb_frame *frame, vb_time at);
// The first moment from `from` on at which the line falls inside the frame. False when it does not
// any more.
bool vb_frame_falls(const vb_frame *frame, vb_time from, vb_time *at);

// A frame of 8 data bits as the far end sends it with its settings; a break of 13 low bits.
vb_frame vb_far_frame(const vb_line *line, vb_time start, uint8_t byte);
vb_frame vb_far_break(const vb_line *line, vb_time start);

// What the far end makes of a frame from the chip, sampling in the middle of its own bits. damaged:
// parity or stop bit wrong.
uint8_t vb_far_receive(const vb_line *line, const vb_frame *frame, bool *damaged);

// Parity bit of value: makes the number of ones even, or odd.
bool vb_parity_bit(uint32_t value, bool odd);

#endif
