// SPDX-License-Identifier: MIT
// An update over USB DFU, timed.
#ifndef HF_BENCH_USB_H
#define HF_BENCH_USB_H

#include "bench.h"
#include "usb_link.h"

typedef struct bench_usb_times {
    hf_flash_report report;
    double first_ms; // first request to the application's first instruction
} bench_usb_times;

// Sends an image that bench_image made, its address set, as dfu-util 0.11 does, and runs the board into it. The board is in
// update mode. False with words on stderr.
bool bench_usb_update(usb_link *link, const hf_board *description, const hf_image *image, bench_usb_times *out);

#endif
