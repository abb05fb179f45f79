// SPDX-License-Identifier: MIT
// malloc for the rule book: what is kept, and what goes.
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>

// All that is allocated now stays.
void memory_keep(void);

// Gives back what was allocated since memory_keep.
void memory_empty(void);

#endif
