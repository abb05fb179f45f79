// SPDX-License-Identifier: MIT
// The classic protocol with a well-behaved line: what each command does, and what it refuses.
#include <string.h>
#include <zlib.h>

#include "bench_assert.h"
#include "classic_host.h"
#include "hf_mailbox.h"
#include "images.h"

static image new_image;

static void check_one_nak(void)
{
    uint8_t said[8];
    assert_int_equal(line_receive_all(said, sizeof said, 1000), 1);
    assert_int_equal(said[0], NAK);
}

static void begin(void)
{
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), ACK);
}

static void send_image(void)
{
    for (size_t i = 0; i < host_frames(new_image.size); i++) {
        assert_int_equal(host_data(new_image.bytes, new_image.size, i), ACK);
    }
}

static uint32_t image_crc(void)
{
    return host_padded_crc(new_image.bytes, new_image.size);
}

// -- the whole way --------------------------------------------------------------------------------

static void updates_and_starts_the_new_application(void **state)
{
    (void)state;
    assert_true(host_update(new_image.bytes, new_image.size));
    assert_true(host_finds(new_image.bytes, new_image.size));
    assert_int_equal(host_ask_byte(BOOT, PATIENCE_MS), ACK);
    board_run(100);
    assert_int_equal(board.state, BOARD_RESET);
    assert_int_equal(board.mailbox, HF_REQUEST_START);

    board.button = true; // the finger is still there
    board_power_on();
    assert_int_equal(board.state, BOARD_STARTED);
    assert_int_equal(board.started_at, HF_APP_ADDRESS);
}

static void speaks_byte_for_byte(void **state)
{
    (void)state;
    // A frame of 'A'..: its CRC-16/CCITT-FALSE comes from another implementation (Python's
    // binascii.crc_hqx).
    uint8_t frame[WIRE_BYTES] = {0xDA};
    for (uint8_t i = 0; i < PAYLOAD_BYTES; i++) {
        frame[1 + i] = (uint8_t)('A' + i % 26);
    }
    if (HF_FRAMES_CHECKED) {
        memcpy(frame + 129, "\x1A\x79", 2);
    }
    const uint8_t *verify =
        (const uint8_t *)(HF_FRAMES_CHECKED ? "\xCC\x0E\x86\x36\x44" : "\xCC\x22\xDF\x3C\xED");
    assert_int_equal(host_ask("\x7F", 1, 100), 0x79);
    assert_int_equal(host_ask("\xEE", 1, 20000), 0x79);
    assert_int_equal(host_ask(frame, sizeof frame, 100), 0x79);
    assert_int_equal(host_ask(verify, 5, 100), 0x79);
    assert_memory_equal(board_flash(HF_APP_ADDRESS), frame + 1, PAYLOAD_BYTES);
}

static void erase_leaves_everything_else_alone(void **state)
{
    (void)state;
    memset(board.flash, 0xA5, sizeof board.flash);
    begin();
    static const uint32_t sectors[] = {0x08010000, 0x08020000, 0x08040000, 0x08060000,
                                       0x08080000, 0x080A0000, 0x080C0000, 0x080E0000};
    assert_int_equal(board.erases, 8);
    assert_memory_equal(board.erased, sectors, sizeof sectors);
    for (uint32_t i = 0; i < sizeof board.flash; i++) {
        if (board.flash[i] != (i < 0x10000 ? 0xA5 : 0xFF)) {
            fail_msg("0x%02X at 0x%08X", board.flash[i], 0x08000000u + i);
        }
    }
}

static void fills_the_slot_to_its_last_byte_and_no_further(void **state)
{
    (void)state;
    uint8_t payload[PAYLOAD_BYTES];
    uLong crc = crc32(0, NULL, 0);
    begin();
    for (uint32_t i = 0; i < HF_APP_SIZE / PAYLOAD_BYTES; i++) {
        memset(payload, (int)(i * 7 + 1), sizeof payload);
        crc = crc32(crc, payload, sizeof payload);
        assert_int_equal(host_data(payload, sizeof payload, 0), ACK);
    }
    uint32_t programs = board.programs;
    assert_int_equal(host_data(payload, sizeof payload, 0), NAK);
    assert_int_equal(host_data(payload, sizeof payload, 0), NAK);
    assert_int_equal(board.programs, programs);
    assert_int_equal(host_verify((uint32_t)crc), ACK);
}

// -- refusals -------------------------------------------------------------------------------------

static void nothing_is_done_before_sync(void **state)
{
    (void)state;
    image old = image_make(320, 7);
    image_install(&old);
    assert_int_equal(host_ask_byte(ERASE, ERASE_PATIENCE_MS), NAK);
    assert_int_equal(host_ask_byte(BOOT, PATIENCE_MS), NAK);
    assert_int_equal(host_data(new_image.bytes, new_image.size, 0), NAK);
    assert_int_equal(host_verify((uint32_t)crc32(0, old.bytes, old.size)), NAK);
    assert_int_equal(board.erases + board.programs, 0);
    assert_int_equal(board.state, BOARD_RUNNING);
}

static void data_without_erase_is_refused(void **state)
{
    (void)state;
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    assert_int_equal(host_data(new_image.bytes, new_image.size, 0), NAK);
    assert_int_equal(board.programs, 0);
}

static void a_new_sync_ends_the_transfer_before(void **state)
{
    (void)state;
    begin();
    assert_int_equal(host_data(new_image.bytes, new_image.size, 0), ACK);
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    assert_int_equal(host_data(new_image.bytes, new_image.size, 1), NAK);
    assert_int_equal(board.programs, 1);
    assert_true(host_update(new_image.bytes, new_image.size));
}

