// SPDX-License-Identifier: MIT
// Makes a sealed image (formats/hf_image.h, docs/image-format.md) of what a linker wrote.
#ifndef HF_SEAL_H
#define HF_SEAL_H

#include "hf_layout.h"
#include "image_file.h"
#include "signing_key.h"

typedef struct hf_seal_options {
    const hf_board *board;  // application area, RAM, chip
    uint32_t version;       // HF_VERSION(major, minor, patch)
    uint32_t product_id;    // usually board->product_id
    uint32_t security_counter;
    const hf_signing_key *key; // NULL: not signed
    const hf_transit_key *transit_key; // NULL: it travels in the clear
    uint32_t revoked_key;   // id of the board's key that no longer counts once the image has proved itself; 0: none
} hf_seal_options;

// Seals in place: patches the reserved vectors, pads the payload, appends the trailer, and enciphers it with a transit key. An image without an address (BIN)
// gets the board's. The same input gives the same bytes, unless a token signs. On failure the image is as it was, or no image at all
// when the signing failed: free it. HF_E_EMPTY,
// HF_E_TOO_SMALL, HF_E_LINK_ADDRESS, HF_E_SEALED_TWICE, HF_E_RESERVED_USED, HF_E_STACK, HF_E_RESET, HF_E_TOO_BIG,
// HF_E_LAYOUT (the board has no application area), HF_E_USAGE (the board wants signatures, and there is no key; it
// does not encipher, or with another transit key; revoked_key is none of the board's other keys),
// HF_E_FOREIGN_KEY, HF_E_TOKEN, HF_E_MEMORY.
hf_error hf_seal(hf_image *image, const hf_seal_options *options, hf_problem *problem);

// "1.2.3", each part within its field of HF_VERSION.
bool hf_version_parse(const char *text, uint32_t *version);

#endif
