// SPDX-License-Identifier: MIT
// A host of the classic protocol for tests: written from the protocol's description, not from the
// product's host tool.
#ifndef HF_TEST_CLASSIC_HOST_H
#define HF_TEST_CLASSIC_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench_board.h"

enum { SYNC = 0x7F, ERASE = 0xEE, DATA = 0xDA, VERIFY = 0xCC, BOOT = 0xBB, ACK = 0x79, NAK = 0x1F };

// Payload of a DATA frame and bytes behind its command byte, by the build's profile.
#define PAYLOAD_BYTES (HF_FRAMES_CHECKED ? 128u : 64u)
#define FRAME_BYTES   (HF_FRAMES_CHECKED ? 130u : 64u)
#define WIRE_BYTES    (1u + FRAME_BYTES)

// Time the host grants each answer.
#define SYNC_PATIENCE_MS  6000u
#define ERASE_PATIENCE_MS 20000u
#define PATIENCE_MS       3000u

uint16_t host_crc16(const uint8_t *data, size_t size);

// A whole DATA frame, command byte included, for payload number `number` of `data`; padded with
// 0xFF.
void host_frame(uint8_t wire[WIRE_BYTES], const uint8_t *data, size_t size, size_t number);

size_t host_frames(size_t size);                            // that `size` bytes take
uint32_t host_padded_crc(const uint8_t *data, size_t size); // of `data` padded to whole frames

// Sends, then waits for one byte of answer; -1 when none came. Earlier answers are forgotten first.
int host_ask(const void *bytes, size_t size, uint32_t patience_ms);
int host_ask_byte(uint8_t command, uint32_t patience_ms);

// One step each, tried once.
int host_data(const uint8_t *data, size_t size, size_t number);
int host_verify(uint32_t crc);

// A whole update up to VERIFY with up to three more tries for each step. False: given up, or the
// host has died.
bool host_update(const uint8_t *data, size_t size);

// Does the slot hold data, padded, and erased flash behind it?
bool host_finds(const uint8_t *data, size_t size);

#endif
