// SPDX-License-Identifier: MIT
// How far updates have come at each moment, as a picture.
#ifndef HF_BENCH_TIMELINE_H
#define HF_BENCH_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct timeline {
    const char *name;
    size_t count;
    struct {
        double seconds;
        uint32_t bytes;
    } points[1024]; // what does not fit is left out
} timeline;

// Notes a moment unless it is close to the one before.
void timeline_note(timeline *line, double seconds, uint32_t bytes);

// Draws lines up to `bytes` high into an SVG file. False when it cannot be written.
bool timeline_write(const char *path, const char *title, const timeline *lines, size_t count, uint32_t bytes);

#endif
