// SPDX-License-Identifier: MIT
// What DFU does to flash: where it may, in which order, and how it tells what went wrong.
#include <string.h>

#include "bench_assert.h"
#include "bench_board.h"
#include "bench_usb.h"
#include "images.h"

#define SLOT_END (HF_APP_ADDRESS + HF_APP_SIZE)

static uint8_t noise[3 * HF_DFU_TRANSFER_SIZE];

static void expect_error(dfu_status status, hf_dfu_status why)
{
    assert_int_equal(status.state, HF_DFU_ERROR);
    assert_int_equal(status.status, why);
    dfu_status again;
    assert_int_equal(dfu_get_status(&again), USB_DONE);
    assert_int_equal(again.status, why); // until it is cleared
    assert_int_equal(dfu_request(HF_DFU_CLRSTATUS, 0, NULL, 0, NULL), USB_DONE);
    assert_int_equal(dfu_get_status(&again), USB_DONE);
    assert_int_equal(again.state, HF_DFU_IDLE);
}

static const uint32_t outside[] = {0,           0x08000000,   HF_BOOT_ADDRESS + 0x3FFF, HF_BOOT_DATA_ADDRESS, HF_APP_ADDRESS - 1,
                                   SLOT_END,    0x1FFFC000,   0x20000000,               0x40023C14,           0xE000ED08,
                                   0xFFFFFFFF,  0x1FFF7A10};

static void addresses_outside_the_slot_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        expect_error(dfu_command(HF_DFUSE_SET_ADDRESS, outside[i]), HF_DFU_ERR_ADDRESS);
        expect_error(dfu_command(HF_DFUSE_ERASE, outside[i]), HF_DFU_ERR_ADDRESS);
    }
    assert_int_equal(board.erases + board.programs, 0);
}

static void blocks_beyond_the_slot_are_refused(void **state)
{
    (void)state;
    assert_int_equal(dfu_command(HF_DFUSE_SET_ADDRESS, SLOT_END - 64).state, HF_DFU_DNLOAD_IDLE);
    assert_int_equal(dfu_download(2, noise, 68), USB_DONE);
    expect_error(dfu_settle(), HF_DFU_ERR_ADDRESS);
    assert_int_equal(dfu_command(HF_DFUSE_SET_ADDRESS, SLOT_END - 64).state, HF_DFU_DNLOAD_IDLE);
    assert_int_equal(dfu_download(3, noise, 4), USB_DONE);
    expect_error(dfu_settle(), HF_DFU_ERR_ADDRESS);
    assert_int_equal(dfu_command(HF_DFUSE_SET_ADDRESS, HF_APP_ADDRESS).state, HF_DFU_DNLOAD_IDLE);
    assert_int_equal(dfu_download(0xFFFF, noise, 4), USB_DONE);
    expect_error(dfu_settle(), HF_DFU_ERR_ADDRESS);
    assert_int_equal(dfu_command(HF_DFUSE_SET_ADDRESS, HF_APP_ADDRESS + 2).state, HF_DFU_DNLOAD_IDLE);
    assert_int_equal(dfu_download(2, noise, 4), USB_DONE);
    expect_error(dfu_settle(), HF_DFU_ERR_ADDRESS); // not aligned
    assert_int_equal(dfu_download(1, noise, 4), USB_DONE);
    expect_error(dfu_settle(), HF_DFU_ERR_STALLEDPKT); // DfuSe has no block 1
    assert_int_equal(board.programs, 0);
}

static void commands_that_are_none(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[6];
        uint16_t size;
        hf_dfu_status why;
    } commands[] = {
        {{0x92}, 1, HF_DFU_ERR_VENDOR}, // read unprotect
        {{0x21}, 1, HF_DFU_ERR_STALLEDPKT},
        {{0x21, 0, 0, 1}, 4, HF_DFU_ERR_STALLEDPKT},
        {{0x21, 0, 0, 1, 8, 0}, 6, HF_DFU_ERR_STALLEDPKT},
        {{0x41, 0, 0, 1}, 4, HF_DFU_ERR_STALLEDPKT},
        {{0x92, 0, 0, 1, 8}, 5, HF_DFU_ERR_STALLEDPKT},
        {{0x00, 0, 0, 1, 8}, 5, HF_DFU_ERR_STALLEDPKT},
        {{0x42}, 1, HF_DFU_ERR_STALLEDPKT},
        {{0xFF, 0, 0, 1, 8}, 5, HF_DFU_ERR_STALLEDPKT},
    };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        assert_int_equal(dfu_download(0, commands[i].bytes, commands[i].size), USB_DONE);
        expect_error(dfu_settle(), commands[i].why);
    }
    assert_int_equal(board.erases + board.programs, 0);
}

