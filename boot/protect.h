// SPDX-License-Identifier: MIT
// Protection that the chip enforces: protect.c, or protect_none.c for boards that ask for none.
#ifndef HF_BOOT_PROTECT_H
#define HF_BOOT_PROTECT_H

#include <stdint.h>

#include "port.h"

// Brings the chip's protection to what the board file wants, or to what was ordered; never takes any back. Costs a look
// when it is in force.
void hf_protect(void);

// How the chip is protected now, whoever did it: read from its option bytes. Fields are HF_PROTECTION_UNTOLD in builds
// without protection.
struct hf_protection hf_protection(void);

#endif
