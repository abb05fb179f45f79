// SPDX-License-Identifier: MIT
// Ways out of DFU: leave, detach, silence, and what is started then.
#include <string.h>

#include "bench_assert.h"
#include "bench_board.h"
#include "bench_usb.h"
#include "hf_mailbox.h"
#include "images.h"

static image good, other;

static void expect_started(void)
{
    assert_int_equal(board.state, BOARD_RESET);
    assert_int_equal(board.mailbox, HF_REQUEST_START);
    board_power_on();
    assert_int_equal(board.state, BOARD_STARTED);
    assert_int_equal(board.started_at, HF_APP_ADDRESS);
}

static void an_update_is_started(void **state)
{
    (void)state;
    assert_int_equal(dfu_update(other.bytes, other.size).state, HF_DFU_IDLE);
    assert_int_equal(dfu_command(HF_DFUSE_SET_ADDRESS, HF_APP_ADDRESS).status, HF_DFU_OK);
    assert_int_equal(dfu_leave(), USB_DONE);
    assert_int_equal(board.state, BOARD_RUNNING); // the host has read the status
    board_run(40);
    assert_true(usb_attached());
    board_run(40);
    assert_false(usb_attached());
    expect_started();
    assert_memory_equal(board_flash(HF_APP_ADDRESS), other.bytes, other.size);
}

// dfu-util with a .dfu file sends no address before it leaves: the pointer stands at the last piece.
static void the_pointer_does_not_matter(void **state)
{
    (void)state;
    assert_int_equal(dfu_command(HF_DFUSE_SET_ADDRESS, 0x080E0000).status, HF_DFU_OK);
    assert_int_equal(dfu_leave(), USB_DONE);
    board_run(100);
    expect_started();
}

static void the_host_reads_the_status_first(void **state)
{
    (void)state;
    dfu_status status;
    assert_int_equal(dfu_download(2, NULL, 0), USB_DONE);
    board_run(5000);
    assert_int_equal(board.state, BOARD_RUNNING);
    usb_cut_after(2);
    assert_int_equal(dfu_get_status(&status), USB_CUT);
    usb_cut_after(USB_ALL);
    board_run(5000);
    assert_int_equal(board.state, BOARD_RUNNING);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    assert_int_equal(status.state, HF_DFU_MANIFEST);
    board_run(100);
    expect_started();
}

static void a_bus_reset_after_that_is_obeyed(void **state)
{
    (void)state;
    assert_int_equal(dfu_leave(), USB_DONE);
    usb_bus_reset();
    expect_started();
}

static void expect_refused(usb_end end)
{
    dfu_status status;
    assert_int_equal(end, USB_STALLED);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    assert_int_equal(status.state, HF_DFU_ERROR);
    assert_int_equal(status.status, HF_DFU_ERR_FIRMWARE);
    board_run(1000);
    assert_int_equal(board.state, BOARD_RUNNING);
    assert_int_equal(dfu_request(HF_DFU_CLRSTATUS, 0, NULL, 0, NULL), USB_DONE);
}

static void an_image_that_is_none_is_not_started(void **state)
{
    (void)state;
    for (uint32_t offset = 0; offset < 8; offset += 4) {
        image spoilt = other;
        image_put(&spoilt, offset, 0x12345678); // neither a stack pointer nor a reset vector
        assert_int_equal(dfu_update(spoilt.bytes, spoilt.size).state, HF_DFU_IDLE);
        expect_refused(dfu_leave());
    }
    assert_int_equal(dfu_command(HF_DFUSE_ERASE, HF_APP_ADDRESS).status, HF_DFU_OK);
    expect_refused(dfu_leave());
    assert_int_equal(dfu_request(HF_DFU_DETACH, 1000, NULL, 0, NULL), USB_STALLED);
    assert_int_equal(dfu_request(HF_DFU_CLRSTATUS, 0, NULL, 0, NULL), USB_DONE);
    board_run(40000); // silence starts nothing
    assert_int_equal(board.state, BOARD_RUNNING);
    assert_int_equal(dfu_update(other.bytes, other.size).state, HF_DFU_IDLE);
    assert_int_equal(dfu_leave(), USB_DONE);
    board_run(100);
    expect_started();
}

