// SPDX-License-Identifier: MIT
// The application slot as the links see it: the one way to change flash. Nothing outside the slot can be reached.
//
// Links speak in application addresses: where the image is linked to run. Where it is kept meanwhile is the board's
// strategy: in place (HF_RECEIVE_ADDRESS is HF_APP_ADDRESS), or in a staging area until it has been verified.
#ifndef HF_SLOT_H
#define HF_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

// Erases every sector of the slot. HF_OK, or the flash error that stopped it.
hf_err hf_slot_erase(void);

// Erases what the application's sector that holds address will be received in. HF_E_ADDRESS when that is outside the
// slot, else a flash error.
hf_err hf_slot_erase_sector(uint32_t address);

// First address behind the application's sector that holds address, and how long its erase takes, typically.
uint32_t hf_slot_sector_end(uint32_t address);
uint32_t hf_slot_erase_ms(uint32_t address);

// First address behind the sectors that are erased together with the one that begins at address: where an image is
// received they may be larger than the application's. The address itself when it lies outside the slot.
uint32_t hf_slot_unit_end(uint32_t address);

// Are all size bytes at address inside the slot?
bool hf_slot_holds(uint32_t address, uint32_t size);

// Programs what was received for address, size bytes; both must be multiples of the program unit. HF_E_ADDRESS when any byte
// lies outside the slot (nothing is written then), a flash error, or an error of hf_transit_write.
hf_err hf_slot_write(uint32_t address, const uint8_t *data, uint32_t size);

// May hosts read back what was received? Not on boards that decipher it: all that follows is HF_E_HIDDEN then, but the
// CRC-32 of all that has come.
bool hf_slot_shows(void);

// Reads back what was received; address and size in whole words. HF_E_ADDRESS outside the slot, else a flash error.
hf_err hf_slot_read(uint32_t address, void *to, uint32_t size);

// One byte of it; 0 where it cannot be read.
uint8_t hf_slot_byte(uint32_t address);

// Common CRC-32 of what was received, by the chip over flash (hf_transit_crc32 says when not); address and size in whole words. Errors as hf_slot_read.
hf_err hf_slot_crc32(uint32_t address, uint32_t size, uint32_t *crc);

// Digest (hf_fast.h) of what was received; address and size in whole words. Errors as hf_slot_read. hf_flash_digest: the
// same of any place in flash; HF_FAST_DIGEST_START, whatever stands there, on boards that show nothing.
hf_err hf_slot_digest(uint32_t address, uint32_t size, uint32_t *digest);
hf_err hf_flash_digest(uint32_t address, uint32_t size, uint32_t *digest);

// Is what was received an image this board may start? HF_OK, or the first thing found wrong.
hf_err hf_slot_check(void);

// Whoever sends is done. HF_OK: it is, and that it shall be started is on record, whatever the supply does from here on; hosts
// may be told. Else what hf_slot_check says, or what kept it from being put on record.
hf_err hf_slot_finish(void);

#endif
