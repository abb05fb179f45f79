// SPDX-License-Identifier: MIT
// The serial line: waiting for bytes, and the dispatcher that gives each command byte to the protocol it belongs to.
#ifndef HF_SERIAL_H
#define HF_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boot.h"

struct hf_serial_protocol {
    bool (*serve)(uint8_t code); // the command that begins with this byte; false when it has none
    void (*forget)(void);        // the host has gone: drop the session
};

extern const struct hf_link hf_serial;

// How long the next command is awaited before NAK.
void hf_serial_expect(uint32_t patience_ms);
#define HF_SERIAL_NO_HURRY UINT32_MAX

void hf_serial_send(uint8_t byte);
void hf_serial_send_all(const void *bytes, uint32_t size);

// Next byte, or -1 when none came within timeout_ms.
int hf_serial_receive(uint32_t timeout_ms);

// Exactly size bytes within timeout_ms; false when the time is up.
bool hf_serial_receive_all(void *to, size_t size, uint32_t timeout_ms);

// A protocol has ended with a byte (not 0) that begins a command of another one: it is the next to be served.
void hf_serial_put_back(uint8_t code);

// Quiet that ends whatever was under way. Longer than the gaps a USB adapter leaves inside a frame (two full-speed frames
// and its scheduling), and short against every host's patience.
#define HF_SERIAL_QUIET_MS 10u

// Does nothing follow? A command of a single byte with another right behind it was payload of a damaged frame.
bool hf_serial_is_quiet(void);

// Says ACK, or refuses. Returns good.
bool hf_serial_answer(bool good);

// Says NAK, but only when the line has been quiet for a while: the next byte then starts a frame.
void hf_serial_refuse(void);

#endif
