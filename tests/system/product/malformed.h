// SPDX-License-Identifier: MIT
// A good image spoilt in every way the format knows, one thing at a time.
#ifndef HF_TEST_MALFORMED_H
#define HF_TEST_MALFORMED_H

#include "product.h"

typedef struct malformed {
    const char *name;
    void (*spoil)(const product *it, hf_image *image);
    const char *words; // what `holdfast` says about it
    int exit_status;
    bool reseal;       // the CRC-32 fits the spoilt content: only the change itself is wrong
} malformed;

extern const malformed malformed_images[];
extern const size_t malformed_count;

// The product's Blink v1, spoilt; hf_image_free gives it back.
hf_image malformed_make(const product *it, const malformed *how);

#endif
