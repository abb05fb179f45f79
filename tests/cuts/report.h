// SPDX-License-Identifier: MIT
// The report of a campaign: one JSON file, one row for each chip, strategy and scenario, written anew after every row, so
// that a campaign that was interrupted goes on where it was.
#ifndef HF_CUTS_REPORT_H
#define HF_CUTS_REPORT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct report_row {
    const char *level; // "engine": the core on the host, modelled flash. "board": the ARM bootloader on the virtual board
    const char *board, *chip, *strategy, *scenario;
    uint64_t seed, settings; // what was asked for: a row made with other settings is made again
    uint64_t operations;     // of the scenario itself
    uint64_t cuts, nested;   // first cuts and second ones; all of them fired
    uint64_t fired, ran;     // ran: judged by running on; the others led to a state that had been judged already
    uint64_t old_boots, new_boots, update_mode; // what came up after a cut
    uint64_t marginal; // of those that boot: in place, with a bit that may be read differently later
    uint64_t bricks, wrong_boots, unfinished, other; // never allowed. unfinished: an update afterwards failed
    double seconds;
} report_row;

// True, and row is filled in, when the file has a row of that name made with those settings and without a failure.
bool report_has(const char *file, report_row *row);
// Adds or replaces a row. Exits with words when the file cannot be written.
void report_put(const char *file, const report_row *row);
uint64_t report_failures(const report_row *row);
void report_print(const report_row *row); // for people, on stdout
void report_print_head(void);

#endif
