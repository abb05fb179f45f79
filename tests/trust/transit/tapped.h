// SPDX-License-Identifier: MIT
// A board that takes enciphered images, every word of which is heard: the real firmware on the virtual board, its images, and
// updates over each of its links.
#ifndef HF_TEST_TAPPED_H
#define HF_TEST_TAPPED_H

#include "signed_product.h"

#include "device.h" // its errors
#include "dfu.h"
#include "transit.h"
#include "update_serial.h"

#define HEARD_MAX (1u << 20)

typedef enum way_in { FAST, CLASSIC, AN3155, USB } way_in;

extern product *it;
extern hf_transport tapped; // its line, and all the device says there, and at USB
extern uint8_t heard[HEARD_MAX];
extern size_t heard_size;
extern hf_dfu_device usb; // context is NULL until plug()

// Set-up and tear-down of a test: the board in update mode, with nothing installed.
int make_device(void **state);
int end_device(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_device, end_device)

void plug(void);  // the host's USB finds it
void again(void); // in update mode anew: no session is left of whatever was said

// -- images -----------------------------------------------------------------------------------------------------------

typedef struct sealed {
    hf_image travels;
    uint32_t length;
    uint8_t *plain, *stream; // what the device makes of it, and the key stream
} sealed;

sealed make_for(const hf_board *board, const hf_transit_key *key, uint32_t version);
sealed make(uint32_t version); // for the board, with its key
void done_with(sealed *image);

bool holds(const sealed *image);          // is it what is installed?
void expect_secret(const sealed *image);  // no piece of it, nor of its key stream, was heard
void expect_installed(const sealed *image);

// -- updates ----------------------------------------------------------------------------------------------------------

hf_serial_options serial_options(hf_protocol protocol);
hf_error update_by_wire(hf_protocol protocol, const hf_image *image, bool force, const hf_listener *listener);
hf_error update(way_in way, const hf_image *image, bool force);
extern hf_problem refusal; // of the last update, but for AN3155, whose client is told no more than NAK

#endif
