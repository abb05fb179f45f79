// SPDX-License-Identifier: MIT
// A small application image made by hand, for tests of sealing and inspection.
#ifndef HF_TEST_SAMPLE_H
#define HF_TEST_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "hf_image.h"
#include "seal.h"

#define SAMPLE_ADDRESS 0x08010000u

static inline void sample_board(hf_board *board)
{
    hf_complaint why;
    if (hf_board_read(board, HF_SOURCE_DIR "/boards/stm32f407-discovery.json", NULL, &why) != HF_LAYOUT_OK) {
        fprintf(stderr, "%s\n", why.text);
        abort();
    }
}

// size bytes: stack pointer, reset vector, zeros in the reserved vectors, then a pattern.
static inline hf_image sample_image(size_t size)
{
    hf_image image = {.bytes = malloc(size), .size = size, .address = SAMPLE_ADDRESS, .has_address = true};
    for (size_t i = 0; i < size; i++) {
        image.bytes[i] = (uint8_t)i;
    }
    hf_put32(image.bytes, 0x20020000);
    hf_put32(image.bytes + 4, SAMPLE_ADDRESS + 0x31);
    memset(image.bytes + HF_IMAGE_OFFSET_MARK, 0, 12);
    return image;
}

#endif
