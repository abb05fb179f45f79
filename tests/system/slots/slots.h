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

// Blink of this number, sealed anew with another version and security counter; hf_image_free gives it back.
hf_image slots_sealed(const product *it, unsigned blink, uint32_t version, uint32_t counter);
// Sends any image: with button and reset first, or to a bootloader that waits for it already.
hf_error slots_send(product *it, const hf_image *image);
hf_error slots_deliver(product *it, const hf_image *image);

// The latest record of a kind in the journal, as a debugger finds it. False when there is none. Kinds and failures are
// numbers on purpose: they are a format.
enum { RECORD_OPENING = 1, RECORD_INSTALL = 2, RECORD_FLOOR = 3, RECORD_FAILURE = 4 };
enum { FAILURE_VERSION = 0x20, FAILURE_COUNTER = 0x21, FAILURE_TRIAL = 0x22 };
bool slots_record(const product *it, uint32_t kind, uint32_t words[2]);

// Fails unless this Blink runs: what stands in the slot, and its rhythm. v1: 500 ms, v2: 250 ms, v3: 125 ms.
void slots_expect(product *it, unsigned version);
// The same for any application that blinks.
void slots_expect_image(product *it, const char *name, unsigned half_period_ms);

// Supply off for a moment.
void slots_power_cycle(product *it);

#endif
