// SPDX-License-Identifier: MIT
// As much of the Thumb encoding as faults need: how long an instruction is, whether it loads, and IT blocks (Armv7-M ARM
// A5.1, A5.3, A7.3.3).
#ifndef HF_FAULT_THUMB_H
#define HF_FAULT_THUMB_H

#include <stdbool.h>
#include <stdint.h>

// Bytes of the instruction that starts with this half-word.
unsigned thumb_size(uint16_t first);

// Does it load registers from memory?
bool thumb_loads(uint16_t first);

// xPSR when one instruction of an IT block is left out.
uint32_t thumb_skip_it(uint32_t xpsr);

#endif
