// SPDX-License-Identifier: MIT
// Time in update mode: how long is waited for whom, and what silence leads to.
#include "bench_assert.h"
#include "classic_host.h"
#include "hf_mailbox.h"
#include "images.h"

static image new_image;

static void check_naks(uint32_t every_ms, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint32_t since = board_ms();
        assert_int_equal(line_receive(every_ms + 1000), NAK);
        assert_in_range(board_ms() - since, every_ms - 5, every_ms + 20);
    }
}

static void before_sync_nak_comes_every_5_s(void **state)
{
    (void)state;
    check_naks(5000, 12); // for ever: no valid image ends it
}

static void within_a_transfer_nak_comes_after_2_s(void **state)
{
    (void)state;
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    assert_int_equal(line_receive(10000), -1); // no hurry yet
    assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), ACK);
    check_naks(2000, 2);
    for (size_t i = 0; i < host_frames(new_image.size); i++) {
        assert_int_equal(host_data(new_image.bytes, new_image.size, i), ACK);
        check_naks(2000, 1);
    }
    assert_int_equal(host_verify(host_padded_crc(new_image.bytes, new_image.size)), ACK);
    assert_int_equal(line_receive(10000), -1); // the transfer is over
}

static void a_frame_must_be_complete_within_2_s(void **state)
{
    (void)state;
    uint8_t wire[WIRE_BYTES];
    host_frame(wire, new_image.bytes, new_image.size, 0);
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), ACK);

    line_send(wire, 60); // 1.9 s of pause inside a frame are borne
    board_run(1900);
    line_send(wire + 60, sizeof wire - 60);
    assert_int_equal(line_receive(100), ACK);

    line_send(wire, 1); // trickling does not prolong it
    uint32_t begun = board_ms();
    for (size_t i = 1; board_ms() - begun < 1900; i++) {
        line_send(wire + i, 1);
        board_run(100);
    }
    assert_int_equal(line_receive(1000), NAK);
    assert_in_range(board_ms() - begun, 1995, 2050);
}

// -- silence --------------------------------------------------------------------------------------

static void check_started_after(uint32_t ms)
{
    uint32_t since = board_ms();
    while (board.state == BOARD_RUNNING && board_ms() - since < 2 * ms) {
        board_run(10);
    }
    assert_int_equal(board.state, BOARD_RESET);
    assert_in_range(board_ms() - since, ms - 50, ms + 100);
    assert_int_equal(board.mailbox, HF_REQUEST_START);
}

static void check_stays_for(uint32_t ms)
{
    board_run(ms);
    assert_int_equal(board.state, BOARD_RUNNING);
    assert_int_equal(board.mailbox, 0);
}

static void silence_starts_a_valid_application(void **state)
{
    (void)state;
    image_install(&new_image);
    check_started_after(30000);
}

static void silence_after_sync_starts_a_valid_application(void **state)
{
    (void)state;
    image_install(&new_image);
    board_run(20000);
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    check_started_after(30000);
}

static void silence_after_an_update_starts_it(void **state)
{
    (void)state;
    assert_true(host_update(new_image.bytes, new_image.size));
    check_started_after(30000);
}

static void any_byte_ends_the_silence(void **state)
{
    (void)state;
    image_install(&new_image);
    for (unsigned i = 0; i < 4; i++) {
        check_stays_for(29000);
        line_send("\x55", 1);
    }
    check_started_after(30000);
}

static void silence_does_not_start_an_invalid_image(void **state)
{
    (void)state;
    uint32_t reads = board.reads;
    check_stays_for(100000);
    assert_in_range(board.reads - reads, 1, 3); // looked at every 30 s, not all the time
    assert_true(host_update(new_image.bytes, new_image.size));
}

// What was erased and not verified since is no application, whatever it looks like: level "sanity"
// could not tell.
static void silence_does_not_start_an_unfinished_transfer(void **state)
{
    (void)state;
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), ACK);
    for (size_t i = 0; i < host_frames(new_image.size); i++) {
        assert_int_equal(host_data(new_image.bytes, new_image.size, i), ACK);
        check_stays_for(100000);
        line_ignore();
        assert_int_equal(host_data(new_image.bytes, new_image.size, i),
                         NAK); // the session is forgotten
        assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
        assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), ACK);
        for (size_t again = 0; again <= i; again++) {
            assert_int_equal(host_data(new_image.bytes, new_image.size, again), ACK);
        }
    }
    check_stays_for(100000);
    assert_true(host_update(new_image.bytes, new_image.size));
    check_started_after(30000);
}

static void after_silence_the_next_host_is_awaited_like_the_first(void **state)
{
    (void)state;
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    uint32_t since = board_ms();
    assert_int_equal(line_receive(40000), NAK);
    assert_in_range(board_ms() - since, 30000, 35100);
    check_naks(5000, 3);
    assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), NAK); // no SYNC any more
}

static void a_long_erase_is_no_silence(void **state)
{
    (void)state;
    // Seven erases in a row take longer than 30 s; the application arrives between them.
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    for (unsigned i = 0; i < 7; i++) {
        assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), ACK);
    }
    assert_int_equal(board.state, BOARD_RUNNING);
    assert_int_equal(host_data(new_image.bytes, new_image.size, 0), ACK);
}

static int power_on(void **state)
{
    (void)state;
    board_new();
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
        cmocka_unit_test_setup(before_sync_nak_comes_every_5_s, power_on),
        cmocka_unit_test_setup(within_a_transfer_nak_comes_after_2_s, power_on),
        cmocka_unit_test_setup(a_frame_must_be_complete_within_2_s, power_on),
        cmocka_unit_test_setup(silence_starts_a_valid_application, power_on),
        cmocka_unit_test_setup(silence_after_sync_starts_a_valid_application, power_on),
        cmocka_unit_test_setup(silence_after_an_update_starts_it, power_on),
        cmocka_unit_test_setup(any_byte_ends_the_silence, power_on),
        cmocka_unit_test_setup(silence_does_not_start_an_invalid_image, power_on),
        cmocka_unit_test_setup(silence_does_not_start_an_unfinished_transfer, power_on),
        cmocka_unit_test_setup(after_silence_the_next_host_is_awaited_like_the_first, power_on),
        cmocka_unit_test_setup(a_long_erase_is_no_silence, power_on),
    };
    return cmocka_run_group_tests(tests, NULL, leave_clean);
}
