// SPDX-License-Identifier: MIT
// The words of a guest's results that the test reads and writes.
#ifndef CORE_WORDS_H
#define CORE_WORDS_H

// Words of the results beside those of guest.h. The host sets CASE and clears the others before the guest starts; a
// reset keeps them.
enum {
    CORE_CASE = 2,     // which case to run; beyond the last: tell how many there are
    CORE_COUNT,        // cases
    CORE_NAME,         // address of the case's name
    CORE_CHECKS,       // checks made
    CORE_FAILED_LINE,  // of the first check that failed, 0: none
    CORE_FOUND, CORE_EXPECTED,
    CORE_STARTS,       // how often the guest has started
    CORE_ENDS_LOCKED,  // set by a case that ends with a lockup
    CORE_OWN,          // from here on a case's own, kept over a reset
};

#endif
