// SPDX-License-Identifier: MIT
// The arithmetic that ties virtual to real time.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pace.h"

#define NS_PER_MS 1000000u

static void follows_the_speed(void **state)
{
    (void)state;
    cmd_pace pace = {.speed = 2};
    pace_anchor(&pace, 100 * NS_PER_MS, 7 * VB_MS);
    assert_int_equal(pace_due(&pace, 100 * NS_PER_MS, 7 * VB_MS), 7 * VB_MS);
    assert_int_equal(pace_due(&pace, 110 * NS_PER_MS, 7 * VB_MS), 27 * VB_MS);
    assert_int_equal(pace_until(&pace, 110 * NS_PER_MS, 27 * VB_MS), 0);
    assert_int_equal(pace_until(&pace, 110 * NS_PER_MS, 20 * VB_MS), 0);
    assert_int_equal(pace_until(&pace, 110 * NS_PER_MS, 47 * VB_MS), 10 * NS_PER_MS);
}

static void forgives_a_slow_host(void **state)
{
    (void)state;
    cmd_pace pace = {.speed = 1};
    pace_anchor(&pace, 0, 0);
    // A minute asleep: no more than the largest lag is to be made up for, and the rest never comes
    // back.
    uint64_t late = 60000ull * NS_PER_MS;
    assert_int_equal(pace_due(&pace, late, VB_MS), VB_MS + PACE_MAX_LAG_NS * (vb_time)1000);
    assert_int_equal(pace_due(&pace, late + NS_PER_MS, VB_MS + PACE_MAX_LAG_NS * (vb_time)1000),
                     2 * VB_MS + PACE_MAX_LAG_NS * (vb_time)1000);
}

static void keeps_its_precision(void **state)
{
    (void)state;
    cmd_pace pace = {.speed = 1};
    pace_anchor(&pace, 0, 0);
    // After a month the tie is still good to a microsecond.
    uint64_t month_ns = 30ull * 86400 * 1000 * NS_PER_MS;
    vb_time now = month_ns * 1000;
    assert_in_range(pace_due(&pace, month_ns + NS_PER_MS, now), now + VB_MS - VB_US,
                    now + VB_MS + VB_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_speed),
        cmocka_unit_test(forgives_a_slow_host),
        cmocka_unit_test(keeps_its_precision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
