// SPDX-License-Identifier: MIT
// The part of a check that all sealed images share, whatever guards their content.
#ifndef HF_BOOT_TRAILER_H
#define HF_BOOT_TRAILER_H

#include <stdint.h>

#include "error.h"
#include "hf_image.h"

// Reads the trailer of the image that stands at base, in the application slot or an area of the same size, and checks mark, length, format, load address, product and
// chip. vectors: its first HF_VECTORS_READ words. HF_OK means that payload_length and this struct lie within the slot.
// The trailer's size is for the caller to judge: it says whether a signature follows.
hf_err hf_trailer_read(uint32_t base, const uint32_t *vectors, struct hf_trailer *trailer);

// Does the content agree with the CRC-32 of its trailer? HF_OK, HF_E_CRC, or a flash error.
hf_err hf_trailer_check_crc(uint32_t base, const struct hf_trailer *trailer);

#endif
