// SPDX-License-Identifier: MIT
// Inspection: each malformed image is refused with its own sentence, and no bytes make it read outside of them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image_check.h"
#include "random.h"
#include "sample.h"

#define SIZE    (128 + 64) // of the sealed sample
#define TRAILER 128

static hf_board board;
static uint8_t sealed[SIZE];
static hf_inspection found;

static int set_up(void **state)
{
    (void)state;
    sample_board(&board);
    hf_image image = sample_image(100);
    hf_seal_options options = {&board, HF_VERSION(1, 2, 3), board.product_id, 0, NULL, NULL, 0};
    hf_problem problem;
    if (hf_seal(&image, &options, &problem) || image.size != SIZE) {
        return 1;
    }
    memcpy(sealed, image.bytes, SIZE);
    hf_image_free(&image);
    return 0;
}

static void inspect(const uint8_t *bytes, size_t size)
{
    hf_inspect_context context = {&board, true, SAMPLE_ADDRESS};
    hf_image_inspect(bytes, size, &context, &found);
}

// Inspects the sample with one word changed. fix_crc: as somebody would who makes such an image on purpose.
static void inspect_changed(size_t offset, uint32_t value, bool fix_crc)
{
    uint8_t bytes[SIZE];
    memcpy(bytes, sealed, SIZE);
    hf_put32(bytes + offset, value);
    if (fix_crc) {
        hf_put32(bytes + SIZE - 4, hf_crc32(0, bytes, SIZE - 4));
    }
    inspect(bytes, SIZE);
}

static void expect_failure(hf_check check, hf_error error, const char *words)
{
    assert_int_equal(found.error, error);
    assert_string_equal(hf_check_name(found.failed), hf_check_name(check));
    assert_string_equal(found.checks[check].words, words);
    assert_int_equal(found.checks[check].verdict, HF_VERDICT_FAIL);
}

static void a_good_image(void **state)
{
    (void)state;
    inspect(sealed, SIZE);
    assert_int_equal(found.error, HF_OK);
    for (unsigned i = 0; i < HF_CHECKS; i++) {
        bool of_signatures = i == HF_CHECK_DIGEST || i == HF_CHECK_SIGNATURE;
        assert_int_equal(found.checks[i].verdict, of_signatures ? HF_VERDICT_SKIPPED : HF_VERDICT_PASS);
    }
    assert_int_equal(found.version, HF_VERSION(1, 2, 3));
    assert_int_equal(found.payload_length, 128);
    assert_int_equal(found.total_size, SIZE);
    assert_int_equal(found.crc_stored, found.crc_computed);
    assert_int_equal(found.chip_id, 0x413);
    assert_int_equal(found.product_id, 0x407);
    assert_int_equal(found.load_address, SAMPLE_ADDRESS);
}

static void without_a_board(void **state)
{
    (void)state;
    hf_inspect_context nothing = {0};
    hf_image_inspect(sealed, SIZE, &nothing, &found);
    assert_int_equal(found.error, HF_OK);
    assert_int_equal(found.checks[HF_CHECK_CHIP].verdict, HF_VERDICT_SKIPPED);
    assert_int_equal(found.checks[HF_CHECK_PRODUCT].verdict, HF_VERDICT_SKIPPED);
    assert_int_equal(found.checks[HF_CHECK_FIT].verdict, HF_VERDICT_SKIPPED);
}

static void bytes_behind_the_trailer_do_not_count(void **state)
{
    (void)state;
    uint8_t padded[SIZE + 100];
    memset(padded, 0xFF, sizeof padded);
    memcpy(padded, sealed, SIZE);
    inspect(padded, sizeof padded);
    assert_int_equal(found.error, HF_OK);
    assert_int_equal(found.total_size, SIZE);
}

