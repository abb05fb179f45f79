// SPDX-License-Identifier: MIT
// Common CRC-32 (zlib) without the chip's CRC unit, which is the application's: half a byte at a time.
#include "machine.h"

hf_err hf_app_crc32(uint32_t address, uint32_t size, uint32_t *crc)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    uint32_t state = 0xFFFFFFFFu;
    for (const uint8_t *byte = (const uint8_t *)address; size > 0; byte++, size--) {
        state = table[(state ^ *byte) & 15u] ^ state >> 4;
        state = table[(state ^ *byte >> 4) & 15u] ^ state >> 4;
    }
    *crc = ~state;
    return HF_OK;
}
