// SPDX-License-Identifier: MIT
// Image validation by itself: the borders of every field, each bit, each truncation, random
// headers. The bench board watches that nothing outside the slot is read.
#include <string.h>
#include <zlib.h>

#include "bench_assert.h"
#include "bench_board.h"
#include "images.h"
#include "seed.h"

static hf_err (*image_check)(void);

static hf_err check(void)
{
    hf_err err = image_check();
    board_check();
    return err;
}

static hf_err check_image(const image *it)
{
    memset(board_flash(HF_APP_ADDRESS), 0xFF, sizeof it->bytes);
    image_install(it);
    return check();
}

static void slot_put(uint32_t offset, uint32_t word)
{
    memcpy(board_flash(HF_APP_ADDRESS + offset), &word, sizeof word);
}

static void valid_images_are_accepted(void **state)
{
    (void)state;
    for (uint32_t payload = 64; payload + 64 <= IMAGE_MAX; payload += 32) {
        image it = image_make(payload, payload);
        assert_int_equal(check_image(&it), HF_OK);
    }
}

static void an_image_may_fill_the_slot(void **state)
{
    (void)state;
    uint32_t payload = HF_APP_SIZE - 64;
    image small = image_make(320, 1);
    memset(board_flash(HF_APP_ADDRESS), 0x5A, HF_APP_SIZE);
    memcpy(board_flash(HF_APP_ADDRESS), small.bytes, small.payload);
    memcpy(board_flash(HF_APP_ADDRESS + payload), small.bytes + small.payload, 64);
    slot_put(0x24, payload);
    slot_put(0x28, ~payload);
    slot_put(payload + TRAILER_LENGTH, payload);
    slot_put(payload + TRAILER_CRC,
             (uint32_t)crc32(0, board_flash(HF_APP_ADDRESS), payload + TRAILER_CRC));
    assert_int_equal(check(), HF_OK);
    *board_flash(HF_APP_ADDRESS + payload - 1) ^= 0x80;
    assert_int_equal(check(), HF_LEVEL_CRC ? HF_E_CRC : HF_OK);
}

static void malformed_images_are_refused_for_their_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < malformations_count; i++) {
        image bad = image_spoilt(&malformations[i]);
        hf_err expected = HF_LEVEL_CRC ? malformations[i].err : malformations[i].sanity_err;
        if (check_image(&bad) != expected) {
            fail_msg("%s: %d instead of %d", malformations[i].name, (int)check(), (int)expected);
        }
    }
}

