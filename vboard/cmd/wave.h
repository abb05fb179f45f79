// SPDX-License-Identifier: MIT
// Traces read back: lines "SECONDS NAME LEVEL" as `vboard run --led-trace` and --pin-trace write
// them.
#ifndef VB_CMD_WAVE_H
#define VB_CMD_WAVE_H

#include "cmd.h"

#define WAVE_NAME   16
#define WAVE_TRACKS 32

typedef struct wave_edge {
    vb_time when;
    char level; // '0', '1' or 'z', from here on
} wave_edge;

typedef struct wave_track {
    char name[WAVE_NAME];
    size_t count, room;
    wave_edge *edges; // in order of time; two neighbours differ in level
} wave_track;

typedef struct wave_file {
    const char *path;
    size_t tracks_count;
    wave_track tracks[WAVE_TRACKS];
    vb_time end;    // of the run; of the last change when the run has not ended yet
    bool end_known; // the run has ended
} wave_file;

// False with words in why; wave_free is called in either case.
bool wave_read(wave_file *wave, const char *path, char *why, size_t size);
void wave_free(wave_file *wave);

// Intervals between neighbouring changes inside a window.
typedef struct wave_figures {
    size_t changes;
    vb_time first, last;             // change inside the window, when changes > 0
    vb_time shortest, longest, mean; // when changes > 1
} wave_figures;
wave_figures wave_measure(const wave_track *track, vb_time from, vb_time to);

// A picture of the window in text, with a scale in seconds below. fancy: with characters beyond
// ASCII, as UTF-8.
void wave_draw(const wave_track *track, vb_time from, vb_time to, bool fancy, FILE *out);

#endif
