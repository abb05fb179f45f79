// SPDX-License-Identifier: MIT
// Opening a device for orders.
#include "device.h"

#include <time.h>

#define BACK_TRIES 50 // of a tenth of a second

static hf_error open_usb(cli_device *it, const cli *context, hf_problem *problem)
{
    hf_error error = hf_dfu_open(&it->usb, context->values[OPT_DEVICE], problem);
    it->link.usb = &it->usb;
    return error;
}

hf_error cli_device_open(cli_device *it, const cli *context, const hf_board *board, hf_problem *problem)
{
    *it = (cli_device){.options = hf_classic_defaults(board)};
    uint32_t seconds;
    hf_error error = cli_number(context, OPT_BAUD, 4000000, it->options.baud, &it->options.baud, problem);
    error = error ? error : cli_number(context, OPT_WAIT, 86400, it->options.wait_ms / 1000, &seconds, problem);
    if (error) {
        return error;
    }
    it->options.wait_ms = seconds * 1000;
    it->listener = cli_listen(&it->progress, context);
    it->listener.progress = NULL; // it takes no time worth a bar
    it->link.listener = &it->listener;
    it->link.options = &it->options;
    cli_catch_interrupt();
    if (context->counts[OPT_USB] > 0) {
        return open_usb(it, context, problem);
    }
    if (context->values[OPT_PORT] == NULL) {
        return hf_fail(problem, HF_E_USAGE, "%s needs --port PORT or --usb", context->command->name);
    }
    error = hf_transport_open(&it->transport, context->values[OPT_PORT], it->options.baud, problem);
    it->link.transport = &it->transport;
    return error;
}

void cli_device_close(cli_device *it)
{
    cli_progress_end(&it->progress);
    if (it->link.usb != NULL) {
        hf_dfu_close(&it->usb);
    } else {
        hf_transport_close(&it->transport);
    }
}

// A serial port stays; a USB device goes and comes.
hf_error cli_device_again(cli_device *it, const cli *context, hf_problem *problem)
{
    if (it->link.usb == NULL) {
        return HF_OK;
    }
    hf_error error = HF_E_NO_USB;
    hf_dfu_close(&it->usb);
    for (unsigned tries = 0; tries < BACK_TRIES && error; tries++) {
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
        error = open_usb(it, context, problem);
    }
    return error;
}
