// SPDX-License-Identifier: MIT
// DBGMCU: identity from the chip file, freeze bits that outlive a system reset.
#include "rig.h"

enum { CR = 4, APB1FZ = 8, APB2FZ = 12 };

static void tells_the_chip(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_expect(r, RIG_DBGMCU, 0x10070413);
    assert_int_equal(rig_read_part(r, RIG_DBGMCU, 2), 0x0413);
    assert_int_equal(rig_read_part(r, RIG_DBGMCU + 2, 2), 0x1007);
    rig_write(r, RIG_DBGMCU, 0);
    rig_expect(r, RIG_DBGMCU, 0x10070413);
    rig_end(r);
}

static void freeze_bits_outlive_a_system_reset(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_write(r, RIG_DBGMCU + CR, 0xFFFFFFFF);
    rig_write(r, RIG_DBGMCU + APB1FZ, 1u << 12);
    vb_reset_pin(r->board);
    rig_settle(r);
    rig_expect(r, RIG_DBGMCU + CR, 0xE7);
    rig_expect(r, RIG_DBGMCU + APB1FZ, 1u << 12);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(tells_the_chip),
        rig_test(freeze_bits_outlive_a_system_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
