// SPDX-License-Identifier: MIT
// Public keys in board files: points of the curve P-256 (SP 800-186, 3.2.1.3), checked here so that the bootloader need
// not, and turned into the form it computes with. Long arithmetic of the plainest kind: speed does not matter.
#include "point.h"

#include <string.h>

#define WORDS HF_POINT_WORDS

typedef uint32_t number[WORDS]; // least significant word first

static const number field = {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0, 0, 1, 0xFFFFFFFF};
static const number curve_b = {0x27D2604B, 0x3BCE3C3E, 0xCC53B0F6, 0x651D06B0,
                               0x769886BC, 0xB3EBBD55, 0xAA3A93E7, 0x5AC635D8};

static uint32_t subtract(uint32_t *d, const uint32_t *a, const uint32_t *b)
{
    uint64_t borrow = 0;
    for (size_t i = 0; i < WORDS; i++) {
        uint64_t difference = (uint64_t)a[i] - b[i] - borrow;
        d[i] = (uint32_t)difference;
        borrow = difference >> 63;
    }
    return (uint32_t)borrow;
}

static void add_mod(uint32_t *d, const uint32_t *a, const uint32_t *b)
{
    uint64_t carry = 0;
    number sum, reduced;
    for (size_t i = 0; i < WORDS; i++) {
        carry += (uint64_t)a[i] + b[i];
        sum[i] = (uint32_t)carry;
        carry >>= 32;
    }
    bool below = subtract(reduced, sum, field) > carry;
    memcpy(d, below ? sum : reduced, sizeof sum);
}

static void subtract_mod(uint32_t *d, const uint32_t *a, const uint32_t *b)
{
    number negative;
    subtract(negative, field, b);
    add_mod(d, a, negative);
}

// By doubling and adding, bit by bit.
static void multiply_mod(uint32_t *d, const uint32_t *a, const uint32_t *b)
{
    number product = {0};
    for (size_t i = 32 * WORDS; i-- > 0;) {
        add_mod(product, product, product);
        if ((b[i / 32] >> i % 32 & 1) != 0) {
            add_mod(product, product, a);
        }
    }
    memcpy(d, product, sizeof product);
}

static bool on_curve(const hf_point *point)
{
    number left, right, spare;
    if (subtract(spare, point->x, field) == 0 || subtract(spare, point->y, field) == 0) {
        return false;
    }
    multiply_mod(left, point->y, point->y);
    multiply_mod(right, point->x, point->x);
    multiply_mod(right, right, point->x); // x^3 - 3x + b
    for (size_t i = 0; i < 3; i++) {
        subtract_mod(right, right, point->x);
    }
    add_mod(right, right, curve_b);
    return memcmp(left, right, sizeof left) == 0;
}

static int digit(char c)
{
    const char *digits = "0123456789abcdef", *at = c == '\0' ? NULL : strchr(digits, c | 0x20);
    return at == NULL ? -1 : (int)(at - digits);
}

// 64 digits, the most significant first.
static bool parse_number(const char *text, uint32_t *number_read)
{
    for (size_t i = 0; i < 8 * WORDS; i++) {
        int value = digit(text[i]);
        if (value < 0) {
            return false;
        }
        uint32_t *word = &number_read[WORDS - 1 - i / 8];
        *word = *word << 4 | (uint32_t)value;
    }
    return true;
}

hf_point_status hf_point_parse(const char *text, hf_point *point)
{
    memset(point, 0, sizeof *point);
    if (strlen(text) != 2 + 16 * WORDS || text[0] != '0' || text[1] != '4' || !parse_number(text + 2, point->x) ||
        !parse_number(text + 2 + 8 * WORDS, point->y)) {
        return HF_POINT_MALFORMED;
    }
    return on_curve(point) ? HF_POINT_OK : HF_POINT_OFF_CURVE;
}

void hf_point_times_2_256(const uint32_t *coordinate, uint32_t *product)
{
    memcpy(product, coordinate, sizeof(number));
    for (size_t i = 0; i < 32 * WORDS; i++) {
        add_mod(product, product, product);
    }
}
