// SPDX-License-Identifier: MIT
// A product at level "signed" on the virtual board, and images for it signed by either of its keys.
#ifndef HF_TEST_SIGNED_PRODUCT_H
#define HF_TEST_SIGNED_PRODUCT_H

#include "product.h"

#include "hf_image.h"
#include "seal.h"

extern hf_signing_key *key_1, *key_2, *foreign_key; // the board's, and one that no board trusts

// Set-up and tear-down of a group of tests.
int signed_load_keys(void **state);
int signed_free_keys(void **state);

uint32_t signed_id(const hf_signing_key *key); // as images name it

product *signed_make(const char *board);
// Of flash operations that could be cut, one in so many is: HF_EVERY when it is set (1: all of them), else usual.
int signed_every(int usual);
void signed_end(product *it);

// Blink vMAJOR of the firmware build, sealed anew; hf_image_free gives it back. revoked_key: 0, or an id.
hf_image signed_image(const product *it, unsigned major, const hf_signing_key *key, uint32_t revoked_key);

// The same by key_1, with a security counter.
hf_image signed_image_counting(const product *it, unsigned major, uint32_t counter);

// True when the application's first instruction is about to be executed within the time.
bool signed_starts(product *it, vb_time within);
// The same after the supply was off; signed_boots_with: and this image was put into flash meanwhile.
bool signed_boots(product *it);
bool signed_boots_with(product *it, const hf_image *image);

// Off, button, on.
void signed_into_update_mode(product *it);
// The same, and the host's whole update.
hf_error signed_flash(product *it, const hf_image *image);

#endif
