// SPDX-License-Identifier: MIT
// What examples with a serial line have in common beside it: they blink every BLINK_MS, and count the time.
#ifndef FIELD_BEAT_H
#define FIELD_BEAT_H

#include <stdint.h>

void beat_start(void); // the LED's pin becomes an output, SysTick counts the internal oscillator
uint32_t beat_ms(void); // since then; wraps

#endif
