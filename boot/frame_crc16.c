// SPDX-License-Identifier: MIT
// Standard profile: 128 bytes and their CRC-16/CCITT-FALSE, big-endian.
#include "frame.h"

#include "hf_classic.h"

const uint8_t hf_frame_payload = HF_CLASSIC_PAYLOAD;
const uint8_t hf_frame_size = HF_CLASSIC_PAYLOAD + 2;

_Static_assert(HF_CLASSIC_PAYLOAD + 2 <= HF_FRAME_MAX, "a frame fits its buffer");

// Bit by bit: 128 bytes take 0.1 ms at full clock, a table would take 512 bytes of flash.
static uint16_t crc16(const uint8_t *data, uint32_t size)
{
    uint32_t crc = HF_CRC16_INIT;
    for (uint32_t i = 0; i < size; i++) {
        crc ^= (uint32_t)data[i] << 8;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc << 1) ^ ((crc & 0x8000u) != 0 ? HF_CRC16_POLY : 0);
        }
    }
    return (uint16_t)crc;
}

bool hf_frame_is_whole(const uint8_t *frame)
{
    // The remainder of data followed by its own CRC is zero.
    return crc16(frame, hf_frame_size) == 0;
}