static void an_address_erases_its_sector(void **state)
{
    (void)state;
    memset(board_flash(HF_APP_ADDRESS), 0x11, HF_APP_SIZE);
    assert_int_equal(dfu_command(HF_DFUSE_ERASE, 0x0803FFFF).state, HF_DFU_DNLOAD_IDLE);
    assert_int_equal(board.erases, 1);
    assert_int_equal(board.erased[0], 0x08020000);
    assert_int_equal(*board_flash(0x0801FFFF), 0x11);
    assert_int_equal(*board_flash(0x08040000), 0x11);
}

static void mass_erase_is_the_slot(void **state)
{
    (void)state;
    const uint8_t command = HF_DFUSE_ERASE;
    dfu_status status;
    uint32_t begin = board_ms();
    assert_int_equal(dfu_download(0, &command, 1), USB_DONE);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    assert_int_equal(status.state, HF_DFU_DNBUSY);
    assert_int_equal(status.poll_ms, 550 + 7 * 1000); // the data sheet's typical times
    board_run(status.poll_ms - (board_ms() - begin));
    assert_int_equal(dfu_settle().state, HF_DFU_DNLOAD_IDLE);
    assert_in_range(board_ms() - begin, 7550, 7560);
    assert_int_equal(board.erases, 8);
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(board.erased[i], i == 0 ? 0x08010000u : 0x08000000u + i * 0x20000u);
    }
}

static void poll_timeouts_are_the_times_of_the_flash(void **state)
{
    (void)state;
    static const uint8_t erase_4[] = {0x41, 0, 0, 1, 8}, erase_5[] = {0x41, 0, 0, 2, 8};
    dfu_status status;
    assert_int_equal(dfu_download(0, erase_4, 5), USB_DONE);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    assert_int_equal(status.poll_ms, 550);
    board_run(status.poll_ms + 1);
    assert_int_equal(dfu_settle().state, HF_DFU_DNLOAD_IDLE);
    assert_int_equal(dfu_download(0, erase_5, 5), USB_DONE);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    assert_int_equal(status.poll_ms, 1000);
    board_run(status.poll_ms + 1);
    assert_int_equal(dfu_settle().state, HF_DFU_DNLOAD_IDLE);
    assert_int_equal(dfu_download(2, noise, 1000), USB_DONE);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    assert_int_equal(status.state, HF_DFU_DNBUSY);
    assert_int_equal(status.poll_ms, 250 * 16 / 1000 + 1);
}

// The erase begins when the host has been told to wait, and not while it reads that.
static void nothing_is_erased_inside_a_transfer(void **state)
{
    (void)state;
    static const uint8_t erase[] = {0x41, 0, 0, 1, 8};
    dfu_status status;
    assert_int_equal(dfu_download(0, erase, 5), USB_DONE);
    board_run(3000);
    assert_int_equal(board.erases, 0); // nobody has asked yet
    usb_cut_after(2);
    assert_int_equal(dfu_get_status(&status), USB_CUT); // SETUP and data, no status stage
    usb_cut_after(USB_ALL);
    board_run(3000);
    assert_int_equal(board.erases, 0);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    assert_int_equal(status.state, HF_DFU_DNBUSY);
    board_run(600);
    assert_int_equal(board.erases, 1);
}

static void data_arrive_where_they_belong(void **state)
{
    (void)state;
    assert_int_equal(dfu_command(HF_DFUSE_SET_ADDRESS, 0x08030000).status, HF_DFU_OK);
    for (uint16_t number = 2; number < 5; number++) {
        const uint8_t *piece = noise + (number - 2) * HF_DFU_TRANSFER_SIZE;
        assert_int_equal(dfu_download(number, piece, HF_DFU_TRANSFER_SIZE), USB_DONE);
        assert_int_equal(dfu_settle().status, HF_DFU_OK);
    }
    assert_int_equal(dfu_request(HF_DFU_ABORT, 0, NULL, 0, NULL), USB_DONE);
    assert_memory_equal(board_flash(0x08030000), noise, sizeof noise);
    static uint8_t back[sizeof noise];
    for (uint16_t number = 2; number < 5; number++) {
        size_t actual;
        assert_int_equal(dfu_request(HF_DFU_UPLOAD, number, back + (number - 2) * HF_DFU_TRANSFER_SIZE,
                                     HF_DFU_TRANSFER_SIZE, &actual),
                         USB_DONE);
        assert_int_equal(actual, HF_DFU_TRANSFER_SIZE);
    }
    assert_memory_equal(back, noise, sizeof noise);
}

