// SPDX-License-Identifier: MIT
// CRC unit against zlib, and what RM0090 chapter 4 says about its registers.
#include "rig.h"

#include <zlib.h>

enum { DR = RIG_CRC, IDR = RIG_CRC + 4, CR = RIG_CRC + 8 };

static rig *with_clock(void)
{
    rig *r = rig_new();
    rig_clock_on(r, RIG_RCC_AHB1ENR, 12);
    return r;
}

static uint32_t reversed(uint32_t word)
{
    uint32_t result = 0;
    for (int bit = 0; bit < 32; bit++) {
        result |= ((word >> bit) & 1u) << (31 - bit);
    }
    return result;
}

static void starts_as_the_manual_says(void **state)
{
    (void)state;
    rig *r = with_clock();
    rig_expect(r, DR, 0xFFFFFFFF);
    rig_expect(r, IDR, 0);
    rig_expect(r, CR, 0);
    rig_end(r);
}

// CRC-32/MPEG-2 over one word; the figure is the one everybody's F4 gives for 0x00000000 and 0x12345678.
static void one_word(void **state)
{
    (void)state;
    rig *r = with_clock();
    rig_write(r, DR, 0x12345678);
    rig_expect(r, DR, 0xDF8A8A2B);
    rig_write(r, CR, 1);
    rig_expect(r, DR, 0xFFFFFFFF);
    rig_write(r, DR, 0);
    rig_expect(r, DR, 0xC704DD7B);
    rig_end(r);
}

static void gives_the_common_crc_through_bit_reversal(void **state)
{
    (void)state;
    rig *r = with_clock();
    uint32_t words[24];
    for (unsigned i = 0; i < 24; i++) {
        words[i] = i * 2654435761u + 12345;
        rig_write(r, DR, reversed(words[i]));
    }
    uint32_t ours = ~reversed(rig_read(r, DR));
    assert_int_equal(ours, (uint32_t)crc32(0, (const Bytef *)words, sizeof(words)));
    rig_end(r);
}

static void the_scratch_byte_survives_a_reset_of_the_remainder(void **state)
{
    (void)state;
    rig *r = with_clock();
    rig_write(r, IDR, 0x1A5);
    rig_write(r, CR, 1);
    rig_expect(r, IDR, 0xA5);
    rig_end(r);
}

static void takes_whole_words_only(void **state)
{
    (void)state;
    rig *r = with_clock();
    rig_write_part(r, DR, 1, 0x55);
    assert_int_equal(rig_said(r, VB_REPORT_MISUSE), 1);
    rig_expect(r, DR, 0xFFFFFFFF);
    rig_end(r);
}

static void without_its_clock_it_reads_0_and_is_reported(void **state)
{
    (void)state;
    rig *r = with_clock();
    rig_clear(r, RIG_RCC_AHB1ENR, 1u << 12);
    rig_expect(r, DR, 0);
    assert_int_equal(rig_said(r, VB_REPORT_UNCLOCKED), 1);
    rig_write(r, DR, 1);
    assert_int_equal(rig_said(r, VB_REPORT_UNCLOCKED), 1);
    rig_clock_on(r, RIG_RCC_AHB1ENR, 12);
    rig_expect(r, DR, 0xFFFFFFFF);
    rig_end(r);
}

static void a_register_that_is_not_there_is_reported(void **state)
{
    (void)state;
    rig *r = with_clock();
    rig_read(r, RIG_CRC + 0x10);
    assert_int_equal(rig_said(r, VB_REPORT_UNMODELLED), 1);
    rig_write(r, RIG_CRC + 0x0C, 1);
    assert_int_equal(rig_said(r, VB_REPORT_UNMODELLED), 1);
    rig_end(r);
}

static void the_peripheral_reset_brings_it_back(void **state)
{
    (void)state;
    rig *r = with_clock();
    rig_write(r, DR, 5);
    rig_write(r, IDR, 7);
    rig_write(r, RIG_RCC + 0x10, 1u << 12);
    rig_write(r, RIG_RCC + 0x10, 0);
    rig_expect(r, DR, 0xFFFFFFFF);
    rig_expect(r, IDR, 0);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(starts_as_the_manual_says),
        rig_test(one_word),
        rig_test(gives_the_common_crc_through_bit_reversal),
        rig_test(the_scratch_byte_survives_a_reset_of_the_remainder),
        rig_test(takes_whole_words_only),
        rig_test(without_its_clock_it_reads_0_and_is_reported),
        rig_test(a_register_that_is_not_there_is_reported),
        rig_test(the_peripheral_reset_brings_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
