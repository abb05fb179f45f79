// SPDX-License-Identifier: MIT
// Content packed for the fast protocol, specified in docs/uart-protocol.md: literals and copies of what stands before, each
// decision a bit of an adaptive binary range coder.
#ifndef HF_PACKED_H
#define HF_PACKED_H

#define HF_PACKED_UNIT 2048u // bytes one packed frame unpacks to, at most

// A chance is the probability of a one in 1/4096. It begins at one half and moves a sixteenth of the way at each bit.
#define HF_PACKED_ONE_BITS 12u
#define HF_PACKED_EVEN     2048u
#define HF_PACKED_RATE     4u
#define HF_PACKED_RANGE    (1u << 24) // below it the coder takes the next byte

// Which chance a bit is coded with. Thumb code differs in even and odd bytes, so most know which one it is.
#define HF_PACKED_COPY     0u                       // [2]: a copy, not a literal
#define HF_PACKED_REPEAT   2u                       // the distance is that of the copy before
#define HF_PACKED_DISTANCE 3u                       // [32]: a number
#define HF_PACKED_LENGTH   35u                      // [32]: a number
#define HF_PACKED_LITERAL  67u                      // [2][256]: eight bits, most significant first, behind a one
#define HF_PACKED_CHANCES  (HF_PACKED_LITERAL + 512u)

// A number from 1 on: for each bit below its highest one, the least significant first, a one and the bit; then a zero.
#define HF_PACKED_NUMBER_BITS 16u // at most; behind them no zero follows

#endif
