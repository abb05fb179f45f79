// SPDX-License-Identifier: MIT
// The check of a signature over something that stands in memory: an image, an order.
#ifndef HF_BOOT_SIGNATURE_H
#define HF_BOOT_SIGNATURE_H

#include <stdint.h>

#include "error.h"
#include "hf_image.h"

// Does signature, a copy of what stands at address + size, sign those size bytes and its own beginning with a key that
// counts? size is a multiple of 4. HF_OK, HF_E_KEY, HF_E_DIGEST, HF_E_SIGNATURE, or a flash error.
hf_err hf_signature_check(uint32_t address, uint32_t size, const struct hf_signature *signature);

#endif
