// SPDX-License-Identifier: MIT
// Unpacking content of the fast protocol (formats/hf_packed.h).
#ifndef HF_BOOT_UNPACK_H
#define HF_BOOT_UNPACK_H

#include <stdint.h>

// Unpacks what belongs at an application address into out (HF_FAST_PAYLOAD bytes) and returns how much that is. Copies come
// from out and from what was received before. Any input of any size is unpacked to something, in bounded time.
uint32_t hf_unpack(uint32_t address, const uint8_t *packed, uint32_t size, uint8_t *out);

#endif
