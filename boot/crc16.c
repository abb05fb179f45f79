// SPDX-License-Identifier: MIT
// CRC-16/CCITT-FALSE a byte at a time, by shifts: as small as bit by bit, three times as fast, and without a table.
#include "crc16.h"

#include "hf_classic.h"

_Static_assert(HF_CRC16_POLY == 0x1021, "the shifts below are this polynomial's");

uint16_t hf_serial_crc16(const void *data, uint32_t size)
{
    const uint8_t *byte = data;
    uint32_t crc = HF_CRC16_INIT;
    for (uint32_t i = 0; i < size; i++) {
        uint32_t x = (crc >> 8 & 0xFF) ^ byte[i];
        x ^= x >> 4;
        crc = crc << 8 ^ x << 12 ^ x << 5 ^ x;
    }
    return (uint16_t)crc;
}
