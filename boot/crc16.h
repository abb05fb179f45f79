// SPDX-License-Identifier: MIT
// CRC-16/CCITT-FALSE, as the serial protocols use it.
#ifndef HF_BOOT_CRC16_H
#define HF_BOOT_CRC16_H

#include <stdint.h>

// Of data followed by its own CRC, the more significant byte first, it is zero.
uint16_t hf_serial_crc16(const void *data, uint32_t size);

#endif
