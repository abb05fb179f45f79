// SPDX-License-Identifier: MIT
// A byte stream to a device, and the clock that goes with it.
//
// Protocol code sees time only through its transport, so the same code runs against a serial port in real time and
// against a virtual board in virtual time. A new transport fills in three functions, and three more where they make sense.
#ifndef HF_TRANSPORT_H
#define HF_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

typedef struct hf_transport_ops {
    // Waits up to timeout_ms for the first byte, then takes what is there, up to size. *got is 0 when nothing came (or
    // a signal arrived). HF_E_LINK_LOST when nothing can ever come again.
    hf_error (*read)(void *context, void *bytes, size_t size, uint32_t timeout_ms, size_t *got, hf_problem *problem);
    // Hands over all bytes; they may still be on their way when it returns. HF_E_LINK_LOST.
    hf_error (*write)(void *context, const void *bytes, size_t size, hf_problem *problem);
    // Milliseconds since any fixed moment; never goes back. Time passes at least inside read.
    uint64_t (*now_ms)(void *context);
    // Changes the speed once all that was written has left. NULL when there is no speed. HF_E_LINE, HF_E_LINK_LOST.
    hf_error (*set_baud)(void *context, uint32_t baud, hf_problem *problem);
    // Asserts the modem lines or lets go of them, both at once. NULL when there are none. HF_E_NO_LINES.
    hf_error (*set_lines)(void *context, bool dtr, bool rts, hf_problem *problem);
    // Releases everything, context included. NULL when there is nothing to release.
    void (*close)(void *context);
} hf_transport_ops;

// Plain data; may be copied. One thread at a time.
typedef struct hf_transport {
    const hf_transport_ops *ops;
    void *context;
} hf_transport;

// Opens a port by name: tcp:HOST:PORT (IPv6 hosts in brackets), else a serial device, 8N1 at baud bits per second.
// HF_E_NO_PORT, HF_E_PERMISSION, HF_E_BUSY, HF_E_NOT_TERMINAL, HF_E_LINE, HF_E_UNREACHABLE, HF_E_MEMORY.
hf_error hf_transport_open(hf_transport *transport, const char *name, uint32_t baud, hf_problem *problem);
hf_error hf_transport_open_serial(hf_transport *transport, const char *path, uint32_t baud, hf_problem *problem);
hf_error hf_transport_open_tcp(hf_transport *transport, const char *host_and_port, hf_problem *problem);

// Takes over an open file descriptor (terminal, socket, pipe pair) that is in non-blocking mode; name is for messages.
hf_error hf_transport_take_fd(hf_transport *transport, int fd, const char *name, hf_problem *problem);

// Sets the speed of an open terminal, raw and 8N1, once all that was written has left. HF_E_LINE.
hf_error hf_terminal_set_speed(int fd, const char *name, uint32_t baud, hf_problem *problem);

// Asserts DTR and RTS of an open terminal or lets go of them. Asserted is the low level at an adapter's pin. HF_E_NO_LINES:
// pseudo-terminals and some adapters have none.
hf_error hf_terminal_set_lines(int fd, const char *name, bool dtr, bool rts, hf_problem *problem);

void hf_transport_close(hf_transport *transport);

#endif
