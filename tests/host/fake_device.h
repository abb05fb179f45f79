// SPDX-License-Identifier: MIT
// A bootloader of the classic protocol for tests: written from docs/uart-protocol.md, not from the bootloader, in
// virtual time, with faults on demand on both directions of the line.
#ifndef FAKE_DEVICE_H
#define FAKE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transport.h"

#define FAKE_SLOT    (64u * 1024)
#define FAKE_QUEUE   (1u << 16)
#define FAKE_FAULTS  8
#define FAKE_NEVER   UINT64_MAX

typedef enum fake_fault_kind { FAULT_NONE, FAULT_DROP, FAULT_FLIP, FAULT_DOUBLE, FAULT_DELAY } fake_fault_kind;

typedef struct fake_fault {
    fake_fault_kind kind;
    bool to_host;   // else to the device
    uint32_t index; // of the byte in that direction, counted from 0
    uint32_t value; // FLIP: mask; DELAY: microseconds by which this byte and all later ones come later
} fake_fault;

typedef struct fake_queue {
    struct {
        uint64_t at; // microseconds
        uint8_t byte;
    } items[FAKE_QUEUE];
    uint32_t head, tail; // free-running
    uint64_t line_free;  // when the wire can take the next byte
    uint32_t count;      // bytes ever put on the line
} fake_queue;

// How the device misbehaves beyond the line.
typedef struct fake_habits {
    bool classroom;         // 64-byte frames without CRC-16
    bool mute;              // never answers
    bool refuse_sync;       // a host at another link has the board
    bool refuse_erase, refuse_boot;
    uint32_t refuse_frame;  // answers this frame (from 1) with NAK for ever; 0: none
    uint32_t die_at_frame;  // falls silent at this frame; 0: none
    bool forgets;           // programs one bit wrong in each pass
    bool slow_to_receive;   // loses what arrives while it programs: a device that cannot be pipelined
    const char *text;       // says this when it starts and again whenever it receives something, if it is mute
    uint32_t erase_us, program_us;
} fake_habits;

typedef enum fake_state { FAKE_COMMAND, FAKE_QUIET, FAKE_BODY, FAKE_DRAIN, FAKE_BUSY } fake_state;

typedef struct fake_device {
    fake_habits habits;
    fake_fault faults[FAKE_FAULTS];
    uint32_t byte_us;
    uint64_t now;          // of the host
    fake_queue in, out;    // to the device, to the host
    // the device
    fake_state state;
    uint64_t time;         // it has lived up to here
    uint64_t deadline;     // of its state
    uint8_t command, body[130];
    uint32_t got, patience_us;
    uint64_t body_start;
    bool synced, busy_good;
    uint32_t next;         // bytes programmed since ERASE
    bool erased, started;
    uint32_t frames, erases, naks;
    uint8_t flash[FAKE_SLOT];
} fake_device;

// Starts a device at 115200 bit/s. The structure is large: make it static or malloc it.
void fake_start(fake_device *device, const fake_habits *habits);

// The host's end, for hf_flash_classic. Time passes while it reads.
hf_transport fake_transport(fake_device *device);

// For real time: bytes that arrived at the device by now, bytes it has sent by now.
void fake_put(fake_device *device, uint64_t now, const void *bytes, size_t size);
size_t fake_take(fake_device *device, uint64_t now, void *bytes, size_t size);

#endif
