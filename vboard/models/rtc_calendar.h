// SPDX-License-Identifier: MIT
// The BCD calendar of the RTC registers TR and DR, moved on by whole seconds.
#ifndef VB_RTC_CALENDAR_H
#define VB_RTC_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

// Moves time and date on by that many seconds. twelve_hours: TR counts 1 to 12 with PM
// (RTC_CR.FMT). Years count 00 to 99 with a leap year every fourth.
void vb_calendar_advance(uint32_t *tr, uint32_t *dr, bool twelve_hours, uint64_t seconds);

#endif
