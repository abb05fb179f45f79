// SPDX-License-Identifier: MIT
// ECDSA verification on P-256 (FIPS 186-5, 6.4.2; curve: SP 800-186, 3.2.1.3), made to be small: one multiplication
// for both moduli, and one addition formula that holds for every pair of points, equal ones and infinity included
// (Renes, Costello, Batina: "Complete addition formulas for prime order elliptic curves", 2015, algorithm 4).
//
// Numbers modulo p stand in Montgomery's form, a * 2^256 mod p, points in projective coordinates.
#include "p256.h"

#define WORDS HF_P256_WORDS

typedef uint32_t number[WORDS];

struct modulus {
    number m;
    uint32_t m0; // -1/m modulo 2^32
};

static const struct modulus field = {
    {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0, 0, 1, 0xFFFFFFFF}, 1};
static const struct modulus order = {
    {0xFC632551, 0xF3B9CAC2, 0xA7179E84, 0xBCE6FAAD, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0xFFFFFFFF}, 0xEE00BC4F};

// -- numbers --------------------------------------------------------------------------------------

// d = a + b; returns the carry.
static uint32_t add(uint32_t *d, const uint32_t *a, const uint32_t *b)
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        carry += (uint64_t)a[i] + b[i];
        d[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return (uint32_t)carry;
}

// d = a - b; returns the borrow.
static uint32_t subtract(uint32_t *d, const uint32_t *a, const uint32_t *b)
{
    int64_t borrow = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        borrow += (int64_t)a[i] - b[i];
        d[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    return (uint32_t)-borrow;
}

static void subtract_mod(uint32_t *d, const uint32_t *a, const uint32_t *b)
{
    if (subtract(d, a, b) != 0) {
        (void)add(d, d, field.m);
    }
}

static void add_mod(uint32_t *d, const uint32_t *a, const uint32_t *b)
{
    number negative;
    (void)subtract(negative, field.m, b);
    subtract_mod(d, a, negative);
}

// d = a * b / 2^256 modulo m, below m when a * b < m * 2^256. d may be a or b.
static void multiply(uint32_t *d, const uint32_t *a, const uint32_t *b, const struct modulus *modulus)
{
    uint32_t sum[1 + WORDS] = {0}; // the number in sum[1] and up: a turn shifts it down by one word
    uint32_t top = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        uint32_t q = (sum[1] + a[i] * b[0]) * modulus->m0; // makes the lowest word of the sum vanish
        uint64_t product = 0, multiple = 0;
        for (unsigned j = 0; j < WORDS; j++) {
            product = (uint64_t)a[i] * b[j] + sum[1 + j] + (product >> 32);
            multiple = (uint64_t)q * modulus->m[j] + (uint32_t)product + (multiple >> 32);
            sum[j] = (uint32_t)multiple;
        }
        multiple = (multiple >> 32) + (product >> 32) + top;
        sum[WORDS] = (uint32_t)multiple;
        top = (uint32_t)(multiple >> 32);
    }
    if (subtract(d, sum + 1, modulus->m) > top) {
        (void)add(d, d, modulus->m);
    }
}

static uint32_t bit(const uint32_t *a, unsigned nth)
{
    return a[nth / 32] >> nth % 32 & 1u;
}

static bool is_zero(const uint32_t *a)
{
    uint32_t any = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        any |= a[i];
    }
    return any == 0;
}

// -- points ---------------------------------------------------------------------------------------

// The formula is a list of operations on these registers.
enum { X1, Y1, Z1, X2, Y2, Z2, X3, Y3, Z3, T0, T1, T2, T3, T4, B, REGISTERS };

#define MUL(d, a, b) ((d) | (a) << 4 | (b) << 8)
#define ADD(d, a, b) (MUL(d, a, b) | 1 << 12)
#define SUB(d, a, b) (MUL(d, a, b) | 2 << 12)

static const uint16_t addition[] = {
    MUL(T0, X1, X2), MUL(T1, Y1, Y2), MUL(T2, Z1, Z2), ADD(T3, X1, Y1), ADD(T4, X2, Y2), MUL(T3, T3, T4),
    ADD(T4, T0, T1), SUB(T3, T3, T4), ADD(T4, Y1, Z1), ADD(X3, Y2, Z2), MUL(T4, T4, X3), ADD(X3, T1, T2),
    SUB(T4, T4, X3), ADD(X3, X1, Z1), ADD(Y3, X2, Z2), MUL(X3, X3, Y3), ADD(Y3, T0, T2), SUB(Y3, X3, Y3),
    MUL(Z3, B, T2),  SUB(X3, Y3, Z3), ADD(Z3, X3, X3), ADD(X3, X3, Z3), SUB(Z3, T1, X3), ADD(X3, T1, X3),
    MUL(Y3, B, Y3),  ADD(T1, T2, T2), ADD(T2, T1, T2), SUB(Y3, Y3, T2), SUB(Y3, Y3, T0), ADD(T1, Y3, Y3),
    ADD(Y3, T1, Y3), ADD(T1, T0, T0), ADD(T0, T1, T0), SUB(T0, T0, T2), MUL(T1, T4, Y3), MUL(T2, T0, Y3),
    MUL(Y3, X3, Z3), ADD(Y1, Y3, T2), MUL(X3, T3, X3), SUB(X1, X3, T1), MUL(Z3, T4, Z3), MUL(T1, T3, T0),
    ADD(Z1, Z3, T1),
};
_Static_assert(REGISTERS <= 16, "a register's number has four bits");

