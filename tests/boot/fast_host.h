// SPDX-License-Identifier: MIT
// libholdfast's side of the fast protocol at the bench board's line.
#ifndef HF_TEST_FAST_HOST_H
#define HF_TEST_FAST_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fast_result {
    int error; // an hf_error of the host; 0: verified
    char what[512];
    uint32_t wire, frames, resent, skipped, resumed, rounds, packed, timeouts, baud, total_ms;
    bool unchanged, booted;
} fast_result;

typedef struct fast_wish {
    uint32_t faster;  // speed to change to; 0: none
    uint32_t wait_ms; // for SYNC; 0: 10 s
    bool pack, boot, force;
} fast_wish;

// Meets and updates the board, as `holdfast flash --protocol fast` does.
fast_result fast_update(const void *image, size_t size, fast_wish wish);

// A frame, right in every respect, for tests that play the host themselves. Returns its bytes.
size_t fast_frame(uint8_t *frame, uint8_t type, uint8_t tag, uint32_t argument, const void *payload, size_t size);

uint16_t fast_crc16(const void *bytes, size_t size);

#endif
