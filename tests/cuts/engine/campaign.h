// SPDX-License-Identifier: MIT
// Telling a scenario once, and letting power fail in every operation of it, and again in every operation of what follows.
#ifndef HF_CUTS_CAMPAIGN_H
#define HF_CUTS_CAMPAIGN_H

#include "report.h"
#include "scenario.h"

typedef struct campaign {
    uint64_t seed;
    unsigned rounds;        // seeds for each torn pattern
    unsigned every;         // of the scenario's operations one in so many is cut; 1: all
    unsigned nested_every;  // of those of a recovery; 0: none
    unsigned part, parts;   // this process takes one operation in so many
    const char *replay;     // one path of cuts, as a failure prints it: "12.3.0" or "12.3.0/45.6.0"; NULL: all
} campaign;

// What boots after a cut in a state, by where the operation was: counts, for the table in docs/design.md.
enum { PLACE_APPLICATION, PLACE_STAGING, PLACE_JOURNAL, PLACES };
typedef struct table {
    uint64_t boots[HF_STATES][PLACES][3]; // old, new, update mode
} table;

// Fills in all of the row's counts but the seconds, and adds to *seen. False: the scenario itself does not work out.
bool campaign_run(const scenario *which, const campaign *how, report_row *row, table *seen);

#endif
