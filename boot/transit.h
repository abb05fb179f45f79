// SPDX-License-Identifier: MIT
// How images travel: transit.c deciphers what is received, transit_none.c writes it as it comes. Inside of boot/slot.c.
//
// Whoever sends knows what he has sent, but not the key stream, and must learn nothing of it. So where images are
// deciphered nothing is read back, and flash is written once between erases, in order and from the start: else he could
// find out bit by bit what stands there by what fails. docs/security.md has the whole argument.
#ifndef HF_BOOT_TRANSIT_H
#define HF_BOOT_TRANSIT_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

// May hosts read what was received, or a digest of it?
bool hf_transit_shows(void);

// Flash has been erased from there to end, which is from when the erase failed. Places, not application addresses.
void hf_transit_erased(uint32_t from, uint32_t end);

// Programs what was received for a place. A flash error, or, where images are deciphered: HF_E_SEQUENCE (not where the last
// write ended, not in whole units of HF_IMAGE_ALIGN, or not erased), HF_E_PLAIN, HF_E_LENGTH. After an error nothing more is
// taken before the first sector has been erased again.
hf_err hf_transit_write(uint32_t place, const uint8_t *data, uint32_t size);

// CRC-32 of size bytes that were received for a place, as they came. HF_E_HIDDEN where that is not known: it is where
// images are not deciphered, else of all that has come since the first sector was erased, which may be nothing.
hf_err hf_transit_crc32(uint32_t place, uint32_t size, uint32_t *crc);

#endif
