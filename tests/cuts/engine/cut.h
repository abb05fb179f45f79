// SPDX-License-Identifier: MIT
// One cut: an operation that the supply does not survive.
#ifndef HF_CUT_H
#define HF_CUT_H

#include <stdbool.h>
#include <stdint.h>

#include "flash.h"
#include "machine.h"

#define CUT_WAYS (FLASH_TEARS + 1) // torn in so many ways, and ended

// Leaves what an operation leaves that is cut in this way. The seed decides about bits that may be one or the other.
void cut_tear(const operation *what, unsigned way, uint64_t seed);

// Acts, and cuts in the nth operation of that (1 is the first); the button is released then, the mailbox empty. False: it
// had fewer operations, and has ended.
bool cut_in(void (*act)(void), uint64_t nth, unsigned way);

#endif
