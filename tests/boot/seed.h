// SPDX-License-Identifier: MIT
// Random numbers that can be had again: the seed is printed, and taken from HF_SEED when that is
// set.
#ifndef HF_TEST_SEED_H
#define HF_TEST_SEED_H

#include <stdint.h>

uint32_t seed_begin(void);           // prints and returns the seed
uint32_t seed_next(uint32_t *state); // xorshift32; state is not 0

#endif
