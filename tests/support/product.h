// SPDX-License-Identifier: MIT
// A product for tests of the whole: a board file, its real boot.elf on a virtual board, and a host at its UART.
//
// Everything happens in virtual time. What the board reports as misuse of silicon fails the test when the product is given
// back, unless the test said that it provokes it.
#ifndef HF_TEST_PRODUCT_H
#define HF_TEST_PRODUCT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "board_link.h"
#include "classic.h"
#include "image_file.h"

#define PRODUCT_REFERENCE "stm32f407-discovery"
#define PRODUCT_LED_MAX   256

typedef struct product_led_change {
    vb_time when;
    bool lit;
} product_led_change;

typedef struct product {
    hf_board description;
    vb_board *board;
    board_link link;
    hf_transport transport;
    size_t led_count; // changes since the last product_led_forget
    product_led_change led[PRODUCT_LED_MAX];
    bool provokes[VB_REPORT_KINDS]; // reports the test means to cause
} product;

// The product of boards/NAME.json, or tests/boards/NAME.json, with its bootloader and blank flash, not yet powered, its far end listening.
void product_make(product *it, const char *name);
void product_free(product *it);

// A file the firmware build made for this product: "blink-v1.bin". The path is valid until the next call.
const char *product_file(const product *it, const char *name);

// Reads a sealed image of the firmware build; hf_image_free gives it back.
hf_image product_image(const product *it, const char *name);

// Puts an image where the application belongs, like a debugger: no virtual time passes.
void product_install(product *it, const hf_image *image);
// True when exactly this image stands there.
bool product_holds(const product *it, const hf_image *image);
uint32_t product_application(const product *it); // address of the application area

// -- time and LED ---------------------------------------------------------------------------------------------------
void product_wait(product *it, vb_time duration);
void product_led_forget(product *it);
// Watches the LED for three seconds: fails unless every change comes ms after the one before, and there are enough.
void product_expect_blink(product *it, unsigned ms);

// -- the serial line ------------------------------------------------------------------------------------------------
void product_send(product *it, const void *bytes, size_t size);
// What comes within the time, up to size bytes; returns how many.
size_t product_hear(product *it, void *bytes, size_t size, vb_time within);
// The answer to bytes: one byte, or -1 when none comes within the time.
int product_ask(product *it, const void *bytes, size_t size, vb_time within);
int product_sync(product *it);
int product_erase(product *it);
void product_discard(product *it); // forgets what was received
// The host's whole update, as `holdfast flash` does it.
hf_error product_flash(product *it, const hf_image *image, const hf_classic_options *options, hf_flash_report *report);
// Sends frame number n (from 0) of an image in the product's profile; damaged: with one bit flipped.
int product_send_frame(product *it, const hf_image *image, unsigned n, bool damaged);

// -- behind the scenes ----------------------------------------------------------------------------------------------
// The core executes one load or store between two of its own instructions, as if a debugger had inserted it: what a
// register holds is asked, or changed, by way of the real bus.
uint32_t product_peek(product *it, uint32_t address);
void product_poke(product *it, uint32_t address, uint32_t value);

// Runs a small program instead of the bootloader that writes the mailbox and, when options is not 0, the option bytes
// (FLASH_OPTCR), then puts the bootloader back. The supply was on when it returns; reset the board to go on.
void product_provision(product *it, uint32_t mailbox, uint32_t options);
// Backup register 0, read by the same program; the bootloader is put back afterwards.
uint32_t product_mailbox(product *it);

#endif
