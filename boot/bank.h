// SPDX-License-Identifier: MIT
// Bank swap: what is known of the image in either bank, and the bootloader's copy in the other one. docs/dual-bank.md.
#ifndef HF_BOOT_BANK_H
#define HF_BOOT_BANK_H

#include <stdbool.h>
#include <stdint.h>

#include "board.h"
#include "error.h"
#include "hf_bank.h"

// Offsets from where things are seen now: in the bank that runs, in the other one.
#define HF_BANK_HERE 0u
#define HF_BANK_PEER HF_BANK_SIZE

// Finds out which generation of records counts in this bank, and stays with it: everything below is about that one. Before the
// first look at a bank that may have more than the first, and when its flash was erased meanwhile.
void hf_bank_find(uint32_t bank);

// What is known of the image in this bank is about another one from now on: opens the next generation. When all are used, or
// something there was spoilt by a cut, it erases the image's first sector and then the records'. Nothing is done where nothing
// was known. HF_OK, HF_E_NOT_ERASED, or a flash error.
hf_err hf_bank_renew(uint32_t bank);

// Is there such a record of the image in this bank?
bool hf_bank_has(uint32_t bank, hf_bank_record kind);

// Somebody has begun to write such a record: it is there, or a cut has spoilt it.
bool hf_bank_was_begun(uint32_t bank, hf_bank_record kind);

// True when nothing was ever written where records of its trial go: the image was received, or put there by a debugger.
bool hf_bank_is_fresh(uint32_t bank);

// Writes a record. HF_OK when it can be read back, HF_E_NOT_ERASED when every place for it is spoilt, else a flash error.
hf_err hf_bank_put(uint32_t bank, hf_bank_record kind);

// The numbers of the floor's latest record in this bank. False when there is none; numbers is untouched then.
bool hf_bank_floor(uint32_t bank, uint32_t numbers[2]);
// Writes another one. HF_OK when it can be read back, HF_E_NOT_ERASED when every place is taken, else a flash error.
hf_err hf_bank_put_floor(uint32_t bank, const uint32_t numbers[2]);

// A record that was found once may be one that a cut has left weak: writes it a second time, so that what is done on its
// strength stays right when the first is read differently. With two, nothing. False: there is no such record, or not any more.
bool hf_bank_settle(uint32_t bank, hf_bank_record kind);

// Makes the bootloader in the other bank the same as this one, and verifies it. This one gets a record and is never erased. HF_OK, or the
// flash error that stopped it.
hf_err hf_bank_copy_boot(void);

#endif
