// SPDX-License-Identifier: MIT
// Unpacking content of the fast protocol (formats/hf_packed.h).
#ifndef HF_BOOT_UNPACK_H
#define HF_BOOT_UNPACK_H

#include <stdint.h>

// Data begins somewhere anew: nothing was packed before.
void hf_unpack_begin(void);

// Unpacks what belongs at an application address into out, HF_PACKED_UNIT bytes; returns how many. Copies come from out and from
// what was received before. Any input is unpacked to something, in bounded time.
uint32_t hf_unpack(uint32_t address, const uint8_t *packed, uint32_t size, uint8_t *out);

#endif
