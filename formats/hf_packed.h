// SPDX-License-Identifier: MIT
// Content packed for the fast protocol, specified in docs/uart-protocol.md: literals and copies of what stands before, each
// decision a bit of an adaptive binary range coder. Every frame is packed by itself, so a lost one takes nothing with it.
#ifndef HF_PACKED_H
#define HF_PACKED_H

// The first byte tells how many words the rest unpacks to, less one.
#define HF_PACKED_SIZE(first) (4u * ((first) + 1u))

// A chance is the probability of a one in 1/4096. It begins at one half and moves, at each bit, a sixteenth of its way to
// 4096 or 0, rounded so that it reaches neither.
#define HF_PACKED_ONE_BITS 12
#define HF_PACKED_EVEN     2048
#define HF_PACKED_MOVED(chance, bit) ((chance) + ((((int32_t)(bit) << HF_PACKED_ONE_BITS) - (chance) + 8) >> 4))
#define HF_PACKED_RANGE (1u << 24) // the range at first; below it the coder takes the next byte

// Which chance a bit is coded with. Thumb code differs in even and odd bytes, so most know which one it is.
#define HF_PACKED_COPY     0u  // [2]: a copy, not a literal
#define HF_PACKED_DISTANCE 2u  // [32]: a number
#define HF_PACKED_LENGTH   34u // [32]: a number
#define HF_PACKED_LITERAL  66u // [2][256]: eight bits, most significant first, behind a one
#define HF_PACKED_CHANCES  (HF_PACKED_LITERAL + 512u)

// A number from 1 on: for each bit below its highest one, the most significant first, a one and the bit; then a zero.
#define HF_PACKED_NUMBER_BITS 16u // at most; behind them no zero follows

#endif
