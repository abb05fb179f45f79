// SPDX-License-Identifier: MIT
// Clocks of GPIO ports: gates_FAMILY.c.
#ifndef BLINK_GATES_H
#define BLINK_GATES_H

#include <stdint.h>

// Opens the clock gates of these ports; bit 0 is port A.
void gates_open(uint32_t ports);

#endif