static void malformed_images(void **state)
{
    (void)state;
    inspect(sealed, 63);
    expect_failure(HF_CHECK_CONTENT, HF_E_NOT_SEALED, "63 bytes: too short for a vector table");
    inspect_changed(0, 0xFFFFFFFF, true);
    expect_failure(HF_CHECK_CONTENT, HF_E_NOT_SEALED, "the first word is 0xFFFFFFFF: erased or blank");
    inspect_changed(0, 0, true);
    expect_failure(HF_CHECK_CONTENT, HF_E_NOT_SEALED, "the first word is 0x00000000: erased or blank");
    inspect_changed(0x20, 0x12345678, true);
    expect_failure(HF_CHECK_MARK, HF_E_NOT_SEALED, "0x12345678 at offset 0x20 instead of 0x54534648: never sealed");
    inspect_changed(0x24, 96, true);
    expect_failure(HF_CHECK_LENGTH, HF_E_DAMAGED, "0x00000060 and its complement 0xFFFFFF7F do not agree");
    inspect(sealed, SIZE - 1);
    expect_failure(HF_CHECK_LENGTH, HF_E_DAMAGED, "128 bytes and a trailer of 64 do not fit in 191: cut short");
    inspect_changed(TRAILER, 0x12345678, true);
    expect_failure(HF_CHECK_MAGIC, HF_E_DAMAGED, "0x12345678 at offset 0x80 instead of 0x52544648");
    inspect_changed(TRAILER + 4, 0x00400002, true);
    expect_failure(HF_CHECK_FORMAT, HF_E_DAMAGED, "format 2 is not known here");
    inspect_changed(TRAILER + 4, 0x00800001, true);
    expect_failure(HF_CHECK_FORMAT, HF_E_DAMAGED, "a trailer of 128 bytes instead of 64, or 192 with a signature");
    inspect_changed(TRAILER + 8, 64, true);
    expect_failure(HF_CHECK_FORMAT, HF_E_DAMAGED, "the trailer says 64 payload bytes, the vector table 128");
    inspect_changed(TRAILER + 0x20, 2, true);
    expect_failure(HF_CHECK_FORMAT, HF_E_DAMAGED, "flags or reserved words are set that format 1 does not have");
    inspect_changed(TRAILER + 0x24, 1, true);
    expect_failure(HF_CHECK_FORMAT, HF_E_DAMAGED, "a key is revoked by an image that is not signed");
    for (size_t at = 0x28; at < 0x3C; at += 4) {
        inspect_changed(TRAILER + at, 0x100, true);
        expect_failure(HF_CHECK_FORMAT, HF_E_DAMAGED, "flags or reserved words are set that format 1 does not have");
    }
    inspect_changed(0x40, 0x12345678, false);
    assert_int_equal(found.error, HF_E_DAMAGED);
    assert_int_equal(found.failed, HF_CHECK_CRC);
    assert_int_not_equal(found.crc_computed, found.crc_stored);
    inspect_changed(0, 0x20020004, true);
    expect_failure(HF_CHECK_STACK, HF_E_WRONG_TARGET, "0x20020004 is in no RAM of stm32f407vg");
    inspect_changed(4, 0x08010040, true);
    expect_failure(HF_CHECK_RESET, HF_E_WRONG_TARGET, "0x08010040 has no Thumb bit");
    inspect_changed(4, 0x08010081, true);
    expect_failure(HF_CHECK_RESET, HF_E_WRONG_TARGET, "0x08010081 is outside the payload");
    inspect_changed(TRAILER + 0x10, 0x407 + 1, true);
    expect_failure(HF_CHECK_PRODUCT, HF_E_WRONG_TARGET,
                   "made for product 0x00000408, but stm32f407-discovery is 0x00000407");
    inspect_changed(TRAILER + 0x14, 0x450, true);
    expect_failure(HF_CHECK_CHIP, HF_E_WRONG_TARGET, "made for chip 0x450, but stm32f407-discovery has 0x413");
}

