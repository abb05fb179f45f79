// SPDX-License-Identifier: MIT
// The boot decision: every combination of mailbox, button and image, and what is seen and heard of
// it.
#include <string.h>

#include "bench_assert.h"
#include "bench_board.h"
#include "hf_mailbox.h"
#include "images.h"

typedef enum outcome { START, STAY, STAY_AND_SAY } outcome;

typedef struct situation {
    const char *name;
    uint32_t mailbox;
    bool button;
    outcome good, bad; // with an image that is valid, and with one that is not
} situation;

static const situation situations[] = {
    {"nothing special", 0, false, START, STAY_AND_SAY},
    {"button", 0, true, STAY, STAY},
    {"update requested", 0xDEADBEEFu, false, STAY, STAY},
    {"update requested, button", 0xDEADBEEFu, true, STAY, STAY},
    {"start requested", HF_REQUEST_START, false, START, STAY_AND_SAY},
    {"start requested, button", HF_REQUEST_START, true, START, STAY_AND_SAY},
    {"mailbox of somebody else", 0x32F2u, false, START, STAY_AND_SAY},
    {"mailbox of somebody else, button", 0x32F2u, true, STAY, STAY},
    {"one bit short of a request", 0xDEADBEEEu, false, START, STAY_AND_SAY},
};
#define SITUATIONS (sizeof situations / sizeof situations[0])

static const char invalid[] = "APP INVALID\r\n";

static void check_silent_until_first_nak(void)
{
    assert_int_equal(line_receive(10000), 0x1F);
    assert_in_range(board_ms(), 5000, 5050);
}

static void check_said_invalid(void)
{
    char said[sizeof invalid] = "";
    for (size_t i = 0; i < sizeof invalid - 1; i++) {
        said[i] = (char)line_receive(100);
    }
    assert_string_equal(said, invalid);
    check_silent_until_first_nak();
}

static void check_six_toggles(void)
{
    assert_int_equal(board.led_changes, 6);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(board.led[i].on, i % 2 == 0);
        assert_in_range(board.led[i].ms, (i + 1) * 100, (i + 1) * 100 + 3 * (i + 1));
    }
}

static void check_outcome(outcome expected)
{
    assert_int_equal(board.takes, 1);
    assert_int_equal(board.mailbox, 0);
    if (expected == START) {
        assert_int_equal(board.state, BOARD_STARTED);
        assert_int_equal(board.started_at, HF_APP_ADDRESS);
        assert_false(board.update_mode);
        assert_int_equal(line_receive(10000), -1);
        return;
    }
    assert_int_equal(board.state, BOARD_RUNNING);
    assert_true(board.update_mode);
    (expected == STAY_AND_SAY ? check_said_invalid : check_silent_until_first_nak)();
    check_six_toggles();
    assert_int_equal(board.erases + board.programs, 0);
}

static void decide(const situation *at, outcome expected)
{
    board.mailbox = at->mailbox;
    board.button = at->button;
    board_power_on();
    check_outcome(expected);
    board_power_off();
}

static void starts_or_stays_with_a_valid_image(void **state)
{
    (void)state;
    image good = image_make(320, 1);
    for (size_t i = 0; i < SITUATIONS; i++) {
        print_message("%s\n", situations[i].name);
        board_new();
        image_install(&good);
        decide(&situations[i], situations[i].good);
    }
}

static void stays_with_empty_flash(void **state)
{
    (void)state;
    for (size_t i = 0; i < SITUATIONS; i++) {
        board_new();
        decide(&situations[i], situations[i].bad);
        memset(board_flash(HF_APP_ADDRESS), 0, HF_APP_SIZE);
        decide(&situations[i], situations[i].bad);
    }
}

static void judges_every_malformed_image(void **state)
{
    (void)state;
    for (size_t m = 0; m < malformations_count; m++) {
        hf_err err = HF_LEVEL_CRC ? malformations[m].err : malformations[m].sanity_err;
        image bad = image_spoilt(&malformations[m]);
        print_message("%s\n", malformations[m].name);
        for (size_t i = 0; i < SITUATIONS; i++) {
            board_new();
            image_install(&bad);
            decide(&situations[i], err == HF_OK ? situations[i].good : situations[i].bad);
        }
    }
}

static void an_unreadable_slot_is_a_bad_image(void **state)
{
    (void)state;
    static const flash_operation reads[] = {FLASH_READ, FLASH_CRC};
    image good = image_make(320, 1);
    for (size_t i = 0; i < (HF_LEVEL_CRC ? 2 : 1); i++) {
        board_new();
        image_install(&good);
        board.fault = (flash_fault){reads[i], 0, UINT32_MAX, HF_E_RDERR};
        decide(&situations[0], STAY_AND_SAY);
    }
}

static void a_request_is_obeyed_once(void **state)
{
    (void)state;
    image good = image_make(320, 1);
    board_new();
    image_install(&good);
    decide(&situations[2], STAY);
    decide(&situations[0], START);
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
        cmocka_unit_test(starts_or_stays_with_a_valid_image),
        cmocka_unit_test(stays_with_empty_flash),
        cmocka_unit_test(judges_every_malformed_image),
        cmocka_unit_test(an_unreadable_slot_is_a_bad_image),
        cmocka_unit_test(a_request_is_obeyed_once),
    };
    return cmocka_run_group_tests(tests, NULL, leave_clean);
}
