// SPDX-License-Identifier: MIT
// Flash that fails: each error of each operation ends in one NAK, and the session goes on.
#include "bench_assert.h"
#include "classic_host.h"
#include "images.h"

static image new_image;

static const hf_err errors[] = {
    HF_E_LOCKED, HF_E_PGSERR, HF_E_PGPERR,  HF_E_PGAERR,     HF_E_WRPERR,
    HF_E_RDERR,  HF_E_OPERR,  HF_E_TIMEOUT, HF_E_NOT_ERASED, HF_E_VERIFY,
};
#define ERRORS (sizeof errors / sizeof errors[0])

static void fresh_board(void)
{
    board_new();
    board_power_on_into_update_mode();
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
}

static void check_nothing_more_is_said(void)
{
    uint8_t said[8];
    assert_int_equal(line_receive_all(said, sizeof said, 1500), 0);
}

static void check_session_goes_on(void)
{
    assert_true(host_update(new_image.bytes, new_image.size));
    assert_true(host_finds(new_image.bytes, new_image.size));
}

static void erase_fails_in_each_sector(void **state)
{
    (void)state;
    for (size_t e = 0; e < ERRORS; e++) {
        for (uint32_t sector = 0; sector < 8; sector++) {
            fresh_board();
            board.fault = (flash_fault){FLASH_ERASE, sector, 1, errors[e]};
            assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), NAK);
            check_nothing_more_is_said();
            assert_int_equal(board.erases, sector + 1); // the rest is left alone
            assert_int_equal(host_data(new_image.bytes, new_image.size, 0),
                             NAK); // not erased: no frame is welcome
            assert_int_equal(board.programs, 0);
            check_session_goes_on();
        }
    }
}

static void a_failing_erase_in_a_transfer_ends_it(void **state)
{
    (void)state;
    fresh_board();
    assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), ACK);
    assert_int_equal(host_data(new_image.bytes, new_image.size, 0), ACK);
    board.fault = (flash_fault){FLASH_ERASE, 3, 1, HF_E_OPERR};
    assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), NAK);
    assert_int_equal(host_data(new_image.bytes, new_image.size, 1), NAK);
    assert_int_equal(board.programs, 1);
    check_session_goes_on();
}

static void program_fails_once_in_each_frame(void **state)
{
    (void)state;
    for (size_t e = 0; e < ERRORS; e++) {
        for (uint32_t frame = 0; frame < host_frames(new_image.size); frame++) {
            fresh_board();
            board.fault = (flash_fault){FLASH_PROGRAM, frame, 1, errors[e]};
            check_session_goes_on(); // the frame is sent again
            assert_int_equal(board.programs, host_frames(new_image.size) + 1);
        }
    }
}

static void program_that_keeps_failing_ends_in_nak_each_time(void **state)
{
    (void)state;
    fresh_board();
    assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), ACK);
    board.fault = (flash_fault){FLASH_PROGRAM, 0, 10, HF_E_WRPERR};
    for (unsigned i = 0; i < 10; i++) {
        assert_int_equal(host_data(new_image.bytes, new_image.size, 0), NAK);
        check_nothing_more_is_said();
    }
    assert_int_equal(host_verify(host_padded_crc(new_image.bytes, PAYLOAD_BYTES)),
                     NAK); // nothing counts as written
    check_session_goes_on();
}

static void flash_that_cannot_be_read_is_not_verified(void **state)
{
    (void)state;
    fresh_board();
    check_session_goes_on();
    board.fault = (flash_fault){FLASH_CRC, 0, 1, HF_E_RDERR};
    assert_int_equal(host_verify(host_padded_crc(new_image.bytes, new_image.size)), NAK);
    assert_int_equal(host_verify(host_padded_crc(new_image.bytes, new_image.size)), ACK);
}

static void flash_that_cannot_be_read_is_not_started(void **state)
{
    (void)state;
    fresh_board();
    check_session_goes_on();
    board.fault = (flash_fault){FLASH_READ, 0, 1, HF_E_RDERR};
    assert_int_equal(host_ask_byte(BOOT, PATIENCE_MS), NAK);
    board_run(100);
    assert_int_equal(board.state, BOARD_RUNNING);
    assert_int_equal(host_ask_byte(BOOT, PATIENCE_MS), ACK);
}

static int make_image(void **state)
{
    (void)state;
    new_image = image_make(320, 2);
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
        cmocka_unit_test(erase_fails_in_each_sector),
        cmocka_unit_test(a_failing_erase_in_a_transfer_ends_it),
        cmocka_unit_test(program_fails_once_in_each_frame),
        cmocka_unit_test(program_that_keeps_failing_ends_in_nak_each_time),
        cmocka_unit_test(flash_that_cannot_be_read_is_not_verified),
        cmocka_unit_test(flash_that_cannot_be_read_is_not_started),
    };
    return cmocka_run_group_tests(tests, make_image, leave_clean);
}
