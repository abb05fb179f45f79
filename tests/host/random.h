// SPDX-License-Identifier: MIT
// Random numbers that can be had again: HF_SEED in the environment repeats a run.
#ifndef HF_TEST_RANDOM_H
#define HF_TEST_RANDOM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct hf_random {
    uint64_t state;
} hf_random;

static inline hf_random hf_random_from_environment(const char *name)
{
    const char *given = getenv("HF_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
    printf("%s: HF_SEED=%llu\n", name, (unsigned long long)seed);
    return (hf_random){seed};
}

// splitmix64
static inline uint32_t hf_random_below(hf_random *random, uint32_t limit)
{
    uint64_t z = random->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ z >> 31) % limit);
}

#endif
