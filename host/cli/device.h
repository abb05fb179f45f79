// SPDX-License-Identifier: MIT
// A device in update mode, by --port or --usb: for commands that talk to it without updating it.
#ifndef HF_CLI_DEVICE_H
#define HF_CLI_DEVICE_H

#include "order.h"
#include "progress.h"

typedef struct cli_device {
    hf_transport transport;
    hf_dfu_device usb;
    hf_classic_options options;
    cli_progress progress;
    hf_listener listener;
    hf_order_link link; // what the library wants
} cli_device;

// Opens what --port or --usb name; board may be NULL. Close it when it was opened.
hf_error cli_device_open(cli_device *it, const cli *context, const hf_board *board, hf_problem *problem);
void cli_device_close(cli_device *it);

// Waits until the device is back after a reset.
hf_error cli_device_again(cli_device *it, const cli *context, hf_problem *problem);

#endif
