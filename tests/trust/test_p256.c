// SPDX-License-Identifier: MIT
// The bootloader's P-256 and SHA-256 against OpenSSL: random cases, and all combinations of numbers at the borders of
// what the arithmetic and the standard care about. HF_SEED repeats a run.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "device.h"
#include "point.h"
#include "signing_key.h"

#define WORDS 8
#define RANDOM_CASES 300

typedef uint32_t number[WORDS];

// Curve and context, for the whole program.
static EC_GROUP *curve;
static BN_CTX *context;
static uint64_t seed;

// -- numbers --------------------------------------------------------------------------------------

static uint32_t random32(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 32);
}

static void random_number(number to)
{
    for (size_t i = 0; i < WORDS; i++) {
        to[i] = random32();
    }
}

static void to_bytes(const number from, uint8_t bytes[32])
{
    for (size_t i = 0; i < 32; i++) {
        bytes[31 - i] = (uint8_t)(from[i / 4] >> 8 * (i % 4));
    }
}

static BIGNUM *to_bn(const number from)
{
    uint8_t bytes[32];
    to_bytes(from, bytes);
    return BN_bin2bn(bytes, sizeof bytes, NULL);
}

static void from_bn(const BIGNUM *from, number to)
{
    uint8_t bytes[32];
    assert_int_equal(BN_bn2binpad(from, bytes, sizeof bytes), sizeof bytes);
    memset(to, 0, sizeof(number));
    for (size_t i = 0; i < 32; i++) {
        to[i / 4] |= (uint32_t)bytes[31 - i] << 8 * (i % 4);
    }
}

