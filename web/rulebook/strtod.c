// SPDX-License-Identifier: MIT
// strtod for jansson: board and chip files hold whole numbers only, so that a real number is refused whatever its
// value; only whether it overflows changes the words. The C library's exact one would double the module's parser.
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const char *digits(const char *at, double *value, int *scale, int step)
{
    for (; *at >= '0' && *at <= '9'; at++) {
        *value = *value * 10 + (*at - '0');
        *scale += step;
    }
    return at;
}

static const char *exponent(const char *at, int *scale)
{
    if (*at != 'e' && *at != 'E') {
        return at;
    }
    bool negative = at[1] == '-';
    double value = 0;
    int count = 0;
    at = digits(at + 1 + (at[1] == '-' || at[1] == '+'), &value, &count, 0);
    int limited = value > 9999 ? 9999 : (int)value;
    *scale += negative ? -limited : limited;
    return at;
}

double strtod(const char *restrict text, char **restrict end)
{
    bool negative = *text == '-';
    double value = 0;
    int scale = 0;
    const char *at = digits(text + negative, &value, &scale, 0);
    at = *at == '.' ? digits(at + 1, &value, &scale, -1) : at;
    at = exponent(at, &scale);
    for (; scale > 0 && value < HUGE_VAL && value > 0; scale--) {
        value *= 10;
    }
    for (; scale < 0 && value > 0; scale++) {
        value /= 10;
    }
    if (value >= HUGE_VAL) {
        errno = ERANGE;
    }
    if (end != NULL) {
        *end = (char *)at;
    }
    return negative ? -value : value;
}
