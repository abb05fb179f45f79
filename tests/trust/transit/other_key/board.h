// SPDX-License-Identifier: MIT
// The same board with another key.
#include_next "board.h"

#undef HF_TRANSIT_KEY
#define HF_TRANSIT_KEY 1, 2, 3, 4, 5, 6, 7, 8
