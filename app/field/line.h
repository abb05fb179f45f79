// SPDX-License-Identifier: MIT
// The application's own serial line: line_FAMILY.c. At the board's speed, 8N1, received by interrupt.
#ifndef FIELD_LINE_H
#define FIELD_LINE_H

#include <stdint.h>

void line_open(void);
int line_receive(void); // next byte, or -1 when there is none
void line_send(uint8_t byte); // returns when it has left

#endif
