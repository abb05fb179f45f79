// SPDX-License-Identifier: MIT
// An image whose trial failed, or that has not had one, is never taken for one that proved itself: not when a host begins
// to send another one and dies, not when that one is bad or fails too, not when the application is damaged, and not when
// power fails in any of that.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cut.h"
#include "flash.h"
#include "hf_mailbox.h"
#include "machine.h"
#include "scenario.h"

#define OVERWRITE HF_OVERWRITE_TRIAL
#define SWAP      HF_SWAP_TRIAL

static unsigned proven; // a bit for each version that proved itself

static const image *v(unsigned version)
{
    return image_of_version(version);
}

static bool runs(unsigned version)
{
    return flash_holds(m.core->app, v(version)->bytes, v(version)->size);
}

static void expect_starts(unsigned version)
{
    assert_int_equal(machine_reset(), ENDED_STARTED);
    assert_true(runs(version));
}

static void enter_update_mode(void)
{
    m.button = true;
    assert_int_equal(machine_reset(), ENDED_UPDATE_MODE);
    m.button = false;
}

static void send(unsigned version)
{
    (void)machine_receive(v(version)->bytes, v(version)->size);
}

static void send_half(unsigned version)
{
    (void)machine_receive(v(version)->bytes, v(version)->size / 2);
}

static void update(unsigned version)
{
    enter_update_mode();
    send(version);
    machine_leave_update_mode();
    expect_starts(version);
    assert_int_equal(m.core->state(), HF_STATE_TRIED);
}

static void damage_application(void)
{
    uint8_t zeros[32] = {0};
    (void)flash_program_unit(m.core->app, zeros);
    flash_forget_misuse();
}

static void begin(const char *module)
{
    machine_load(module);
    flash_new(m.core, 1);
    images_make();
    proven = 1u << 1;
    for (uint32_t at = 0; at < v(1)->size; at += m.core->unit) {
        (void)flash_program_unit(m.core->app + at, v(1)->bytes + at);
    }
    expect_starts(1);
}

// -- the judge --------------------------------------------------------------------------------------------------------

// Left alone, or asked to start what is there.
static void expect_nothing_unproven_is_accepted(const char *when)
{
    for (unsigned i = 0; i < 6; i++) {
        m.mailbox = i % 2 == 1 ? HF_REQUEST_START : 0;
        ending how = machine_reset();
        bool accepted = how == ENDED_STARTED && m.core->state() != HF_STATE_TRIED;
        for (unsigned version = 2; accepted && version <= 3; version++) {
            if (runs(version) && (proven & 1u << version) == 0) {
                fail_msg("%s: version %u is started as if it had proved itself", when, version);
            }
        }
    }
}

static void judge(const char *when)
{
    char then[160];
    flash_push();
    expect_nothing_unproven_is_accepted(when);
    flash_pop();
    snprintf(then, sizeof then, "%s, then a host begins and dies", when);
    enter_update_mode();
    send_half(3);
    expect_nothing_unproven_is_accepted(then);
}

// -- cuts -------------------------------------------------------------------------------------------------------------

// The supply fails in every flash operation of what happens, in two ways of each.
static void judge_cuts(const char *what, void (*act)(void))
{
    uint64_t nth = 1;
    for (bool fired = true; fired; nth++) {
        for (unsigned again = 0; again < CUT_WAYS && fired; again += CUT_WAYS / 2) {
            char when[120];
            unsigned way = (unsigned)(nth + again) % CUT_WAYS;
            snprintf(when, sizeof when, "%s, cut in operation %llu, way %u", what, (unsigned long long)nth, way);
            flash_push();
            fired = cut_in(act, nth, way);
            judge(when);
            flash_pop();
        }
    }
    assert_true(nth > 10); // it was cut
}

// -- what happens -----------------------------------------------------------------------------------------------------

static void second_fails(void)
{
    update(2);
    (void)machine_reset(); // the trial ends
}

static void somebody_sends_half(void)
{
    enter_update_mode();
    send_half(3);
}

static void third_is_installed(void)
{
    enter_update_mode();
    send(3);
    machine_leave_update_mode();
    (void)machine_reset();
}

