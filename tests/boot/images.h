// SPDX-License-Identifier: MIT
// Sealed images for tests, made byte by byte from docs/image-format.md, and every way to spoil one.
#ifndef HF_TEST_IMAGES_H
#define HF_TEST_IMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define IMAGE_MAX 4096u

typedef struct image {
    uint8_t bytes[IMAGE_MAX];
    uint32_t payload; // bytes of payload; the trailer stands behind it
    uint32_t size;    // payload and trailer
} image;

// A valid image with pseudo-random content. payload is a multiple of 32.
image image_make(uint32_t payload, uint32_t seed);

// Makes the CRC-32 fit the content again, so that only the change in question is wrong.
void image_seal(image *it);

// A valid image of any size, in memory that free gives back. Its content is noise, or, as code, a few bytes and copies of them.
uint8_t *image_of_size(uint32_t size, uint32_t seed, bool code);

uint32_t image_get(const image *it, uint32_t offset);
void image_put(image *it, uint32_t offset, uint32_t word);

// Writes it into the board's flash at the start of the slot.
void image_install(const image *it);

// Offsets inside the trailer.
enum {
    TRAILER_MAGIC = 0,
    TRAILER_FORMAT = 4, // low half-word; the size is the high one
    TRAILER_LENGTH = 8,
    TRAILER_ADDRESS = 12,
    TRAILER_PRODUCT = 16,
    TRAILER_CHIP = 20,
    TRAILER_CRC = 60,
};

typedef struct malformation {
    const char *name;
    uint32_t offset; // of the word that is changed; from the trailer's start when `in_trailer`
    bool in_trailer;
    uint32_t word;
    bool reseal;       // the CRC fits the spoilt content
    hf_err err;        // what level "crc" says
    hf_err sanity_err; // what level "sanity" says
} malformation;

extern const malformation malformations[];
extern const size_t malformations_count;

image image_spoilt(const malformation *how);

#endif
