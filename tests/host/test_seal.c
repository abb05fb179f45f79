// SPDX-License-Identifier: MIT
// Sealing: the bytes it makes, and each reason to refuse with its own sentence.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image_check.h"
#include "sample.h"

static hf_board board;
static hf_seal_options options;
static hf_problem problem;

static int set_up(void **state)
{
    (void)state;
    sample_board(&board);
    options = (hf_seal_options){&board, HF_VERSION(1, 2, 3), board.product_id, 7, NULL, NULL, 0};
    return 0;
}

static void expect_refusal(hf_image *image, hf_error error, const char *words)
{
    size_t size = image->size;
    uint8_t *before = malloc(size);
    memcpy(before, image->bytes, size);
    assert_int_equal(hf_seal(image, &options, &problem), error);
    assert_string_equal(problem.what, words);
    assert_int_equal(image->size, size);
    assert_memory_equal(image->bytes, before, size);
    free(before);
    hf_image_free(image);
}

static void crc32_has_its_known_value(void **state)
{
    (void)state;
    assert_int_equal(hf_crc32(0, "123456789", 9), 0xCBF43926);
    assert_int_equal(hf_crc32(hf_crc32(0, "1234", 4), "56789", 5), 0xCBF43926);
}

static void every_field_stands_where_it_should(void **state)
{
    (void)state;
    for (size_t size = 64; size < 130; size++) {
        hf_image image = sample_image(size);
        assert_int_equal(hf_seal(&image, &options, &problem), HF_OK);
        size_t length = (size + 31) / 32 * 32;
        assert_int_equal(image.size, length + 64);
        const uint8_t *at = image.bytes;
        assert_memory_equal(at + 0x20, "HFST", 4);
        assert_int_equal(hf_get32(at + 0x24), length);
        assert_int_equal(hf_get32(at + 0x28), ~(uint32_t)length);
        for (size_t i = size; i < length; i++) {
            assert_int_equal(at[i], 0xFF);
        }
        at += length;
        assert_memory_equal(at, "HFTR\x01\x00\x40\x00", 8);
        static const uint32_t words[] = {0, 0x08010000, 0x407, 0x413, 0x01020003, 7, 0, 0, 0, 0, 0, 0, 0};
        for (size_t i = 1; i < 13; i++) {
            assert_int_equal(hf_get32(at + 8 + 4 * i), words[i]);
        }
        assert_int_equal(hf_get32(at + 8), length);
        assert_int_equal(hf_get32(at + 60), hf_crc32(0, image.bytes, length + 60));
        hf_image_free(&image);
    }
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    hf_image one = sample_image(100);
    hf_image two = sample_image(100);
    two.has_address = false; // a BIN gets the board's address
    two.address = 0;
    assert_int_equal(hf_seal(&one, &options, &problem), HF_OK);
    assert_int_equal(hf_seal(&two, &options, &problem), HF_OK);
    assert_int_equal(one.size, two.size);
    assert_int_equal(two.address, SAMPLE_ADDRESS);
    assert_memory_equal(one.bytes, two.bytes, one.size);
    hf_image_free(&one);
    hf_image_free(&two);
}

static void blank_images(void **state)
{
    (void)state;
    hf_image image = sample_image(100);
    memset(image.bytes, 0xFF, 100);
    expect_refusal(&image, HF_E_EMPTY, "the image is blank: every byte is 0xFF");
    image = sample_image(100);
    memset(image.bytes, 0, 100);
    expect_refusal(&image, HF_E_EMPTY, "the image is blank: every byte is 0x00");
}

static void small_images(void **state)
{
    (void)state;
    hf_image image = sample_image(64);
    image.size = 63;
    expect_refusal(&image, HF_E_TOO_SMALL, "the image has 63 bytes: a vector table alone takes 64");
}

static void wrong_link_addresses(void **state)
{
    (void)state;
    hf_image image = sample_image(100);
    image.address = 0x08000000;
    expect_refusal(&image, HF_E_LINK_ADDRESS,
                   "the image is linked for 0x08000000, but the application stands at 0x08010000");
}

static void sealing_twice(void **state)
{
    (void)state;
    hf_image image = sample_image(100);
    assert_int_equal(hf_seal(&image, &options, &problem), HF_OK);
    expect_refusal(&image, HF_E_SEALED_TWICE, "the image is sealed already");
}

