// SPDX-License-Identifier: MIT
// Standard profile: 128 bytes and their CRC-16/CCITT-FALSE, big-endian.
#include "crc16.h"
#include "frame.h"
#include "hf_classic.h"

const uint8_t hf_frame_payload = HF_CLASSIC_PAYLOAD;
const uint8_t hf_frame_size = HF_CLASSIC_PAYLOAD + 2;

_Static_assert(HF_CLASSIC_PAYLOAD + 2 <= HF_FRAME_MAX, "a frame fits its buffer");

bool hf_frame_is_whole(const uint8_t *frame)
{
    return hf_serial_crc16(frame, hf_frame_size) == 0;
}
