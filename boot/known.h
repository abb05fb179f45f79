// SPDX-License-Identifier: MIT
// An image whose signature was verified when it was installed may be started by its CRC-32 afterwards, when the board file
// trades the check at each boot for time: known.c. known_none.c verifies the signature at each boot.
//
// A record says which image it was. It counts for the application's place alone, and is withdrawn before a link changes
// anything there. Whoever writes that flash on another way is not noticed by more than a CRC-32: docs/security.md.
#ifndef HF_BOOT_KNOWN_H
#define HF_BOOT_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "hf_image.h"

// Is the image with this trailer, at base, the one whose signature was verified?
bool hf_known(uint32_t base, const struct hf_trailer *trailer);

// The application is about to be started: the signature was verified, or it is known already. flaw is 0, else what is put
// on record is nothing: whoever got here past a check leaves no trace that would make the next boot trust the image.
void hf_known_keep(uint32_t flaw);

// The application's place is about to change. HF_OK, or a flash error: then it must not.
hf_err hf_known_forget(void);

#endif
