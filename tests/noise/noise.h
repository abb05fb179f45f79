// SPDX-License-Identifier: MIT
// Sessions over a bad line: what may happen on it, what one session is, what came of it.
#ifndef HF_TEST_NOISE_H
#define HF_TEST_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum protocol { FAST, PACKED, CLASSIC, AN3155, PROTOCOLS } protocol;
extern const char *const protocol_names[PROTOCOLS];

typedef struct disturbance_kind {
    const char *name;
    uint32_t per_million; // bytes in either direction
    unsigned kinds;       // of noise, bench_line.h
    uint32_t losing;      // per thousand bytes that the board says: a gap of 12 begins
} disturbance_kind;

#define DISTURBANCES 7u
extern const disturbance_kind disturbances[DISTURBANCES];

// What came of a session: up to five attempts of a host on the bad line, then one on a good line when none was verified.
typedef struct outcome {
    uint32_t tries;     // on the bad line
    bool verified;      // by one of them
    uint32_t bytes;     // of the image
    uint32_t resent;    // frames
    uint32_t ms;        // of the board's time
    char why[200];      // it failed: what the host said is not what stands in flash, or the board is not to be updated any more
} outcome;

// Runs the session of this seed; the same one every time. Stands in a process of its own: the bench ends it when the core does
// what it must never do.
void session_run(protocol how, const disturbance_kind *what, uint32_t seed, outcome *out);

// host.c: one attempt, as libholdfast (or, for AN3155, the bench's own host) makes it.
typedef struct attempt {
    bool done;       // the host says: verified, or for AN3155: it runs
    uint32_t resent;
    char what[512];  // else why not
} attempt;
attempt host_attempt(protocol how, const void *image, size_t size, uint32_t faster);

#endif
