// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4) of what stands in flash.
#ifndef HF_BOOT_SHA256_H
#define HF_BOOT_SHA256_H

#include <stdint.h>

#include "error.h"

#define HF_SHA256_WORDS 8u

// Digest of size bytes at address, a multiple of 4 of which the last 64-byte block holds at most 52 (images are
// aligned to 32). digest is a number: least significant word first. HF_OK, or the error of reading flash.
hf_err hf_sha256(uint32_t address, uint32_t size, uint32_t digest[HF_SHA256_WORDS]);

#endif