static void third_fails(void)
{
    third_is_installed();
    (void)machine_reset();
}

static void third_arrives_damaged(void)
{
    enter_update_mode();
    send_half(3);
    machine_leave_update_mode();
    (void)machine_reset();
}

static void reset(void)
{
    (void)machine_reset();
}

// As if power had failed between the last step and the first start: the host found update mode then.
static bool second_waits_for_its_trial(void)
{
    for (uint64_t nth = 1;; nth++) {
        flash_push();
        enter_update_mode();
        send(2);
        machine_leave_update_mode();
        bool fired = cut_in(reset, nth, 0);
        enter_update_mode();
        if (m.core->state() == HF_STATE_TRIAL) {
            return true; // what was pushed stays below
        }
        flash_pop();
        if (!fired) {
            return false;
        }
    }
}

static void with_a_rejected_image(void **state)
{
    (void)state;
    begin(OVERWRITE);
    second_fails();
    assert_int_equal(m.core->state(), HF_STATE_REJECTED);
    judge("rejected");
    judge_cuts("somebody sends half of another", somebody_sends_half);
    judge_cuts("another is installed", third_is_installed);
    judge_cuts("another arrives damaged", third_arrives_damaged);
    judge_cuts("another fails too", third_fails);
}

static void with_an_image_that_waits_for_its_trial(const char *module)
{
    begin(module);
    assert_true(second_waits_for_its_trial());
    judge("waiting for its trial");
    judge_cuts("somebody sends half of another", somebody_sends_half);
    judge_cuts("another fails", third_fails);
}

static void waiting_with_overwrite(void **state)
{
    (void)state;
    with_an_image_that_waits_for_its_trial(OVERWRITE);
}

static void waiting_with_swap(void **state)
{
    (void)state;
    with_an_image_that_waits_for_its_trial(SWAP);
}

// The way back of the third leads to the second, which is no way back.
static void what_a_failed_image_replaced_had_failed_too(void **state)
{
    (void)state;
    begin(SWAP);
    assert_true(second_waits_for_its_trial());
    send_half(3); // which costs the first
    expect_starts(2);
    assert_int_equal(machine_reset(), ENDED_UPDATE_MODE);
    assert_int_equal(m.core->state(), HF_STATE_REJECTED);
    third_fails();
    judge("the third has failed");
    judge_cuts("the third fails once more", third_fails);
    update(3);
    assert_true(machine_confirm());
    proven |= 1u << 3;
    damage_application();
    judge("the third is damaged");
}

static void does_not_come_back_by_itself(const char *module)
{
    begin(module);
    second_fails();
    damage_application();
    for (unsigned i = 0; i < 4; i++) {
        m.mailbox = i % 2 == 1 ? HF_REQUEST_START : 0;
        assert_int_equal(machine_reset(), ENDED_UPDATE_MODE);
    }
    update(3); // and the board is as good as before
    assert_true(machine_confirm());
    expect_starts(3);
}

static void damaged_with_overwrite(void **state)
{
    (void)state;
    does_not_come_back_by_itself(OVERWRITE);
}

static void damaged_with_swap(void **state)
{
    (void)state;
    does_not_come_back_by_itself(SWAP);
}

// For somebody who asks: a trial like the first, and it may succeed.
static void may_be_asked_for(void **state)
{
    (void)state;
    begin(OVERWRITE);
    second_fails();
    enter_update_mode();
    send_half(3);
    m.mailbox = HF_REQUEST_START;
    expect_starts(2);
    assert_int_equal(m.core->state(), HF_STATE_TRIED);
    assert_true(machine_confirm());
    expect_starts(2);
    assert_int_equal(m.core->state(), HF_STATE_IDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_a_rejected_image),
        cmocka_unit_test(waiting_with_overwrite),
        cmocka_unit_test(waiting_with_swap),
        cmocka_unit_test(what_a_failed_image_replaced_had_failed_too),
        cmocka_unit_test(damaged_with_overwrite),
        cmocka_unit_test(damaged_with_swap),
        cmocka_unit_test(may_be_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
