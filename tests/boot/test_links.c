// SPDX-License-Identifier: MIT
// Two links at once: both are served, one of them owns the board. The test is the second link.
#include <string.h>

#include "bench_assert.h"
#include "boot.h"
#include "classic_host.h"
#include "hf_mailbox.h"
#include "images.h"

static image new_image;

static struct {
    hf_reason reason;
    uint32_t opens, polls, forgets;
    bool want_session, has_session; // asked for at the next poll, and what came of it
    bool leave;
} probe;

extern const struct hf_link hf_probe;

static void open(hf_reason reason)
{
    probe.reason = reason;
    probe.opens++;
}

// Calls into the core as a link would; looked up anew, as the core is loaded anew at each power-on.
static void poll(void)
{
    probe.polls++;
    if (probe.want_session) {
        bool (*begin)(const struct hf_link *);
        *(void **)&begin = board_function("hf_session_begin");
        probe.want_session = false;
        probe.has_session = begin(&hf_probe);
        void (*activity)(const struct hf_link *);
        *(void **)&activity = board_function("hf_activity");
        activity(&hf_probe);
    }
    if (probe.leave) {
        void (*leave_update_mode)(void);
        *(void **)&leave_update_mode = board_function("hf_leave_update_mode");
        leave_update_mode();
    }
}

static void forget(void)
{
    void (*end)(const struct hf_link *);
    *(void **)&end = board_function("hf_session_end");
    probe.forgets++;
    end(&hf_probe);
}

const struct hf_link hf_probe = {open, poll, forget};

static bool probe_gets_session(void)
{
    probe.want_session = true;
    board_run(10);
    assert_false(probe.want_session);
    return probe.has_session;
}

static void every_link_is_told_why(void **state)
{
    (void)state;
    assert_int_equal(probe.opens, 1);
    assert_int_equal(probe.reason, HF_REASON_BUTTON);
    board_power_on();
    board_run(10); // the line says so first
    assert_int_equal(probe.opens, 2);
    assert_int_equal(probe.reason, HF_REASON_BAD_IMAGE);
    board.mailbox = HF_REQUEST_UPDATE;
    board_power_on();
    assert_int_equal(probe.reason, HF_REASON_REQUEST);
}

static void a_link_is_served_while_the_other_waits_inside_a_frame(void **state)
{
    (void)state;
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    line_send("\xDA half a frame", 10);
    uint32_t polls = probe.polls;
    board_run(1000);
    assert_true(probe.polls - polls > 500);
}

static void the_first_to_begin_owns_the_board(void **state)
{
    (void)state;
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    assert_false(probe_gets_session());
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK); // who owns it may begin anew
    assert_true(host_update(new_image.bytes, new_image.size));
    assert_false(probe_gets_session());
}

static void the_line_is_refused_while_another_link_owns_the_board(void **state)
{
    (void)state;
    assert_true(probe_gets_session());
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), NAK);
    assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), NAK);
    assert_int_equal(host_data(new_image.bytes, new_image.size, 0), NAK);
    assert_int_equal(host_ask_byte(BOOT, PATIENCE_MS), NAK);
    assert_int_equal(board.erases + board.programs, 0);
}

static void silence_frees_the_board_for_either(void **state)
{
    (void)state;
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    board_run(31000);
    assert_int_equal(probe.forgets, 1);
    assert_true(probe_gets_session());
    board_run(31000);
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
}

// A host that knocks at the other link, again and again, does not keep a session alive whose host is gone.
static void a_dead_session_locks_nobody_out(void **state)
{
    (void)state;
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    for (unsigned knocks = 0; knocks < 3; knocks++) {
        board_run(9000);
        assert_false(probe_gets_session());
    }
    board_run(4000);
    assert_true(probe_gets_session());
    for (unsigned knocks = 0; knocks < 14; knocks++) {
        board_run(2000);
        assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), NAK);
    }
    board_run(3000);
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    assert_true(host_update(new_image.bytes, new_image.size));
}

static void a_link_may_leave_for_the_application(void **state)
{
    (void)state;
    probe.leave = true;
    board_run(10);
    assert_int_equal(board.state, BOARD_RESET);
    assert_int_equal(board.mailbox, HF_REQUEST_START);
}

static int power_on(void **state)
{
    (void)state;
    board_new();
    memset(&probe, 0, sizeof probe);
    new_image = image_make(320, 2);
    board_power_on_into_update_mode();
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_link_is_told_why, power_on),
        cmocka_unit_test_setup(a_link_is_served_while_the_other_waits_inside_a_frame, power_on),
        cmocka_unit_test_setup(the_first_to_begin_owns_the_board, power_on),
        cmocka_unit_test_setup(the_line_is_refused_while_another_link_owns_the_board, power_on),
        cmocka_unit_test_setup(silence_frees_the_board_for_either, power_on),
        cmocka_unit_test_setup(a_dead_session_locks_nobody_out, power_on),
        cmocka_unit_test_setup(a_link_may_leave_for_the_application, power_on),
    };
    return cmocka_run_group_tests(tests, NULL, leave_clean);
}
