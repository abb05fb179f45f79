// SPDX-License-Identifier: MIT
// SYSCFG: what stands at address 0, and its other registers.
#include "rig.h"

enum { MEMRMP = RIG_SYSCFG, PMC = RIG_SYSCFG + 4, EXTICR2 = RIG_SYSCFG + 0x0C, CMPCR = RIG_SYSCFG + 0x20 };

static rig *with_clock(void)
{
    rig *r = rig_new();
    rig_clock_on(r, RIG_RCC_APB2ENR, 14);
    return r;
}

static void moves_what_is_seen_at_0(void **state)
{
    (void)state;
    rig *r = with_clock();
    rig_expect(r, MEMRMP, 0);
    assert_int_equal(rig_read(r, 0), rig_read(r, 0x08000000));
    rig_write(r, 0x20010000, 0xFEEDBEEF);
    rig_write(r, MEMRMP, 3);
    rig_expect(r, 0x10000, 0xFEEDBEEF);
    rig_write(r, MEMRMP, 0);
    assert_int_equal(rig_read(r, 0x10000), rig_read(r, 0x08010000));
    rig_end(r);
}

static void a_reset_brings_flash_back_to_0(void **state)
{
    (void)state;
    rig *r = with_clock();
    rig_write(r, MEMRMP, 3);
    vb_reset_pin(r->board);
    rig_settle(r);
    assert_int_equal(rig_read(r, 0), rig_read(r, 0x08000000));
    rig_end(r);
}

static void keeps_its_plain_registers(void **state)
{
    (void)state;
    rig *r = with_clock();
    rig_write(r, PMC, 0xFFFFFFFF);
    rig_expect(r, PMC, 1u << 23);
    rig_write(r, EXTICR2, 0xFFFF1234);
    rig_expect(r, EXTICR2, 0x1234);
    rig_write(r, CMPCR, 1);
    rig_await(r, CMPCR, 0x100, 0x100, VB_US, VB_MS);
    rig_write(r, CMPCR, 0);
    rig_expect(r, CMPCR, 0);
    rig_end(r);
}

// The bridge repeats a half-word on both halves of the bus: an APB register takes the whole.
static void a_narrow_write_reaches_the_whole_register(void **state)
{
    (void)state;
    rig *r = with_clock();
    rig_write_part(r, EXTICR2, 1, 0x21);
    rig_expect(r, EXTICR2, 0x2121);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(moves_what_is_seen_at_0),
        rig_test(a_reset_brings_flash_back_to_0),
        rig_test(keeps_its_plain_registers),
        rig_test(a_narrow_write_reaches_the_whole_register),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
