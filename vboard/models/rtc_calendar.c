// SPDX-License-Identifier: MIT
// The BCD calendar of the RTC. Manual: RM0090 Rev 21, 26.6.1 and 26.6.2.
#include "rtc_calendar.h"

enum { PM = 1u << 22, DAY_SECONDS = 86400 };

static unsigned from_bcd(uint32_t word, unsigned position, unsigned bits)
{
    uint32_t field = (word >> position) & ((1u << bits) - 1);
    return (field >> 4) * 10 + (field & 15u);
}

static uint32_t to_bcd(unsigned number, unsigned position)
{
    return ((number / 10 << 4) | number % 10) << position;
}

static unsigned hour_of(uint32_t tr, bool twelve_hours)
{
    unsigned hour = from_bcd(tr, 16, 6);
    return twelve_hours ? hour % 12 + (tr & PM ? 12 : 0) : hour;
}

static uint32_t hour_bcd(unsigned hour, bool twelve_hours)
{
    if (!twelve_hours) {
        return to_bcd(hour, 16);
    }
    unsigned on_dial = hour % 12 == 0 ? 12 : hour % 12;
    return to_bcd(on_dial, 16) | (hour >= 12 ? PM : 0);
}

static unsigned days_in_month(unsigned month, unsigned year)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap_february = month == 2 && year % 4 == 0;
    return month >= 1 && month <= 12 ? days[month - 1] + leap_february : 31;
}

static void next_day(uint32_t *dr)
{
    unsigned day = from_bcd(*dr, 0, 6), month = from_bcd(*dr, 8, 5), year = from_bcd(*dr, 16, 8);
    unsigned weekday = (*dr >> 13) & 7u;
    day++;
    if (day > days_in_month(month, year)) {
        day = 1;
        month++;
    }
    if (month > 12) {
        month = 1;
        year = (year + 1) % 100;
    }
    weekday = weekday >= 7 ? 1 : weekday + 1;
    *dr = to_bcd(day, 0) | to_bcd(month, 8) | ((uint32_t)weekday << 13) | to_bcd(year, 16);
}

void vb_calendar_advance(uint32_t *tr, uint32_t *dr, bool twelve_hours, uint64_t seconds)
{
    uint64_t total = (uint64_t)hour_of(*tr, twelve_hours) * 3600 + from_bcd(*tr, 8, 7) * 60 +
                     from_bcd(*tr, 0, 7) + seconds;
    for (; total >= DAY_SECONDS; total -= DAY_SECONDS) {
        next_day(dr);
    }
    unsigned left = (unsigned)total;
    *tr = hour_bcd(left / 3600, twelve_hours) | to_bcd(left / 60 % 60, 8) | to_bcd(left % 60, 0);
}