static void add_small(number to, const number from, int64_t small)
{
    int64_t carry = small;
    for (size_t i = 0; i < WORDS; i++) {
        carry += from[i];
        to[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

// -- both sides -----------------------------------------------------------------------------------

static void point_of(const EC_POINT *from, hf_point *to)
{
    BIGNUM *x = BN_new(), *y = BN_new();
    assert_int_equal(EC_POINT_get_affine_coordinates(curve, from, x, y, context), 1);
    from_bn(x, to->x);
    from_bn(y, to->y);
    BN_free(x);
    BN_free(y);
}

// u * generator
static void multiple(const BIGNUM *u, hf_point *to)
{
    EC_POINT *point = EC_POINT_new(curve);
    assert_int_equal(EC_POINT_mul(curve, point, u, NULL, NULL, context), 1);
    point_of(point, to);
    EC_POINT_free(point);
}

static bool bootloader_says(const hf_point *key, const number digest, const number r, const number s)
{
    number x, y;
    hf_point_times_2_256(key->x, x);
    hf_point_times_2_256(key->y, y);
    return device_verify(x, y, digest, r, s);
}

static bool openssl_says(const hf_point *key, const number digest, const number r, const number s)
{
    uint8_t bytes[32];
    to_bytes(digest, bytes);
    return hf_signature_good(key, bytes, r, s);
}

static void print_number(const char *name, const number value)
{
    uint8_t bytes[32];
    to_bytes(value, bytes);
    print_message("%s ", name);
    for (size_t i = 0; i < 32; i++) {
        print_message("%02X", bytes[i]);
    }
    print_message("\n");
}

// Both say the same; returns what.
static bool agree(const hf_point *key, const number digest, const number r, const number s)
{
    bool expected = openssl_says(key, digest, r, s);
    if (bootloader_says(key, digest, r, s) != expected) {
        print_number("x", key->x);
        print_number("y", key->y);
        print_number("digest", digest);
        print_number("r", r);
        print_number("s", s);
        fail_msg("OpenSSL says %s, the bootloader the contrary", expected ? "good" : "bad");
    }
    return expected;
}

// -- cases ----------------------------------------------------------------------------------------

// A signature for the key d: s = (e + r d) / k, r the x coordinate of k times the generator.
static void sign(const BIGNUM *d, const BIGNUM *k, const number digest, number r, number s)
{
    const BIGNUM *n = EC_GROUP_get0_order(curve);
    hf_point point;
    multiple(k, &point);
    BIGNUM *x = to_bn(point.x), *e = to_bn(digest), *inverse = BN_mod_inverse(NULL, k, n, context), *sum = BN_new();
    BN_nnmod(x, x, n, context);
    BN_mod_mul(sum, x, d, n, context);
    BN_mod_add(sum, sum, e, n, context);
    BN_mod_mul(sum, sum, inverse, n, context);
    from_bn(x, r);
    from_bn(sum, s);
    BN_free(x);
    BN_free(e);
    BN_free(inverse);
    BN_free(sum);
}

static void random_signatures(void **state)
{
    (void)state;
    const BIGNUM *n = EC_GROUP_get0_order(curve);
    for (unsigned i = 0; i < RANDOM_CASES; i++) {
        number a, b, digest, r, s;
        random_number(a);
        random_number(b);
        random_number(digest);
        BIGNUM *d = to_bn(a), *k = to_bn(b);
        BN_nnmod(d, d, n, context);
        BN_nnmod(k, k, n, context);
        hf_point key;
        multiple(d, &key);
        sign(d, k, digest, r, s);
        assert_true(agree(&key, digest, r, s));
        number *victims[] = {&digest, &r, &s};
        number *victim = victims[random32() % 3];
        (*victim)[random32() % WORDS] ^= 1u << random32() % 32;
        assert_false(agree(&key, digest, r, s));
        BN_free(d);
        BN_free(k);
    }
}

// Keys and nonces next to 0 and to the order make points meet that the usual formulas cannot add.
static void points_that_meet(void **state)
{
    (void)state;
    const BIGNUM *n = EC_GROUP_get0_order(curve);
    for (int i = 0; i < 36; i++) {
        BIGNUM *d = BN_new(), *k = BN_new();
        BN_set_word(d, (BN_ULONG)(i % 3 + 1));
        BN_set_word(k, (BN_ULONG)(i / 3 % 3 + 1));
        if (i / 9 % 2 != 0) {
            BN_sub(d, n, d);
        }
        if (i / 18 != 0) {
            BN_sub(k, n, k);
        }
        for (uint32_t e = 0; e < 4; e++) {
            number digest = {e}, r, s;
            hf_point key;
            multiple(d, &key);
            sign(d, k, digest, r, s);
            agree(&key, digest, r, s);
        }
        BN_free(d);
        BN_free(k);
    }
}

static void borders_of_every_number(void **state)
{
    (void)state;
    number n, p, zero = {0}, borders[10];
    from_bn(EC_GROUP_get0_order(curve), n);
    from_bn(EC_GROUP_get0_field(curve), p);
    for (int i = 0; i < 3; i++) {
        add_small(borders[i], zero, i);
        add_small(borders[3 + i], n, i - 1);
        add_small(borders[6 + i], p, i - 1);
    }
    memset(borders[9], 0xFF, sizeof borders[9]);
    BIGNUM *one = BN_new(), *last = BN_dup(EC_GROUP_get0_order(curve));
    BN_one(one);
    BN_sub_word(last, 1);
    const BIGNUM *privates[] = {one, last};
    for (size_t i = 0; i < 2 * 10 * 10 * 10; i++) {
        hf_point key;
        multiple(privates[i / 1000], &key);
        agree(&key, borders[i / 100 % 10], borders[i / 10 % 10], borders[i % 10]);
    }
    BN_free(one);
    BN_free(last);
}

// The order is smaller than the field's prime: an x coordinate between them appears in a signature as r = x - order.
static void coordinates_that_wrap(void **state)
{
    (void)state;
    const BIGNUM *n = EC_GROUP_get0_order(curve);
    EC_POINT *nonce_point = EC_POINT_new(curve), *key_point = EC_POINT_new(curve);
    BIGNUM *x = BN_dup(n), *r_bn = BN_new(), *inverse = BN_new(), *u = BN_new(), *v = BN_new();
    for (unsigned found = 0; found < 8;) {
        BN_add_word(x, 1);
        if (EC_POINT_set_compressed_coordinates(curve, nonce_point, x, (int)(found & 1), context) != 1) {
            continue;
        }
        found++;
        number digest, s, r;
        random_number(digest);
        random_number(s);
        s[7] >>= 1;
        BN_sub(r_bn, x, n);
        BN_mod_inverse(inverse, r_bn, n, context);
        BIGNUM *e = to_bn(digest), *s_bn = to_bn(s);
        BN_mod_mul(v, s_bn, inverse, n, context); // the key is (s R - e G) / r
        BN_mod_mul(u, e, inverse, n, context);
        BN_sub(u, n, u);
        BN_nnmod(u, u, n, context);
        assert_int_equal(EC_POINT_mul(curve, key_point, u, nonce_point, v, context), 1);
        hf_point key;
        point_of(key_point, &key);
        from_bn(r_bn, r);
        assert_true(agree(&key, digest, r, s));
        r[0] ^= 4;
        assert_false(agree(&key, digest, r, s));
        BN_free(e);
        BN_free(s_bn);
    }
    BN_free(x);
    BN_free(r_bn);
    BN_free(inverse);
    BN_free(u);
    BN_free(v);
    EC_POINT_free(nonce_point);
    EC_POINT_free(key_point);
}

static void digests(void **state)
{
    (void)state;
    static uint8_t bytes[4096];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)random32();
    }
    device_erase();
    device_write(0, bytes, sizeof bytes);
    for (uint32_t size = 0; size < sizeof bytes; size += 4) {
        if (size % 64 > 52) {
            continue; // the format has no such images
        }
        uint8_t expected[32], got[32];
        number digest;
        hf_sha256(bytes, size, expected);
        device_sha256(size, digest);
        to_bytes(digest, got);
        assert_memory_equal(got, expected, sizeof got);
    }
}

int main(void)
{
    const char *given = getenv("HF_SEED");
    seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
    printf("HF_SEED=%llu\n", (unsigned long long)seed);
    curve = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    context = BN_CTX_new();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests),
        cmocka_unit_test(random_signatures),
        cmocka_unit_test(points_that_meet),
        cmocka_unit_test(borders_of_every_number),
        cmocka_unit_test(coordinates_that_wrap),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    BN_CTX_free(context);
    EC_GROUP_free(curve);
    return failed;
}