// A host may think for longer than a silence lasts.
static void an_address_outlasts_a_silence(void **state)
{
    (void)state;
    assert_int_equal(dfu_command(HF_DFUSE_SET_ADDRESS, HF_APP_ADDRESS + 0x20000).status, HF_DFU_OK);
    board_run(31000);
    assert_int_equal(dfu_download(2, noise, 64), USB_DONE);
    assert_int_equal(dfu_settle().status, HF_DFU_OK);
    assert_memory_equal(board_flash(HF_APP_ADDRESS + 0x20000), noise, 64);
    assert_int_equal(*board_flash(HF_APP_ADDRESS), 0xFF);
}

static void a_file_may_end_anywhere(void **state)
{
    (void)state;
    for (uint32_t size = 1; size < 9; size++) {
        uint32_t address = HF_APP_ADDRESS + size * 0x100;
        assert_int_equal(dfu_write(address, noise, size).status, HF_DFU_OK);
        assert_memory_equal(board_flash(address), noise, size);
        assert_int_equal(*board_flash(address + size), 0xFF);
    }
}

static void an_upload_ends_with_the_slot(void **state)
{
    (void)state;
    size_t actual;
    assert_int_equal(dfu_command(HF_DFUSE_SET_ADDRESS, SLOT_END - 100).status, HF_DFU_OK);
    assert_int_equal(dfu_request(HF_DFU_ABORT, 0, NULL, 0, NULL), USB_DONE);
    assert_int_equal(dfu_request(HF_DFU_UPLOAD, 2, noise, HF_DFU_TRANSFER_SIZE, &actual), USB_DONE);
    assert_int_equal(actual, 100);
    assert_int_equal(dfu_state(), HF_DFU_IDLE); // a short block is the last one
    assert_int_equal(dfu_request(HF_DFU_UPLOAD, 3, noise, HF_DFU_TRANSFER_SIZE, &actual), USB_STALLED);
    dfu_status status;
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    expect_error(status, HF_DFU_ERR_ADDRESS);
}

static void the_list_of_commands(void **state)
{
    (void)state;
    static const uint8_t get_commands[] = {0}, expected[] = {0x00, 0x21, 0x41};
    uint8_t got[64];
    size_t actual;
    dfu_status status;
    assert_int_equal(dfu_download(0, get_commands, 1), USB_DONE);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    assert_int_equal(status.state, HF_DFU_DNBUSY);
    assert_int_equal(dfu_settle().state, HF_DFU_DNLOAD_IDLE);
    assert_int_equal(dfu_request(HF_DFU_ABORT, 0, NULL, 0, NULL), USB_DONE);
    assert_int_equal(dfu_request(HF_DFU_UPLOAD, 0, got, sizeof got, &actual), USB_DONE);
    assert_int_equal(actual, sizeof expected);
    assert_memory_equal(got, expected, sizeof expected);
}

static void the_next_block_comes_while_one_is_programmed(void **state)
{
    (void)state;
    dfu_status status;
    assert_int_equal(dfu_command(HF_DFUSE_SET_ADDRESS, HF_APP_ADDRESS).status, HF_DFU_OK);
    assert_int_equal(dfu_download(2, noise, HF_DFU_TRANSFER_SIZE), USB_DONE);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    assert_int_equal(status.state, HF_DFU_DNLOAD_IDLE); // 8 ms before it is in flash
    assert_int_equal(*board_flash(HF_APP_ADDRESS + HF_DFU_TRANSFER_SIZE - 1), 0xFF);
    // dfu-util sets the address before each block: that waits for nothing.
    uint32_t begin = board_ms();
    assert_int_equal(dfu_command(HF_DFUSE_SET_ADDRESS, HF_APP_ADDRESS + HF_DFU_TRANSFER_SIZE).status, HF_DFU_OK);
    assert_in_range(board_ms() - begin, 0, 3);
    assert_int_equal(dfu_download(2, noise, HF_DFU_TRANSFER_SIZE), USB_DONE);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    assert_int_equal(status.state, HF_DFU_DNBUSY); // now both blocks are full
    assert_in_range(status.poll_ms, 1, 8);
    assert_int_equal(dfu_settle().status, HF_DFU_OK);
    assert_int_equal(dfu_request(HF_DFU_ABORT, 0, NULL, 0, NULL), USB_DONE); // waits for the last of it
    assert_memory_equal(board_flash(HF_APP_ADDRESS + HF_DFU_TRANSFER_SIZE), noise, HF_DFU_TRANSFER_SIZE);
}