static void reserved_vectors_in_use(void **state)
{
    (void)state;
    for (unsigned at = 0x20; at <= 0x28; at += 4) {
        char words[100];
        snprintf(words, sizeof words, "the reserved vector at offset 0x%02X is in use: it holds 0x08010041", at);
        hf_image image = sample_image(100);
        hf_put32(image.bytes + at, 0x08010041);
        expect_refusal(&image, HF_E_RESERVED_USED, words);
    }
    hf_image image = sample_image(100);
    memset(image.bytes + 0x20, 0xFF, 12); // left erased: free
    assert_int_equal(hf_seal(&image, &options, &problem), HF_OK);
    hf_image_free(&image);
}

static void bad_stack_pointers(void **state)
{
    (void)state;
    static const uint32_t bad[] = {0x20000000, 0x20020004, 0x20001002, 0x08010000, 0xFFFFFFFF, 0x10000000, 0x10010004};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char words[100];
        snprintf(words, sizeof words, "the initial stack pointer 0x%08X is in no RAM of stm32f407vg", bad[i]);
        hf_image image = sample_image(100);
        hf_put32(image.bytes, bad[i]);
        expect_refusal(&image, HF_E_STACK, words);
    }
    hf_image image = sample_image(100);
    hf_put32(image.bytes, 0);
    expect_refusal(&image, HF_E_STACK, "the initial stack pointer is 0");

    static const uint32_t good[] = {0x20000004, 0x2001C000, 0x20020000, 0x10010000};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        image = sample_image(100);
        hf_put32(image.bytes, good[i]);
        assert_int_equal(hf_seal(&image, &options, &problem), HF_OK);
        hf_image_free(&image);
    }
}

static void bad_reset_vectors(void **state)
{
    (void)state;
    hf_image image = sample_image(100);
    hf_put32(image.bytes + 4, 0x08010040);
    expect_refusal(&image, HF_E_RESET, "the reset vector 0x08010040 has no Thumb bit");
    static const uint32_t outside[] = {0x08000041, 0x0800FFFF, 0x08010065, 0x00000001, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        char words[120];
        snprintf(words, sizeof words, "the reset vector 0x%08X is outside the image, 0x08010000 to 0x08010063",
                 outside[i]);
        image = sample_image(100);
        hf_put32(image.bytes + 4, outside[i]);
        expect_refusal(&image, HF_E_RESET, words);
    }
}

static void images_that_do_not_fit(void **state)
{
    (void)state;
    hf_image image = sample_image(960 * 1024 - 64);
    assert_int_equal(hf_seal(&image, &options, &problem), HF_OK);
    assert_int_equal(image.size, 960 * 1024);
    hf_image_free(&image);
    image = sample_image(960 * 1024 - 63);
    expect_refusal(&image, HF_E_TOO_BIG,
                   "the sealed image needs 983072 bytes, the application area has 983040: 32 too many");
}

static void versions(void **state)
{
    (void)state;
    uint32_t version;
    assert_true(hf_version_parse("1.2.3", &version));
    assert_int_equal(version, HF_VERSION(1, 2, 3));
    assert_true(hf_version_parse("255.255.65535", &version));
    assert_int_equal(version, 0xFFFFFFFF);
    static const char *const bad[] = {"", "1", "1.2", "1.2.", "1.2.3.4", "1.2.3 ", " 1.2.3", "256.0.0", "0.256.0",
                                      "0.0.65536", "-1.0.0", "1.+2.3", "a.b.c", "1..3", "99999999999999999999.0.0"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(hf_version_parse(bad[i], &version));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc32_has_its_known_value),
        cmocka_unit_test(every_field_stands_where_it_should),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(blank_images),
        cmocka_unit_test(small_images),
        cmocka_unit_test(wrong_link_addresses),
        cmocka_unit_test(sealing_twice),
        cmocka_unit_test(reserved_vectors_in_use),
        cmocka_unit_test(bad_stack_pointers),
        cmocka_unit_test(bad_reset_vectors),
        cmocka_unit_test(images_that_do_not_fit),
        cmocka_unit_test(versions),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
