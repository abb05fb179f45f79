// SPDX-License-Identifier: MIT
// holdfast monitor: the serial line on the terminal.
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "progress.h"
#include "transport.h"

#define SLICE_MS 50u

// What was typed goes out; false at the end of the input.
static bool pass_typed(hf_transport *transport, hf_error *error, hf_problem *problem)
{
    char typed[256];
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&input, 1, 0) <= 0) {
        return true;
    }
    ssize_t count = read(STDIN_FILENO, typed, sizeof typed);
    if (count > 0) {
        *error = transport->ops->write(transport->context, typed, (size_t)count, problem);
    }
    return count > 0;
}

// Until Ctrl-C, or until the port is gone.
static hf_error monitor(hf_transport *transport, hf_problem *problem)
{
    hf_error error = HF_OK;
    bool typing = true;
    while (!error && !cli_interrupted()) {
        uint8_t bytes[512];
        size_t got = 0;
        error = transport->ops->read(transport->context, bytes, sizeof bytes, SLICE_MS, &got, problem);
        if (got > 0) {
            fwrite(bytes, 1, got, stdout);
            if (fflush(stdout) != 0) { // nobody reads it any more
                break;
            }
        }
        typing = typing && !error && pass_typed(transport, &error, problem);
    }
    return error;
}

int cli_run_monitor(const cli *context)
{
    hf_transport transport;
    hf_problem problem;
    uint32_t baud;
    hf_error error = cli_number(context, OPT_BAUD, 4000000, 115200, &baud, &problem);
    if (!error && context->values[OPT_PORT] == NULL) {
        error = hf_fail(&problem, HF_E_USAGE, "monitor needs --port PORT");
    }
    error = error ? error : hf_transport_open(&transport, context->values[OPT_PORT], baud, &problem);
    if (!error) {
        cli_catch_interrupt();
        error = monitor(&transport, &problem);
        hf_transport_close(&transport);
    }
    return error ? cli_fail(context, &problem) : 0;
}
