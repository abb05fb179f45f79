// SPDX-License-Identifier: MIT
// The transport that a bench board's line is.
#include "host_line.h"

#include "bench_line.h"

static hf_error read_some(void *context, void *bytes, size_t size, uint32_t timeout_ms, size_t *got, hf_problem *problem)
{
    (void)context;
    (void)problem;
    uint8_t *to = bytes;
    *got = 0;
    for (int byte = line_receive(timeout_ms); byte >= 0; byte = line_receive(0)) {
        to[(*got)++] = (uint8_t)byte;
        if (*got == size) {
            break;
        }
    }
    return HF_OK;
}

static hf_error write_all(void *context, const void *bytes, size_t size, hf_problem *problem)
{
    (void)context;
    (void)problem;
    line_send(bytes, size);
    return HF_OK;
}

static uint64_t now_ms(void *context)
{
    (void)context;
    return board_ms();
}

static hf_error set_baud(void *context, uint32_t baud, hf_problem *problem)
{
    (void)context;
    (void)problem;
    line_set_baud(baud);
    return HF_OK;
}

hf_transport host_line(void)
{
    static const hf_transport_ops ops = {.read = read_some, .write = write_all, .now_ms = now_ms, .set_baud = set_baud};
    return (hf_transport){.ops = &ops};
}
