// SPDX-License-Identifier: MIT
// Modelled flash for the core on the host: every unit programmed and every sector erased can be torn, what is left can be
// marginal, and whole states are kept and brought back at the cost of what changed.
//
// Parts without error correction (units of 4 bytes) and what their manuals promise: programming ands, a marginal bit reads
// as it likes each time, programming it to 0 makes it certain. Parts with error correction (8 bytes and more): a unit
// takes one programming between erases; what a cut leaves is whole, unreadable (HF_E_ECC), or either, anew at each read.
//
// An external flash follows the chip's own in the same array, in units of 4 bytes without error correction: a page that a cut
// has torn is torn within one word of it.
#ifndef HF_CUTS_FLASH_H
#define HF_CUTS_FLASH_H

#include "core.h"

void flash_new(const core *of, uint64_t seed); // all erased
void flash_free(void);

// -- what the core does -----------------------------------------------------------------------------------------------
typedef struct sector {
    uint32_t start, size;
} sector;

sector flash_sector(uint32_t address);
hf_err flash_read(uint32_t address, void *to, uint32_t size);
hf_err flash_crc(uint32_t address, uint32_t size, uint32_t *crc);
hf_err flash_program_unit(uint32_t address, const uint8_t *data); // reads back
hf_err flash_erase_sector(uint32_t start);                        // reads back

// -- what a cut leaves ------------------------------------------------------------------------------------------------
#define FLASH_TEARS 8u // ways to end an operation before its time, from "it had not begun" to "nearly done"
void flash_tear_program(uint32_t address, const uint8_t *data, unsigned how, uint64_t seed);
void flash_tear_erase(uint32_t start, unsigned how, uint64_t seed);

// -- states -----------------------------------------------------------------------------------------------------------
uint64_t flash_digest(void); // of everything flash holds: the same for the same content
bool flash_is_certain(void); // nothing in it is marginal
bool flash_holds(uint32_t address, const uint8_t *bytes, uint32_t size); // where no bit is marginal
bool flash_certain_in(uint32_t address, uint32_t size);                  // no bit there is
void flash_push(void);       // remembers what is there
void flash_pop(void);        // and brings it back
void flash_swap(void);       // the banks change places
void flash_seed(uint64_t seed); // decides how marginal bits read from now on
const char *flash_misuse(void); // what was done that the manual forbids, since flash_new; NULL: nothing
void flash_forget_misuse(void);

#endif
