// SPDX-License-Identifier: MIT
// Finding the own trailer: docs/image-format.md.
#include <stddef.h>

#include "holdfast.h"

const struct hf_trailer *hf_app_trailer(const void *vectors)
{
    const uint32_t *word = vectors;
    uint32_t length = word[HF_IMAGE_OFFSET_LENGTH / 4];
    if (word[HF_IMAGE_OFFSET_MARK / 4] != HF_IMAGE_MARK || length != ~word[HF_IMAGE_OFFSET_LENGTH_NOT / 4]) {
        return NULL;
    }
    const struct hf_trailer *trailer = (const void *)((const uint8_t *)vectors + length);
    return trailer->magic == HF_TRAILER_MAGIC ? trailer : NULL;
}
