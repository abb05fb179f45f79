// SPDX-License-Identifier: MIT
// The serial line: waiting for bytes, and the dispatcher that gives each command byte to the protocol it belongs to.
#ifndef HF_SERIAL_H
#define HF_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boot.h"

// A command: its first byte, and what serves the rest of it. quiet: nothing may follow before the answer, so a byte
// right behind it proves that it was payload of a damaged frame and no command.
struct hf_command {
    uint8_t code;
    bool quiet;
    void (*serve)(void);
};

struct hf_serial_protocol {
    const struct hf_command *commands;
    uint8_t count;
    void (*forget)(void); // the host has gone: drop the session
};

extern const struct hf_link hf_serial;

// How long the next command is awaited before NAK.
void hf_serial_expect(uint32_t patience_ms);
#define HF_SERIAL_NO_HURRY UINT32_MAX

void hf_serial_send(uint8_t byte);

// Next byte, or -1 when none came within timeout_ms.
int hf_serial_receive(uint32_t timeout_ms);

// Exactly size bytes within timeout_ms; false when the time is up.
bool hf_serial_receive_all(uint8_t *to, size_t size, uint32_t timeout_ms);

// Says NAK, but only when the line has been quiet for a while: the next byte then starts a frame.
void hf_serial_refuse(void);

#endif
