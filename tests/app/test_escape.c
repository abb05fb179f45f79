// SPDX-License-Identifier: MIT
// The serial escape: heard whole, and heard only then.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "board.h"
#include "escape.h"
#include "holdfast.h"

#define NOBODY 0xFFFFFFFFu

static uint8_t good[HF_ESCAPE_SIZE];

static int prepare(void **state)
{
    (void)state;
    hf_escape_make(HF_PRODUCT_ID, good);
    return 0;
}

// How often it is heard in these bytes; the last time with byte number *at.
static unsigned heard(struct hf_app_escape *escape, const void *bytes, size_t size, size_t *at)
{
    const uint8_t *from = bytes;
    unsigned times = 0;
    for (size_t i = 0; i < size; i++) {
        if (hf_app_escape_heard(escape, from[i])) {
            times++;
            *at = i;
        }
    }
    return times;
}

static void the_documented_bytes(void **state)
{
    (void)state;
    static const uint8_t vector[] = {0x1B, 0x48, 0x6F, 0x6C, 0x64, 0x66, 0x61, 0x73, 0x74, 0x00, 0x00, 0x04, 0x07, 0x34, 0x47};
    uint8_t made[HF_ESCAPE_SIZE];
    hf_escape_make(0x00000407, made);
    assert_memory_equal(made, vector, sizeof vector);
    assert_int_equal(sizeof vector, HF_ESCAPE_SIZE);
}

static void with_the_last_byte_and_every_time(void **state)
{
    (void)state;
    struct hf_app_escape escape = {0};
    for (int i = 0; i < 3; i++) {
        size_t at = NOBODY;
        assert_int_equal(heard(&escape, good, sizeof good, &at), 1);
        assert_int_equal(at, sizeof good - 1);
    }
}

// A part of it, then the whole: the part is forgotten, however it ends.
static void after_every_prefix(void **state)
{
    (void)state;
    for (size_t part = 0; part < sizeof good; part++) {
        struct hf_app_escape escape = {0};
        size_t at = NOBODY;
        assert_int_equal(heard(&escape, good, part, &at), 0);
        assert_int_equal(heard(&escape, good, sizeof good, &at), 1);
        assert_int_equal(at, sizeof good - 1);
    }
}

// Cut in two at each place: nothing between (the pieces came one by one), and any one byte between.
static void at_every_split(void **state)
{
    (void)state;
    for (size_t cut = 1; cut < sizeof good; cut++) {
        struct hf_app_escape escape = {0};
        size_t at;
        assert_int_equal(heard(&escape, good, cut, &at), 0);
        assert_int_equal(heard(&escape, good + cut, sizeof good - cut, &at), 1);
        for (unsigned noise = 0; noise < 256; noise++) {
            uint8_t between = (uint8_t)noise;
            struct hf_app_escape other = {0};
            assert_int_equal(heard(&other, good, cut, &at), 0);
            bool completes = cut == sizeof good - 1 && between == good[cut];
            assert_int_equal(heard(&other, &between, 1, &at), completes);
            bool begins_anew = cut == 1 && between == good[0];
            assert_int_equal(heard(&other, good + cut, sizeof good - cut, &at), begins_anew);
        }
    }
}

static void after_noise_and_repeated_beginnings(void **state)
{
    (void)state;
    for (size_t part = 1; part < sizeof good; part++) {
        for (unsigned times = 1; times <= 20; times++) {
            struct hf_app_escape escape = {0};
            size_t at = NOBODY;
            for (unsigned i = 0; i < times; i++) {
                assert_int_equal(heard(&escape, good, part, &at), 0);
            }
            assert_int_equal(heard(&escape, good, sizeof good, &at), 1);
        }
    }
    struct hf_app_escape escape = {0};
    size_t at;
    for (unsigned i = 0; i < 10000; i++) {
        uint8_t noise = (uint8_t)(i * 2654435761u >> 24);
        assert_int_equal(heard(&escape, &noise, 1, &at), 0);
    }
    assert_int_equal(heard(&escape, good, sizeof good, &at), 1);
}

// One or two bits wrong, anywhere, is another sequence.
static void not_when_damaged(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 8 * sizeof good; a++) {
        for (unsigned b = a; b < 8 * sizeof good; b++) {
            uint8_t bytes[HF_ESCAPE_SIZE];
            struct hf_app_escape escape = {0};
            size_t at;
            memcpy(bytes, good, sizeof good);
            bytes[a / 8] ^= (uint8_t)(1u << a % 8);
            bytes[b / 8] ^= a == b ? 0 : (uint8_t)(1u << b % 8);
            assert_int_equal(heard(&escape, bytes, sizeof bytes, &at), 0);
        }
    }
}

// Nor may damage turn another product's escape into this one's: its CRC would have to be damaged to match.
static void not_for_another_product(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 32; bit++) {
        uint8_t other[HF_ESCAPE_SIZE];
        struct hf_app_escape escape = {0};
        size_t at;
        hf_escape_make(HF_PRODUCT_ID ^ 1u << bit, other);
        assert_int_equal(heard(&escape, other, sizeof other, &at), 0);
        memcpy(other + HF_ESCAPE_PRODUCT, good + HF_ESCAPE_PRODUCT, 4);
        assert_int_equal(heard(&escape, other, sizeof other, &at), 0);
    }
}

// Text about it is not it.
static void not_by_text(void **state)
{
    (void)state;
    static const char text[] = "Holdfast 1.0\r\n\x1B[1mHoldfast\x1B[0m \x1BHoldfast\r\n\x1BHoldfast 00000407 CCCC\r\n";
    struct hf_app_escape escape = {0};
    size_t at;
    assert_int_equal(heard(&escape, text, sizeof text, &at), 0);
    assert_int_equal(heard(&escape, good, sizeof good, &at), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_bytes),
        cmocka_unit_test(with_the_last_byte_and_every_time),
        cmocka_unit_test(after_every_prefix),
        cmocka_unit_test(at_every_split),
        cmocka_unit_test(after_noise_and_repeated_beginnings),
        cmocka_unit_test(not_when_damaged),
        cmocka_unit_test(not_for_another_product),
        cmocka_unit_test(not_by_text),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
