// SPDX-License-Identifier: MIT
// The mailbox between a model test and its guest: indices into the guest's results.
#ifndef PROBE_H
#define PROBE_H

enum {
    PROBE_ASKED = 1, // number of the operation asked for
    PROBE_DONE,      // number of the last one done
    PROBE_OPERATION,
    PROBE_ADDRESS,
    PROBE_WIDTH,
    PROBE_VALUE,
    PROBE_FAULTS, // faults taken
    PROBE_NMIS,   // NMIs taken
    PROBE_STARTS, // times the guest has started
    PROBE_WORDS
};
enum { PROBE_LOAD, PROBE_STORE };

#endif
