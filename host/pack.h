// SPDX-License-Identifier: MIT
// Inside libholdfast: packing content for the fast protocol (formats/hf_packed.h).
#ifndef HF_PACK_H
#define HF_PACK_H

#include <stdint.h>

typedef struct packer packer;

// Packs image[from, to), in units from `from` on, each when it is asked for. What stands before `from` is known to the other side.
// image must stay. NULL: no memory.
packer *packer_new(const uint8_t *image, uint32_t from, uint32_t to);
void packer_free(packer *it);

// The unit that holds an offset: *begin and *end are its borders. Returns the packed bytes and their *size; NULL when packing does not
// pay: then it must be sent as it is.
const uint8_t *packer_unit(packer *it, uint32_t offset, uint32_t *size, uint32_t *begin, uint32_t *end);

#endif