static void verify_compares(void **state)
{
    (void)state;
    begin();
    assert_int_equal(host_verify((uint32_t)crc32(0, NULL, 0)), NAK); // nothing written yet
    send_image();
    for (unsigned bit = 0; bit < 32; bit++) {
        assert_int_equal(host_verify(image_crc() ^ 1u << bit), NAK);
    }
    assert_int_equal(host_verify(image_crc()), ACK);
    assert_int_equal(host_verify(image_crc()), ACK); // its ACK may have been lost

    *board_flash(HF_APP_ADDRESS + 100) ^= 1; // what counts is what stands in flash
    assert_int_equal(host_verify(image_crc()), NAK);
}

static void boot_starts_only_a_valid_image(void **state)
{
    (void)state;
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    assert_int_equal(host_ask_byte(BOOT, PATIENCE_MS), NAK); // erased
    begin();
    assert_int_equal(host_ask_byte(BOOT, PATIENCE_MS), NAK);
    send_image();
    memset(board_flash(HF_APP_ADDRESS), 0, 4);
    assert_int_equal(host_ask_byte(BOOT, PATIENCE_MS), NAK);
    assert_int_equal(board.state, BOARD_RUNNING);
    assert_int_equal(board.mailbox, 0);
    assert_true(host_update(new_image.bytes, new_image.size));
}

static void unknown_commands_are_refused_once(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        bool command =
            byte == SYNC || byte == ERASE || byte == DATA || byte == VERIFY || byte == BOOT;
        if (!command) {
            uint8_t code = (uint8_t)byte;
            line_ignore();
            line_send(&code, 1);
            check_one_nak();
        }
    }
    assert_int_equal(board.erases + board.programs, 0);
    assert_true(host_update(new_image.bytes, new_image.size));
}

// -- frames that come twice, and frames that come early -------------------------------------------

static void a_frame_that_came_twice_is_found_by_verify(void **state)
{
    (void)state;
    begin();
    send_image();
    size_t last = host_frames(new_image.size) - 1;
    assert_int_equal(host_data(new_image.bytes, new_image.size, last),
                     ACK); // as if its ACK had been lost
    assert_int_equal(host_verify(image_crc()), NAK);
    assert_true(host_update(new_image.bytes, new_image.size));
    assert_true(host_finds(new_image.bytes, new_image.size));
}

static void send_ahead(size_t number)
{
    uint8_t wire[WIRE_BYTES];
    if (number < host_frames(new_image.size)) {
        host_frame(wire, new_image.bytes, new_image.size, number);
        line_send(wire, sizeof wire);
    }
}

static void the_next_frame_may_come_before_the_answer(void **state)
{
    (void)state;
    begin();
    line_ignore();
    send_ahead(0);
    for (size_t i = 0; i < host_frames(new_image.size); i++) {
        send_ahead(i + 1);
        assert_int_equal(line_receive(PATIENCE_MS), ACK);
    }
    assert_int_equal(host_verify(image_crc()), ACK);
    assert_true(host_finds(new_image.bytes, new_image.size));
}

static void two_early_frames_share_one_nak_when_the_first_is_damaged(void **state)
{
    (void)state;
    if (!HF_FRAMES_CHECKED) {
        skip(); // nothing tells this profile that a frame is damaged
    }
    begin();
    line_ignore();
    line_disturb(LINE_FLIP, 50, 3);
    send_ahead(0);
    send_ahead(1);
    check_one_nak();
    assert_int_equal(board.programs, 0);
    send_image();
    assert_int_equal(host_verify(image_crc()), ACK);
}

static void frames_sent_into_an_erase_do_no_harm(void **state)
{
    (void)state;
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    line_send((const uint8_t[]){ERASE}, 1);
    board_run(50);
    for (unsigned round = 0; round < 4; round++) { // more than the driver keeps
        for (size_t i = 0; i < host_frames(new_image.size); i++) {
            send_ahead(i);
        }
    }
    board_run(20000);
    if (host_verify(image_crc()) == ACK) {
        assert_true(host_finds(new_image.bytes, new_image.size));
    }
    assert_true(host_update(new_image.bytes, new_image.size));
    assert_true(host_finds(new_image.bytes, new_image.size));
}

static void the_led_signals_while_a_host_is_served(void **state)
{
    (void)state;
    assert_true(host_update(new_image.bytes, new_image.size));
    board_run(1000);
    assert_int_equal(board.led_changes, 6);
    assert_false(board.led[5].on);
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
        cmocka_unit_test_setup(updates_and_starts_the_new_application, power_on),
        cmocka_unit_test_setup(speaks_byte_for_byte, power_on),
        cmocka_unit_test_setup(erase_leaves_everything_else_alone, power_on),
        cmocka_unit_test_setup(fills_the_slot_to_its_last_byte_and_no_further, power_on),
        cmocka_unit_test_setup(nothing_is_done_before_sync, power_on),
        cmocka_unit_test_setup(data_without_erase_is_refused, power_on),
        cmocka_unit_test_setup(a_new_sync_ends_the_transfer_before, power_on),
        cmocka_unit_test_setup(verify_compares, power_on),
        cmocka_unit_test_setup(boot_starts_only_a_valid_image, power_on),
        cmocka_unit_test_setup(unknown_commands_are_refused_once, power_on),
        cmocka_unit_test_setup(a_frame_that_came_twice_is_found_by_verify, power_on),
        cmocka_unit_test_setup(the_next_frame_may_come_before_the_answer, power_on),
        cmocka_unit_test_setup(frames_sent_into_an_erase_do_no_harm, power_on),
        cmocka_unit_test_setup(the_led_signals_while_a_host_is_served, power_on),
        cmocka_unit_test_setup(two_early_frames_share_one_nak_when_the_first_is_damaged, power_on),
    };
    return cmocka_run_group_tests(tests, NULL, leave_clean);
}
