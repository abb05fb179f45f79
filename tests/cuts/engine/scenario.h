// SPDX-License-Identifier: MIT
// What is under way when power fails: scenarios, and the images they are about.
#ifndef HF_CUTS_SCENARIO_H
#define HF_CUTS_SCENARIO_H

#include "core.h"

typedef struct image {
    uint8_t *bytes; // NULL: none
    uint32_t size;
} image;

// What a board may do after a cut. The others are never allowed.
typedef enum outcome {
    BOOTED_OLD,
    BOOTED_NEW,
    UPDATE_MODE,
    WRONG_BOOT, // something starts that is neither, or not whole
    BRICKED,    // nothing starts, and update mode is not reached
    UNFINISHED, // it came up, but the update that follows does not succeed
    MISUSED,    // flash was used in a way its manual forbids
    OUTCOMES
} outcome;

extern const char *const outcome_words[OUTCOMES];

#define ALLOW(what) (1u << (what))
#define EITHER      (ALLOW(BOOTED_OLD) | ALLOW(BOOTED_NEW))

// Where a scenario has got to. What may boot changes on the way: an image that has been confirmed never goes again.
typedef struct story {
    image old, new;
    unsigned allowed;
    image older; // what a trial that fails may lead back to: as good as old
} story;

extern story now;

typedef struct scenario {
    const char *name;
    bool (*fits)(const core *board);
    bool (*prepare)(void); // up to the moment from which power may fail; false: it did not work out
    bool (*act)(void);
} scenario;

extern const scenario scenarios[]; // ends with a NULL name

void images_make(void); // for the board that is loaded
const image *image_of_version(unsigned major);

// The update everybody makes afterwards: button, reset, the image of the highest version. True when it runs.
bool update_succeeds(void);

#endif