// The curve's b and its generator, times 2^256.
static const number curve_b = {0x29C4BDDF, 0xD89CDF62, 0x78843090, 0xACF005CD,
                               0xF7212ED6, 0xE5A220AB, 0x04874834, 0xDC30061D};
static const number generator[2] = {
    {0x18A9143C, 0x79E730D4, 0x5FEDB601, 0x75BA95FC, 0x77622510, 0x79FB732B, 0xA53755C6, 0x18905F76},
    {0xCE95560A, 0xDDF25357, 0xBA19E45C, 0x8B4AB8E4, 0xDD21F325, 0xD2E88688, 0x25885D85, 0x8571FF18}};

static void copy(uint32_t *d, const uint32_t *a, unsigned words)
{
    while (words-- > 0) {
        d[words] = a[words];
    }
}

// Point 1 += point 2. A sum's coordinate is written when its old value is needed no more.
static void add_points(number *registers)
{
    for (unsigned i = 0; i < sizeof addition / sizeof addition[0]; i++) {
        unsigned op = addition[i];
        uint32_t *d = registers[op & 15];
        const uint32_t *a = registers[op >> 4 & 15], *b = registers[op >> 8 & 15];
        switch (op >> 12) {
        case 0: multiply(d, a, b, &field); break;
        case 1: add_mod(d, a, b); break;
        default: subtract_mod(d, a, b); break;
        }
    }
}

static void add_affine(number *registers, const uint32_t *xy)
{
    copy(registers[X2], xy, 2 * WORDS);
    (void)subtract(registers[Z2], registers[Z2], registers[Z2]);
    (void)subtract(registers[Z2], registers[Z2], field.m); // 2^256 - p: a one
    add_points(registers);
}

// Point 1 = u * generator + v * key.
static void add_multiples(number *registers, const uint32_t *u, const uint32_t *v, const uint32_t *key)
{
    for (unsigned i = 32 * WORDS; i-- > 0;) {
        copy(registers[X2], registers[X1], 3 * WORDS);
        add_points(registers);
        if (bit(u, i) != 0) {
            add_affine(registers, generator[0]);
        }
        if (bit(v, i) != 0) {
            add_affine(registers, key);
        }
    }
}

// -- signatures -----------------------------------------------------------------------------------

static bool in_range(const uint32_t *a)
{
    number rest;
    return !is_zero(a) && subtract(rest, a, order.m) != 0;
}

// d = 2^256 / a modulo m: multiply() by it divides. The power m - 2 of a is 1 / a (Fermat), and with multiply() in place of
// the product it is 2^512 / a. Of 0 it is 0.
static void invert(uint32_t *d, const uint32_t *a, const struct modulus *modulus)
{
    number exponent, one = {1};
    copy(exponent, modulus->m, WORDS);
    exponent[0] -= 2;
    copy(d, a, WORDS);
    for (unsigned i = 32 * WORDS - 1; i-- > 0;) {
        multiply(d, d, d, modulus);
        if (bit(exponent, i) != 0) {
            multiply(d, d, a, modulus);
        }
    }
    multiply(d, d, one, modulus);
}

bool hf_p256_verify(const struct hf_p256_key *key, const uint32_t digest[HF_P256_WORDS], const uint32_t r[HF_P256_WORDS],
                    const uint32_t s[HF_P256_WORDS])
{
    if (!in_range(r) || !in_range(s)) {
        return false;
    }
    number w, u, v;
    invert(w, s, &order);
    multiply(u, digest, w, &order);
    multiply(v, r, w, &order);

    number registers[REGISTERS] = {[Y1] = {1}}; // infinity is (0 : anything : 0)
    copy(registers[B], curve_b, WORDS);
    add_multiples(registers, u, v, key->x);
    invert(w, registers[Z1], &field);
    multiply(w, registers[X1], w, &field); // the coordinate x / z; 0, which no r is, at infinity
    number rest;
    if (subtract(rest, w, order.m) == 0) {
        copy(w, rest, WORDS); // it counts modulo n, which is a little smaller than p
    }
    (void)subtract(rest, w, r);
    return is_zero(rest);
}
