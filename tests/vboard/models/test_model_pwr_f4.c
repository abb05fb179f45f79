// SPDX-License-Identifier: MIT
// PWR: reset values, backup access, regulator scale, voltage detector, backup regulator.
#include "rig.h"

enum { CR = RIG_PWR, CSR = RIG_PWR + 4, BKP0R = RIG_RTC + 0x50 };
enum { DBP = 1u << 8, PVDE = 1u << 4, PVDO = 1u << 2, BRE = 1u << 9, BRR = 1u << 3 };

static rig *with_clock(uint32_t supply_min_mv)
{
    rig *r = rig_new_with(8000000, supply_min_mv);
    rig_clock_on(r, RIG_RCC_APB1ENR, 28);
    return r;
}

static void starts_as_the_manual_says(void **state)
{
    (void)state;
    rig *r = with_clock(2700);
    rig_expect(r, CR, 0x4000);
    assert_int_equal(rig_read(r, CSR) & ~0x4000u, 0);
    rig_end(r);
}

static void dbp_opens_the_backup_domain_and_a_reset_closes_it(void **state)
{
    (void)state;
    rig *r = with_clock(2700);
    rig_write(r, BKP0R, 1);
    rig_expect(r, BKP0R, 0);
    rig_set(r, CR, DBP);
    rig_write(r, BKP0R, 2);
    rig_expect(r, BKP0R, 2);
    rig_clear(r, CR, DBP);
    rig_write(r, BKP0R, 3);
    rig_expect(r, BKP0R, 2);
    rig_set(r, CR, DBP);
    vb_reset_pin(r->board);
    rig_settle(r);
    rig_write(r, BKP0R, 4);
    rig_expect(r, BKP0R, 2);
    rig_end(r);
}

static void the_detector_compares_the_supply(void **state)
{
    (void)state;
    rig *r = with_clock(1800); // the board file says up to 3.6 V: 2.7 V in the middle
    rig_write(r, CR, 0x4000 | PVDE | 7u << 5);
    assert_int_equal(rig_read(r, CSR) & PVDO, PVDO);
    rig_write(r, CR, 0x4000 | PVDE | 0u << 5);
    assert_int_equal(rig_read(r, CSR) & PVDO, 0);
    rig_write(r, CR, 0x4000 | 7u << 5);
    assert_int_equal(rig_read(r, CSR) & PVDO, 0);
    rig_end(r);
}

static void the_backup_regulator_needs_dbp(void **state)
{
    (void)state;
    rig *r = with_clock(2700);
    rig_set(r, CSR, BRE);
    assert_int_equal(rig_read(r, CSR) & (BRE | BRR), 0);
    rig_set(r, CR, DBP);
    rig_set(r, CSR, BRE);
    rig_await(r, CSR, BRE | BRR, BRE | BRR, VB_US, VB_MS);
    vb_reset_pin(r->board);
    rig_settle(r);
    rig_clock_on(r, RIG_RCC_APB1ENR, 28);
    assert_int_equal(rig_read(r, CSR) & (BRE | BRR), BRE | BRR);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(starts_as_the_manual_says),
        rig_test(dbp_opens_the_backup_domain_and_a_reset_closes_it),
        rig_test(the_detector_compares_the_supply),
        rig_test(the_backup_regulator_needs_dbp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
