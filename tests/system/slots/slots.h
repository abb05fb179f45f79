// SPDX-License-Identifier: MIT
// What tests of installed updates share: a product that runs, and updates as a person makes them.
#ifndef HF_TEST_SLOTS_H
#define HF_TEST_SLOTS_H

#include "product.h"

#define INSTALLED_BY (15 * VB_S) // an installation erases up to a megabyte, twice

// The product with an image of its firmware build where a debugger would put it, running for two seconds.
void slots_start(product *it, const char *board, const char *image);

// Button, reset, and the whole update over the line; the board starts what it wants then.
void slots_update_mode(product *it);
hf_error slots_flash(product *it, const char *image);

// Fails unless this Blink runs: what stands in the slot, and its rhythm. v1: 500 ms, v2: 250 ms, v3: 125 ms.
void slots_expect(product *it, unsigned version);

// Supply off for a moment.
void slots_power_cycle(product *it);

#endif