// A plain binary has no seal. A board that checks CRC-32 refuses it; one that looks at vectors only starts it.
static void a_plain_binary(void **state)
{
    (void)state;
    image plain = other;
    for (uint32_t vector = 0x20; vector < 0x2C; vector += 4) {
        image_put(&plain, vector, 0);
    }
    assert_int_equal(dfu_update(plain.bytes, plain.payload).state, HF_DFU_IDLE);
#if HF_LEVEL_CRC
    expect_refused(dfu_leave());
#else
    assert_int_equal(dfu_leave(), USB_DONE);
    board_run(100);
    expect_started();
#endif
}

static void detach_leads_to_the_application(void **state)
{
    (void)state;
    assert_int_equal(dfu_request(HF_DFU_DETACH, 1000, NULL, 0, NULL), USB_DONE);
    board_run(40);
    assert_int_equal(board.state, BOARD_RUNNING);
    board_run(60);
    expect_started();
}

static void silence_of_30_s_leads_to_the_application(void **state)
{
    (void)state;
    dfu_status status;
    for (unsigned i = 0; i < 3; i++) { // whoever talks keeps the board
        board_run(29000);
        assert_int_equal(dfu_get_status(&status), USB_DONE);
    }
    board_run(29900);
    assert_int_equal(board.state, BOARD_RUNNING);
    board_run(200);
    expect_started();
}

static void a_written_file_counts_as_whole_when_the_host_says_so(void **state)
{
    (void)state;
    assert_int_equal(dfu_update(other.bytes, other.size).state, HF_DFU_IDLE); // ends with ABORT, as dfu-util does
    board_run(31000);
    expect_started();
}

static void half_a_file_is_not_started_by_silence(void **state)
{
    (void)state;
    assert_int_equal(dfu_command(HF_DFUSE_ERASE, HF_APP_ADDRESS).status, HF_DFU_OK);
    assert_int_equal(dfu_write(HF_APP_ADDRESS, other.bytes, 128).status, HF_DFU_OK);
    board_run(31000);
    assert_int_equal(board.state, BOARD_RUNNING);
    assert_int_equal(dfu_state(), HF_DFU_IDLE); // the session is over
    board_run(31000);
    assert_int_equal(board.state, BOARD_RUNNING);
}

static void an_abort_ends_what_was_begun(void **state)
{
    (void)state;
    static const uint8_t mass_erase[] = {0x41};
    dfu_status status;
    assert_int_equal(dfu_download(0, mass_erase, 1), USB_DONE);
    assert_int_equal(dfu_get_status(&status), USB_DONE);
    assert_int_equal(dfu_request(HF_DFU_ABORT, 0, NULL, 0, NULL), USB_DONE);
    assert_int_equal(dfu_state(), HF_DFU_IDLE);
    uint32_t erases = board.erases;
    assert_in_range(erases, 1, 6); // of 8 sectors
    board_run(20000);
    assert_int_equal(board.erases, erases);
}

static int power_on(void **state)
{
    (void)state;
    board_new();
    board.led_blinks_on = true;
    good = image_make(320, 1);
    other = image_make(512, 2);
    image_install(&good);
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
        TEST(an_update_is_started),
        TEST(the_pointer_does_not_matter),
        TEST(the_host_reads_the_status_first),
        TEST(a_bus_reset_after_that_is_obeyed),
        TEST(an_image_that_is_none_is_not_started),
        TEST(a_plain_binary),
        TEST(detach_leads_to_the_application),
        TEST(silence_of_30_s_leads_to_the_application),
        TEST(a_written_file_counts_as_whole_when_the_host_says_so),
        TEST(half_a_file_is_not_started_by_silence),
        TEST(an_abort_ends_what_was_begun),
    };
    return cmocka_run_group_tests(tests, NULL, leave_clean);
}
