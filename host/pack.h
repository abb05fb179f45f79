// SPDX-License-Identifier: MIT
// Inside libholdfast: packing content for the fast protocol (formats/hf_packed.h).
#ifndef HF_PACK_H
#define HF_PACK_H

#include <stdint.h>

typedef struct packer packer;

// Packs parts of an image; copies come from what stands before them in it. image must stay. NULL: no memory.
packer *packer_new(const uint8_t *image, uint32_t size);
void packer_free(packer *it);

// Packs image[from, from + size), a multiple of 4 up to HF_FAST_PAYLOAD bytes, into out, which has room for size bytes. Returns
// how many it takes; 0 when packing does not pay: then it must be sent as it is.
uint32_t packer_pack(packer *it, uint32_t from, uint32_t size, uint8_t *out);

#endif
