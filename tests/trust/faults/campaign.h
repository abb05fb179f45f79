// SPDX-License-Identifier: MIT
// One image, one way from reset to the verdict, and a fault at each place of it.
#ifndef HF_FAULT_CAMPAIGN_H
#define HF_FAULT_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "image_file.h"
#include "symbols.h"
#include "vboard.h"

typedef enum fault_kind {
    FAULT_SKIP,    // the instruction is not executed
    FAULT_INVERT,  // a loaded register gets all bits inverted
    FAULT_ZERO,    // ... gets 0
    FAULT_ONE_BIT, // ... has its lowest bit flipped
    FAULT_PC,      // a loaded program counter has one bit flipped, each of 20 in turn
    FAULT_KINDS
} fault_kind;

typedef enum outcome {
    OUTCOME_REFUSED, // update mode
    OUTCOME_STUCK,   // nothing within the time two whole boots take: reset by its own watchdog or by hand
    OUTCOME_LOCKUP,  // the core stopped
    OUTCOME_STARTED, // the image runs: what must not happen
    OUTCOME_BROKEN,  // the board itself failed
    OUTCOMES
} outcome;

typedef struct campaign {
    const hf_board *description;
    const char *boot_elf;
    const hf_image *image;
    const symbols *functions;
    unsigned every;  // of the places outside loops; 1: all
    unsigned inside; // one of so many places deep in loops and in the arithmetic
    FILE *report;    // gets a line for each fault that starts the image; may be NULL

    unsigned long places, executed;
    unsigned long count[FAULT_KINDS][OUTCOMES];
} campaign;

// Runs it. False when the way itself does not end in update mode, or the machine gives no processes.
bool campaign_run(campaign *it);

extern const char *const fault_names[FAULT_KINDS];

#endif
