// SPDX-License-Identifier: MIT
// What all sessions of a case came to, on the terminal and as JSON.
#ifndef HF_TEST_NOISE_REPORT_H
#define HF_TEST_NOISE_REPORT_H

#include "noise.h"

typedef struct tally {
    protocol how;
    const disturbance_kind *what;
    uint32_t sessions, at_once, verified, given_up; // verified by the first attempt, by any, by none
    uint32_t tries, resent, failed;
    uint64_t bytes, ms;
} tally;

void tally_add(tally *sum, const outcome *one);
void tally_print(const tally *sum);

// A session that failed, with what repeats it.
void report_failure(const tally *sum, uint32_t seed, const char *why);

// Writes all of it; false when that fails.
bool report_write(const char *path, uint32_t seed, const tally *sums, size_t count);

#endif
