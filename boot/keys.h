// SPDX-License-Identifier: MIT
// The keys the board trusts: those of the board file, without the one that an image has revoked.
//
// An image signed by one key may revoke the other one: its trailer names it (docs/image-format.md). That counts from the
// moment when the image has proved itself, and for good: a record keeps it. No image can revoke the key that signed it,
// so one key is always left.
#ifndef HF_BOOT_KEYS_H
#define HF_BOOT_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "p256.h"

// The key with this id. NULL when the board file has none, or it is revoked.
const struct hf_p256_key *hf_key_find(uint32_t id);

// revoke.c asks the records; revoke_none.c is for boards with one key, or without a place for records.
bool hf_key_is_revoked(uint32_t id);

#endif
