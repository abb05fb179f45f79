// SPDX-License-Identifier: MIT
// UUIDs as people write them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "provision.h"

#define TEXT "123e4567-e89b-12d3-a456-426614174000"

static const uint8_t bytes[HF_UUID_SIZE] = {0x12, 0x3E, 0x45, 0x67, 0xE8, 0x9B, 0x12, 0xD3,
                                            0xA4, 0x56, 0x42, 0x66, 0x14, 0x17, 0x40, 0x00};

static void text_and_bytes(void **state)
{
    (void)state;
    uint8_t uuid[HF_UUID_SIZE];
    char text[HF_UUID_TEXT];
    assert_true(hf_uuid_parse(TEXT, uuid));
    assert_memory_equal(uuid, bytes, sizeof bytes);
    assert_true(hf_uuid_parse("123E4567-E89B-12D3-A456-426614174000", uuid));
    assert_memory_equal(uuid, bytes, sizeof bytes);
    hf_uuid_text(uuid, text);
    assert_string_equal(text, TEXT);
}

static void what_is_none(void **state)
{
    (void)state;
    uint8_t uuid[HF_UUID_SIZE];
    static const char *const wrong[] = {
        "123e4567e89b12d3a456426614174000", TEXT "0", "{" TEXT "}", "123e4567-e89b-12d3-a456-42661417400g",
        "123e4567-e89b-12d3-a456_426614174000", "-23e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-0x6614174000",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(hf_uuid_parse(wrong[i], uuid));
    }
    for (size_t length = 0; length < strlen(TEXT); length++) { // nothing behind the end is read
        char text[sizeof TEXT] = TEXT;
        text[length] = '\0';
        assert_false(hf_uuid_parse(text, uuid));
    }
}

static void random_ones(void **state)
{
    (void)state;
    uint8_t uuid[HF_UUID_SIZE], other[HF_UUID_SIZE];
    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal(hf_uuid_make(uuid, NULL), HF_OK);
        assert_int_equal(hf_uuid_make(other, NULL), HF_OK);
        assert_int_equal(uuid[6] >> 4, 4);    // version
        assert_int_equal(uuid[8] >> 6, 2);    // variant
        assert_memory_not_equal(uuid, other, sizeof uuid);
    }
}

static void not_over_usb(void **state)
{
    (void)state;
    const hf_order_link link = {0};
    hf_identity_card card = {0};
    bool found;
    hf_problem problem;
    assert_int_equal(hf_provision_tell(&link, &card, &found, &problem), HF_E_USAGE);
    assert_int_equal(hf_provision_write(&link, &card, &problem), HF_E_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_bytes),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(random_ones),
        cmocka_unit_test(not_over_usb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
