// SPDX-License-Identifier: MIT
// How virtual time is tied to the clock on the wall. Arithmetic only: it asks nobody what time it
// is.
#ifndef VB_CMD_PACE_H
#define VB_CMD_PACE_H

#include "vboard.h"

typedef struct cmd_pace {
    double speed;       // virtual seconds per real second
    uint64_t real_ns;   // at this moment of the real clock ...
    vb_time virtual_ps; // ... virtual time was here
} cmd_pace;

// Ties the two clocks together anew, at this pair of moments.
void pace_anchor(cmd_pace *pace, uint64_t real_ns, vb_time virtual_ps);

// Where virtual time ought to be at real_ns. A host that fell behind by more than PACE_MAX_LAG_NS
// (too slow, or put to sleep) is forgiven: catching up in a rush would cut short what the outside
// counts on.
#define PACE_MAX_LAG_NS 50000000u
vb_time pace_due(cmd_pace *pace, uint64_t real_ns, vb_time now);

// Real nanoseconds until virtual time may reach then, 0 when it may already.
uint64_t pace_until(const cmd_pace *pace, uint64_t real_ns, vb_time then);

#endif