static void stack_pointers(void **state)
{
    (void)state;
    static const struct {
        uint32_t sp;
        hf_err err;
    } cases[] = {
        {0x20020000, HF_OK},      {0x2001FFFC, HF_OK},       {0x20020004, HF_E_STACK},
        {0x20000000, HF_E_STACK}, {0x20000004, HF_OK},       {0x1FFFFFFC, HF_E_STACK},
        {0x2001C000, HF_OK}, // SRAM1 ends where SRAM2 begins
        {0x2001C004, HF_OK},      {0x20010001, HF_E_STACK},  {0x20010002, HF_E_STACK},
        {0x20010003, HF_E_STACK}, {0x10000000, HF_E_STACK},  {0x10000004, HF_OK},
        {0x10010000, HF_OK}, // CCM
        {0x10010004, HF_E_STACK}, {0x40025000, HF_E_STACK},  {HF_APP_ADDRESS, HF_E_STACK},
        {4, HF_E_STACK},          {0x80000000, HF_E_STACK},  {0xFFFFFFFC, HF_E_STACK},
        {0xFFFFFFFE, HF_E_STACK}, {0xFFFFFFFF, HF_E_ERASED}, {0, HF_E_ERASED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        image it = image_make(320, 1);
        image_put(&it, 0, cases[i].sp);
        image_seal(&it);
        if (check_image(&it) != cases[i].err) {
            fail_msg("stack pointer 0x%08X: %d", cases[i].sp, (int)check());
        }
    }
}

static void reset_vectors(void **state)
{
    (void)state;
    uint32_t end = HF_LEVEL_CRC ? HF_APP_ADDRESS + 320 : HF_APP_ADDRESS + HF_APP_SIZE;
    const struct {
        uint32_t reset;
        bool good;
    } cases[] = {
        {HF_APP_ADDRESS + 0x2D, true},
        {HF_APP_ADDRESS + 0x2C, false},
        {end - 1, true},
        {end - 2, false},
        {end, false},
        {end + 1, false},
        {HF_APP_ADDRESS - 1, false},
        {0x08000001, false},
        {1, false},
        {0x20000001, false},
        {0xFFFFFFFF, false},
        {HF_APP_ADDRESS + 0x80000001u, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        image it = image_make(320, 1);
        image_put(&it, 4, cases[i].reset);
        image_seal(&it);
        if (check_image(&it) != (cases[i].good ? HF_OK : HF_E_RESET_VECTOR)) {
            fail_msg("reset vector 0x%08X: %d", cases[i].reset, (int)check());
        }
    }
}

static void every_flipped_bit_is_refused(void **state)
{
    (void)state;
    image it = image_make(320, 1);
    for (uint32_t bit = 0; bit < it.size * 8; bit++) {
        it.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (check_image(&it) == HF_OK) {
            fail_msg("bit %u of byte %u may flip", bit % 8, bit / 8);
        }
        it.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(check_image(&it), HF_OK);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    image whole = image_make(320, 1);
    assert_int_not_equal(whole.bytes[whole.size - 1], 0xFF); // else the last one would be whole
    for (uint32_t size = 0; size < whole.size; size++) {
        image cut = whole;
        memset(cut.bytes + size, 0xFF, sizeof cut.bytes - size);
        assert_int_not_equal(check_image(&cut), HF_OK);
    }
}

// The length says where to look for the trailer: it must not lead outside, nor wrap around.
static void lengths(void **state)
{
    (void)state;
    static const struct {
        uint32_t length;
        hf_err err;
    } cases[] = {
        {0, HF_E_LENGTH},
        {1, HF_E_LENGTH},
        {32, HF_E_LENGTH},
        {63, HF_E_LENGTH},
        {65, HF_E_LENGTH},
        {64, HF_E_RESET_VECTOR}, // in range, but the reset vector of these images lies behind it
        {319, HF_E_LENGTH},
        {336, HF_E_LENGTH},
        {352, HF_E_TRAILER}, // in range, but nothing is there
        {HF_APP_SIZE - 96, HF_E_TRAILER},
        {HF_APP_SIZE - 64, HF_E_TRAILER},
        {HF_APP_SIZE - 60, HF_E_LENGTH},
        {HF_APP_SIZE - 32, HF_E_LENGTH},
        {HF_APP_SIZE, HF_E_LENGTH},
        {HF_APP_SIZE + 32, HF_E_LENGTH},
        {0x7FFFFFE0, HF_E_LENGTH},
        {0x80000000, HF_E_LENGTH},
        {0u - HF_APP_ADDRESS, HF_E_LENGTH},          // the trailer at address 0
        {0x08000000u - HF_APP_ADDRESS, HF_E_LENGTH}, // ... in the bootloader
        {0xFFFFFFC0, HF_E_LENGTH},                   // with the trailer it makes 0
        {0xFFFFFFE0, HF_E_LENGTH},
        {0xFFFFFFFF, HF_E_LENGTH},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        image it = image_make(320, 1);
        image_put(&it, 0x04, HF_APP_ADDRESS + 0x41);
        image_put(&it, 0x24, cases[i].length);
        image_put(&it, 0x28, ~cases[i].length);
        image_seal(&it);
        if (check_image(&it) != cases[i].err) {
            fail_msg("length 0x%08X: %d", cases[i].length, (int)check());
        }
    }
}

// Headers of random words, most of them near something that matters.
static uint32_t tempting(uint32_t *random)
{
    static const uint32_t words[] = {
        0,           0xFFFFFFFF,       0x20020000, 0x54534648, 0x52544648,    HF_APP_ADDRESS,
        HF_APP_SIZE, HF_APP_SIZE - 64, 320,        ~320u,      HF_PRODUCT_ID, HF_CHIP_ID,
        0x00400001,  0x80000000,       64,         ~64u,
    };
    uint32_t pick = seed_next(random);
    uint32_t word = words[pick % (sizeof words / sizeof words[0])];
    switch (pick >> 28) {
    case 0: return seed_next(random);
    case 1: return word + 32 * (seed_next(random) % 5 - 2);
    case 2: return word + seed_next(random) % 9 - 4;
    case 3: return ~word;
    default: return word;
    }
}

static void random_headers_do_no_harm(void **state)
{
    (void)state;
    uint32_t random = seed_begin();
    for (unsigned i = 0; i < 100000; i++) {
        image it = image_make(320, 1);
        unsigned changes = 1 + seed_next(&random) % 4;
        for (unsigned c = 0; c < changes; c++) {
            uint32_t at = seed_next(&random) % 27; // header words, then those of the trailer
            image_put(&it, at < 11 ? at * 4 : it.payload + (at - 11) * 4, tempting(&random));
        }
        image_install(&it);
        (void)check();
    }
}

static int load(void **state)
{
    (void)state;
    board_new();
    *(void **)&image_check = board_function("hf_image_check");
    return 0;
}

static int leave_clean(void **state)
{
    (void)state;
    board_new();
    return 0;
}

int main(void)
{
    const struct CMUnitTest any_level[] = {
        cmocka_unit_test_setup(valid_images_are_accepted, load),
        cmocka_unit_test_setup(an_image_may_fill_the_slot, load),
        cmocka_unit_test_setup(malformed_images_are_refused_for_their_reason, load),
        cmocka_unit_test_setup(stack_pointers, load),
        cmocka_unit_test_setup(reset_vectors, load),
        cmocka_unit_test_setup(random_headers_do_no_harm, load),
    };
    const struct CMUnitTest level_crc[] = {
        cmocka_unit_test_setup(every_flipped_bit_is_refused, load),
        cmocka_unit_test_setup(every_truncation_is_refused, load),
        cmocka_unit_test_setup(lengths, load),
    };
    int failed = cmocka_run_group_tests(any_level, NULL, leave_clean);
    return HF_LEVEL_CRC ? failed + cmocka_run_group_tests(level_crc, NULL, leave_clean) : failed;
}
