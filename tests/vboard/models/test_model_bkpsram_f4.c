// SPDX-License-Identifier: MIT
// Backup SRAM: writable with DBP, kept over a reset, over a power cut only with VBAT and the backup regulator.
#include "rig.h"

enum { BDCR = RIG_RCC + 0x70, PWR_CSR = RIG_PWR + 4, BRE = 1u << 9, BRR = 1u << 3, BDRST = 1u << 16 };

static rig *with_access(void)
{
    rig *r = rig_new();
    rig_backup_access(r);
    rig_clock_on(r, RIG_RCC_AHB1ENR, 18);
    return r;
}

static void again_with_access(rig *r)
{
    rig_backup_access(r);
    rig_clock_on(r, RIG_RCC_AHB1ENR, 18);
}

static void takes_bytes_half_words_and_words(void **state)
{
    (void)state;
    rig *r = with_access();
    rig_write(r, RIG_BKPSRAM, 0x11223344);
    rig_write_part(r, RIG_BKPSRAM + 1, 1, 0xAA);
    rig_write_part(r, RIG_BKPSRAM + 2, 2, 0xBEEF);
    rig_expect(r, RIG_BKPSRAM, 0xBEEFAA44);
    rig_write(r, RIG_BKPSRAM + 4092, 0xCAFE0001);
    rig_expect(r, RIG_BKPSRAM + 4092, 0xCAFE0001);
    rig_end(r);
}

static void without_dbp_writes_are_lost(void **state)
{
    (void)state;
    rig *r = with_access();
    rig_write(r, RIG_BKPSRAM, 1);
    rig_clear(r, RIG_PWR, 1u << 8);
    rig_write(r, RIG_BKPSRAM, 2);
    rig_expect(r, RIG_BKPSRAM, 1);
    rig_end(r);
}

static void outlives_a_reset_and_bdrst(void **state)
{
    (void)state;
    rig *r = with_access();
    rig_write(r, RIG_BKPSRAM, 0x600DF00D);
    vb_reset_pin(r->board);
    rig_settle(r);
    again_with_access(r);
    rig_expect(r, RIG_BKPSRAM, 0x600DF00D);
    rig_write(r, BDCR, BDRST);
    rig_write(r, BDCR, 0);
    rig_expect(r, RIG_BKPSRAM, 0x600DF00D);
    rig_end(r);
}

static uint32_t after_power_cut(bool regulator, bool vbat)
{
    rig *r = with_access();
    if (regulator) {
        rig_set(r, PWR_CSR, BRE);
        rig_await(r, PWR_CSR, BRR, BRR, VB_US, VB_MS);
    }
    rig_write(r, RIG_BKPSRAM + 8, 0x12345678);
    vb_power_off(r->board, vbat);
    rig_power_on(r);
    again_with_access(r);
    uint32_t found = rig_read(r, RIG_BKPSRAM + 8);
    rig_end(r);
    return found;
}

static void lives_on_vbat_with_the_regulator_only(void **state)
{
    (void)state;
    assert_int_equal(after_power_cut(true, true), 0x12345678);
    assert_int_not_equal(after_power_cut(false, true), 0x12345678);
    assert_int_not_equal(after_power_cut(true, false), 0x12345678);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(takes_bytes_half_words_and_words),
        rig_test(without_dbp_writes_are_lost),
        rig_test(outlives_a_reset_and_bdrst),
        rig_test(lives_on_vbat_with_the_regulator_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
