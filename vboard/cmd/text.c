// SPDX-License-Identifier: MIT
// Messages, and numbers from and to text.
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

#define PS_PER_NS 1000u
#define NS_PER_S  1000000000u

void complain(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("vboard: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
}

bool read_u32(const char *text, uint32_t *value)
{
    if (text[0] < '0' || text[0] > '9') {
        return false; // strtoull would skip spaces and accept a sign
    }
    int base = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, base);
    if (errno != 0 || *end != '\0' || number > UINT32_MAX) {
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

bool read_positive(const char *text, double *value)
{
    if (text[strspn(text, "0123456789.")] != '\0') {
        return false;
    }
    char *end;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value) && *value > 0;
}

// Integers, so that no nanosecond is lost to a double.
bool read_seconds(const char *text, vb_time *value)
{
    size_t whole = strspn(text, "0123456789");
    const char *rest = text + whole;
    size_t decimals = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
    bool ends = *rest == '.' ? rest[1 + decimals] == '\0' : *rest == '\0';
    if (!ends || whole + decimals == 0 || whole > 7 || decimals > 9) {
        return false;
    }
    vb_time ns = 0;
    for (size_t i = 0; i < 9; i++) {
        ns = ns * 10 + (i < decimals ? (vb_time)(rest[1 + i] - '0') : 0);
    }
    *value = (vb_time)strtoull(text, NULL, 10) * VB_S + ns * PS_PER_NS;
    return true;
}

const char *write_seconds(vb_time time, char *text)
{
    vb_time ns = time / PS_PER_NS;
    snprintf(text, SECONDS_TEXT, "%llu.%09llu", (unsigned long long)(ns / NS_PER_S),
             (unsigned long long)(ns % NS_PER_S));
    return text;
}

const char *write_pin(hf_pin pin, char *text)
{
    snprintf(text, PIN_TEXT, "P%c%u", pin.port, pin.number);
    return text;
}
