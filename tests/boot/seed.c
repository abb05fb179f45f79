// SPDX-License-Identifier: MIT
// Random numbers that can be had again.
#include "seed.h"

#include <stdlib.h>
#include <time.h>

#include "bench_assert.h"

uint32_t seed_begin(void)
{
    const char *given = getenv("HF_SEED");
    uint32_t seed = given != NULL ? (uint32_t)strtoul(given, NULL, 0) : (uint32_t)time(NULL);
    print_message("HF_SEED=%u\n", seed);
    return seed != 0 ? seed : 1;
}

uint32_t seed_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}
