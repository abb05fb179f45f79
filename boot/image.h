// SPDX-License-Identifier: MIT
// Is there an application worth starting?
#ifndef HF_BOOT_IMAGE_H
#define HF_BOOT_IMAGE_H

#include <stdint.h>

#include "error.h"

#define HF_VECTORS_READ 11u // words of the vector table that are looked at: up to the complement of the length

// Checks what stands at the application's address at the board's validation level. HF_OK, or the first thing found
// wrong. Works on any content in bounded time: it never reads outside the slot.
hf_err hf_image_check(void);

// The same for an image that is linked for the application's address but stands at base: received, not yet installed.
hf_err hf_image_check_at(uint32_t base);

// The trailer of an image that is valid at level crc or above. HF_OK or a flash error.
struct hf_trailer;
hf_err hf_image_trailer(uint32_t base, struct hf_trailer *trailer);

// The application is about to be started, and not on trial: what its signed trailer decides for the time to come is put
// on record. HF_OK, or a flash error. Part of the validation level: only level "signed" believes what a trailer decides.
hf_err hf_image_proven(void);

// Starts an application that has been checked, with that result; comes back if it is not valid. start.c believes the
// check, start_hardened.c makes another one.
void hf_image_start(hf_err checked);

// The level's own check, after the vectors proved sane: validate_sanity.c, validate_crc.c or validate_signed.c, one of
// them in a build. base: where the image stands. vectors: its first HF_VECTORS_READ words.
hf_err hf_validate(uint32_t base, const uint32_t *vectors);

#endif