// -- when flash fails -------------------------------------------------------------------------------------------------

static const struct {
    hf_err err;
    hf_dfu_status erase, program;
} failures[] = {
    {HF_E_WRPERR, HF_DFU_ERR_WRITE, HF_DFU_ERR_WRITE},
    {HF_E_VERIFY, HF_DFU_ERR_VERIFY, HF_DFU_ERR_VERIFY},
    {HF_E_OPERR, HF_DFU_ERR_ERASE, HF_DFU_ERR_PROG},
    {HF_E_TIMEOUT, HF_DFU_ERR_ERASE, HF_DFU_ERR_PROG},
    {HF_E_NOT_ERASED, HF_DFU_ERR_ERASE, HF_DFU_ERR_PROG},
};

static void a_failing_erase(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        board.fault = (flash_fault){FLASH_ERASE, 0, 1, failures[i].err};
        expect_error(dfu_command(HF_DFUSE_ERASE, HF_APP_ADDRESS), failures[i].erase);
    }
    const uint8_t mass_erase = HF_DFUSE_ERASE;
    board.erases = 0;
    board.fault = (flash_fault){FLASH_ERASE, 2, 1, HF_E_OPERR};
    assert_int_equal(dfu_download(0, &mass_erase, 1), USB_DONE);
    expect_error(dfu_settle(), HF_DFU_ERR_ERASE);
    assert_int_equal(board.erases, 3); // not a sector after the one that failed
}

static void a_failing_program_is_told_at_once_for_a_last_block(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        assert_int_equal(dfu_command(HF_DFUSE_ERASE, HF_APP_ADDRESS).status, HF_DFU_OK);
        board.fault = (flash_fault){FLASH_PROGRAM, 1, 1, failures[i].err};
        assert_int_equal(dfu_download(2, noise, 100), USB_DONE);
        expect_error(dfu_settle(), failures[i].program);
    }
}

static void a_failing_program_is_told_before_anything_else_is_taken(void **state)
{
    (void)state;
    dfu_status status;
    board.fault = (flash_fault){FLASH_PROGRAM, 1, 1, HF_E_OPERR};
    assert_int_equal(dfu_command(HF_DFUSE_SET_ADDRESS, HF_APP_ADDRESS).status, HF_DFU_OK);
    assert_int_equal(dfu_download(2, noise, HF_DFU_TRANSFER_SIZE), USB_DONE);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    board_run(10);
    assert_int_equal(dfu_download(3, noise, HF_DFU_TRANSFER_SIZE), USB_STALLED);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    expect_error(status, HF_DFU_ERR_PROG);
}

static void a_failing_read(void **state)
{
    (void)state;
    board.fault = (flash_fault){FLASH_READ, 0, 1, HF_E_OPERR};
    assert_int_equal(dfu_request(HF_DFU_UPLOAD, 2, noise, HF_DFU_TRANSFER_SIZE, NULL), USB_STALLED);
    dfu_status status;
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    expect_error(status, HF_DFU_ERR_VENDOR);
}

static int power_on(void **state)
{
    (void)state;
    board_new();
    board.led_blinks_on = true;
    for (size_t i = 0; i < sizeof noise; i++) {
        noise[i] = (uint8_t)(i * 7 + i / 251);
    }
    board_power_on_into_update_mode();
    usb_plug();
    return 0;
}

static int leave_clean(void **state)
{
    (void)state;
    board_new();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, power_on)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(addresses_outside_the_slot_are_refused),
        TEST(blocks_beyond_the_slot_are_refused),
        TEST(commands_that_are_none),
        TEST(an_address_erases_its_sector),
        TEST(mass_erase_is_the_slot),
        TEST(poll_timeouts_are_the_times_of_the_flash),
        TEST(nothing_is_erased_inside_a_transfer),
        TEST(data_arrive_where_they_belong),
        TEST(an_address_outlasts_a_silence), TEST(a_file_may_end_anywhere),
        TEST(an_upload_ends_with_the_slot),
        TEST(the_list_of_commands),
        TEST(the_next_block_comes_while_one_is_programmed),
        TEST(a_failing_erase),
        TEST(a_failing_program_is_told_at_once_for_a_last_block),
        TEST(a_failing_program_is_told_before_anything_else_is_taken),
        TEST(a_failing_read),
    };
    return cmocka_run_group_tests(tests, NULL, leave_clean);
}
