// SPDX-License-Identifier: MIT
// A real board with a second link, which the test plays: for what links owe each other.
#include_next "board.h"

#undef HF_LINKS
#define HF_LINKS(X) X(serial) X(probe)
