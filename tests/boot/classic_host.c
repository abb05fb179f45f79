// SPDX-License-Identifier: MIT
// A host of the classic protocol for tests.
#include "classic_host.h"

#include <string.h>
#include <zlib.h>

#include "bench_assert.h"

// CRC-16/CCITT-FALSE, a byte at a time by shifts.
uint16_t host_crc16(const uint8_t *data, size_t size)
{
    uint16_t crc = 0xFFFF;
    for (size_t i = 0; i < size; i++) {
        crc = (uint16_t)(crc >> 8 | crc << 8);
        crc ^= data[i];
        crc ^= (crc & 0xFF) >> 4;
        crc = (uint16_t)(crc ^ crc << 12);
        crc = (uint16_t)(crc ^ (crc & 0xFF) << 5);
    }
    return crc;
}

static uint8_t byte_at(const uint8_t *data, size_t size, size_t offset)
{
    return offset < size ? data[offset] : 0xFF;
}

void host_frame(uint8_t wire[WIRE_BYTES], const uint8_t *data, size_t size, size_t number)
{
    wire[0] = DATA;
    for (size_t i = 0; i < PAYLOAD_BYTES; i++) {
        wire[1 + i] = byte_at(data, size, number * PAYLOAD_BYTES + i);
    }
    if (HF_FRAMES_CHECKED) {
        uint16_t crc = host_crc16(wire + 1, PAYLOAD_BYTES);
        wire[WIRE_BYTES - 2] = (uint8_t)(crc >> 8);
        wire[WIRE_BYTES - 1] = (uint8_t)crc;
    }
}

size_t host_frames(size_t size)
{
    return (size + PAYLOAD_BYTES - 1) / PAYLOAD_BYTES;
}

uint32_t host_padded_crc(const uint8_t *data, size_t size)
{
    uint32_t crc = (uint32_t)crc32(0, data, (uInt)size);
    for (size_t i = size; i < host_frames(size) * PAYLOAD_BYTES; i++) {
        crc = (uint32_t)crc32(crc, (const uint8_t[]){0xFF}, 1);
    }
    return crc;
}

int host_ask(const void *bytes, size_t size, uint32_t patience_ms)
{
    line_ignore();
    line_send(bytes, size);
    return line_is_cut() ? -1 : line_receive(patience_ms);
}

int host_ask_byte(uint8_t command, uint32_t patience_ms)
{
    return host_ask(&command, 1, patience_ms);
}

int host_data(const uint8_t *data, size_t size, size_t number)
{
    uint8_t wire[WIRE_BYTES];
    host_frame(wire, data, size, number);
    return host_ask(wire, sizeof wire, PATIENCE_MS);
}

int host_verify(uint32_t crc)
{
    uint8_t wire[] = {VERIFY, (uint8_t)(crc >> 24), (uint8_t)(crc >> 16), (uint8_t)(crc >> 8),
                      (uint8_t)crc};
    return host_ask(wire, sizeof wire, PATIENCE_MS);
}

// Evaluates `step` up to four times, until it is ACKed.
#define INSIST(step)                                                                               \
    do {                                                                                           \
        unsigned tries = 0;                                                                        \
        while ((step) != ACK) {                                                                    \
            if (++tries == 4 || line_is_cut()) {                                                   \
                return false;                                                                      \
            }                                                                                      \
        }                                                                                          \
    } while (0)

bool host_update(const uint8_t *data, size_t size)
{
    INSIST(host_ask_byte(SYNC, SYNC_PATIENCE_MS));
    INSIST(host_ask_byte(ERASE, ERASE_PATIENCE_MS));
    for (size_t i = 0; i < host_frames(size); i++) {
        INSIST(host_data(data, size, i));
    }
    INSIST(host_verify(host_padded_crc(data, size)));
    return true;
}

bool host_finds(const uint8_t *data, size_t size)
{
    const uint8_t *slot = board_flash(HF_APP_ADDRESS);
    const uint8_t *rest = slot + size;
    // All of the rest is 0xFF when its first byte is, and each byte equals its neighbour.
    return memcmp(slot, data, size) == 0 && rest[0] == 0xFF &&
           memcmp(rest, rest + 1, HF_APP_SIZE - size - 1) == 0;
}
