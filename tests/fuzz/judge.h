// SPDX-License-Identifier: MIT
// Images to send, and an opinion on images that is not the core's but libholdfast's. Its headers and the core's use the
// same names for different things, so this is all that the machine sees of it.
#ifndef HF_FUZZ_JUDGE_H
#define HF_FUZZ_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#define IMAGES 4u

typedef struct fuzz_image {
    uint8_t *bytes;
    uint32_t size;
} fuzz_image;

// Sealed for the board, and signed when it wants that: versions 1.0.0, 2.0.0, 0.9.0 of different sizes; the last one is
// for another product.
extern fuzz_image images[IMAGES];

// Reads the board and makes the images. Ends the program when it cannot.
void judge_begin(const char *board_file);

// May this be started at the application's address? why is "good", or names the check that failed and says what is
// wrong, as `holdfast inspect` does; it stays until the next call.
bool judge_accepts(const uint8_t *slot, uint32_t size, const char **why);

// A payload with its nonce, of length bytes from HF_IMAGE_CLEAR on: deciphered in place, with the board's transit key.
void judge_decipher(uint8_t *payload, uint32_t length);

#endif
