// SPDX-License-Identifier: MIT
// Power cuts: a story is told once up to a moment, then what follows is tried again and again, each time with the supply
// cut in another flash operation. What boots next must be what the story allows.
#ifndef HF_CUTS_H
#define HF_CUTS_H

#include "product.h"

// What a board does after a cut. The first three may be allowed, the others never are.
typedef enum outcome {
    RUNS_OLD,    // the first instruction of Blink v1 is about to execute, and v1 is whole
    RUNS_NEW,    // the same with v2
    UPDATE_MODE, // no application, and SYNC is answered
    WRONG_IMAGE, // something starts that is neither
    BRICKED,     // nothing starts, nobody answers
    NO_CUT,      // the planned cut never came: a fault of the test
    UNFINISHED,  // it survived the cut, but the update cannot be completed afterwards
    DIED,        // the copy of the process that tried it ended badly
    OUTCOMES
} outcome;

extern const char *const outcome_words[OUTCOMES];

typedef struct story {
    const char *name, *board;
    void (*prepare)(product *it); // up to the moment from which power may fail
    void (*act)(product *it);     // what makes the board go on; returns when it is done or the power is gone
    unsigned allowed;             // bits of outcomes
    bool complete;                // afterwards the update is made again, and must succeed
} story;

extern const story stories[]; // ends with a NULL name

#define ALLOW(outcome) (1u << (outcome))

// Runs until an application's first instruction, or for limit. True when one was about to execute.
bool cuts_run_to_application(product *it, vb_time limit);

// One cut: in the operation'th flash operation from the moment on (1 is the first), when done millionths of it have
// passed; again: another cut that many operations after the board came back, 0 for none.
typedef struct cut {
    uint64_t operation;
    uint32_t done;
    uint64_t again;
    uint64_t seed; // decides what torn cells hold
    vb_cut_kind kind;
    const char *state; // a file for what the last cut leaves, NULL for none: `vboard run --flash-file` goes on from there
} cut;

extern const char *const cut_words[3]; // what vboard calls a kind


typedef struct campaign {
    uint64_t sample;  // so many cuts chosen by the seed; 0: every operation, each in every way
    uint64_t seed;
    uint64_t rounds;  // how many seeds for cuts inside an operation
} campaign;

typedef struct verdict {
    uint64_t operations, cuts, second_cuts, outcomes[OUTCOMES], failures;
} verdict;

// Prints each failure with what repeats it.
void cuts_run(const story *which, const campaign *how, verdict *found);
outcome cuts_try(product *it, const story *which, const cut *what, uint64_t *second_cuts);
// Prepares a story's product.
void cuts_prepare(product *it, const story *which);

#endif
