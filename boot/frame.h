// SPDX-License-Identifier: MIT
// The body of a classic DATA frame: payload, and what guards it. frame_crc16.c is the standard profile, frame_plain.c
// the classroom's; a build has one of them.
#ifndef HF_FRAME_H
#define HF_FRAME_H

#include <stdbool.h>
#include <stdint.h>

extern const uint8_t hf_frame_payload; // bytes of payload in a frame
extern const uint8_t hf_frame_size;    // bytes behind the command byte

#define HF_FRAME_MAX 130u

bool hf_frame_is_whole(const uint8_t *frame);

#endif