static void lengths_that_lie(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0, 32, 65, 96 + 1, 128 + 32, 0x7FFFFFE0, 0x80000000, 0xFFFFFFC0, 0xFFFFFFE0};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        uint8_t bytes[SIZE];
        memcpy(bytes, sealed, SIZE);
        hf_put32(bytes + 0x24, lengths[i]);
        hf_put32(bytes + 0x28, ~lengths[i]);
        inspect(bytes, SIZE);
        assert_int_equal(found.error, HF_E_DAMAGED);
        assert_int_equal(found.failed, HF_CHECK_LENGTH);
    }
}

static void wrong_load_addresses(void **state)
{
    (void)state;
    inspect_changed(TRAILER + 0x0C, 0x08020000, true);
    assert_int_equal(found.checks[HF_CHECK_LOAD_ADDRESS].verdict, HF_VERDICT_FAIL);
    assert_string_equal(found.checks[HF_CHECK_LOAD_ADDRESS].words,
                        "0x08020000, but the file places it at 0x08010000");
    uint8_t bytes[SIZE];
    memcpy(bytes, sealed, SIZE);
    hf_put32(bytes + TRAILER + 0x0C, 0x08020000);
    hf_inspect_context from_bin = {&board, false, 0};
    hf_image_inspect(bytes, SIZE, &from_bin, &found);
    assert_string_equal(found.checks[HF_CHECK_LOAD_ADDRESS].words,
                        "0x08020000, but the application of stm32f407-discovery stands at 0x08010000");
}

static void every_flipped_bit_is_noticed(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < SIZE * 8; bit++) {
        uint8_t bytes[SIZE];
        memcpy(bytes, sealed, SIZE);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        inspect(bytes, SIZE);
        assert_int_not_equal(found.error, HF_OK);
    }
}

static void every_truncation_is_noticed(void **state)
{
    (void)state;
    for (size_t size = 0; size < SIZE; size++) {
        uint8_t *bytes = malloc(size ? size : 1); // exactly this long: the sanitizers watch its end
        memcpy(bytes, sealed, size);
        inspect(bytes, size);
        assert_int_not_equal(found.error, HF_OK);
        free(bytes);
    }
}

static void fuzzed_images(void **state)
{
    (void)state;
    hf_random random = hf_random_from_environment("fuzzed_images");
    static const uint32_t nasty[] = {0, 1, 31, 32, 64, 128, 192, 0x7FFFFFFF, 0x80000000, 0xFFFFFFE0, 0xFFFFFFFF};
    for (int run = 0; run < 100000; run++) {
        size_t size = hf_random_below(&random, 8) ? SIZE : hf_random_below(&random, SIZE + 1);
        uint8_t *bytes = malloc(size ? size : 1);
        memcpy(bytes, sealed, size);
        for (uint32_t hits = 1 + hf_random_below(&random, 3); hits > 0 && size >= 4; hits--) {
            uint32_t at = hf_random_below(&random, (uint32_t)size / 4) * 4;
            uint32_t value = nasty[hf_random_below(&random, sizeof nasty / sizeof nasty[0])];
            hf_put32(bytes + at, value);
            if (at == 0x24 && size >= 0x2C && hf_random_below(&random, 2)) {
                hf_put32(bytes + 0x28, ~value);
            }
        }
        hf_inspect_context context = {hf_random_below(&random, 2) ? &board : NULL, hf_random_below(&random, 2),
                                      SAMPLE_ADDRESS};
        hf_image_inspect(bytes, size, &context, &found);
        assert_true(found.error == HF_OK ? size >= SIZE && memcmp(bytes, sealed, SIZE) == 0 : true);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_image),
        cmocka_unit_test(without_a_board),
        cmocka_unit_test(bytes_behind_the_trailer_do_not_count),
        cmocka_unit_test(malformed_images),
        cmocka_unit_test(lengths_that_lie),
        cmocka_unit_test(wrong_load_addresses),
        cmocka_unit_test(every_flipped_bit_is_noticed),
        cmocka_unit_test(every_truncation_is_noticed),
        cmocka_unit_test(fuzzed_images),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
