// SPDX-License-Identifier: MIT
// How a strategy moves images: in steps that may each be repeated until the next one begins.
#ifndef HF_STEPS_H
#define HF_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

// Steps of an installation, and of a way back.
extern const uint32_t hf_steps;

// Where an image for the way back stands after an installation; 0: the strategy keeps none.
extern const uint32_t hf_backup_address;

// Does one step, from whatever a cut in the same step has left. HF_OK, or a flash error.
hf_err hf_step(bool back, uint32_t step);

// Erases the sectors of [to, to + size), which are whole ones, and copies as much there. Blank stays blank.
hf_err hf_copy(uint32_t to, uint32_t from, uint32_t size);

#endif
