// SPDX-License-Identifier: MIT
// The classic protocol on a bad line: every place where a session can break, every bit that can
// flip, every byte that can be lost or come twice. Wrong content never passes VERIFY, and the next
// session always succeeds.
#include <string.h>

#include "bench_assert.h"
#include "classic_host.h"
#include "images.h"

static image new_image;
static image old_image;

static void fresh_board(void)
{
    board_new();
    image_install(&old_image);
    board_power_on_into_update_mode();
}

// Bytes the host sends in a session without disturbance.
static size_t session_bytes(void)
{
    return 1 + 1 + host_frames(new_image.size) * WIRE_BYTES + 5;
}

static void check_next_session(const char *what, size_t at, unsigned bit)
{
    line_disturb(LINE_CLEAN, 0, 0);
    if (!host_update(new_image.bytes, new_image.size)) {
        fail_msg("%s at byte %zu, bit %u: the next session failed", what, at, bit);
    }
    assert_true(host_finds(new_image.bytes, new_image.size));
}

// The session of a disturbed line, then a clean one. `curable`: retries must have saved the
// disturbed one.
static void try_disturbance(disturbance what, const char *name, size_t at, unsigned bit,
                            bool curable)
{
    fresh_board();
    line_disturb(what, at, bit);
    bool updated = host_update(new_image.bytes, new_image.size);
    if (updated && !host_finds(new_image.bytes, new_image.size)) {
        fail_msg("%s at byte %zu, bit %u: wrong content passed VERIFY", name, at, bit);
    }
    if (curable && !updated) {
        fail_msg("%s at byte %zu, bit %u: not cured by trying again", name, at, bit);
    }
    check_next_session(name, at, bit);
}

static void every_flipped_bit(void **state)
{
    (void)state;
    for (size_t at = 0; at < session_bytes(); at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            try_disturbance(LINE_FLIP, "flip", at, bit, HF_FRAMES_CHECKED);
        }
    }
}

static void every_lost_byte(void **state)
{
    (void)state;
    for (size_t at = 0; at < session_bytes(); at++) {
        try_disturbance(LINE_LOSE, "lost", at, 0, HF_FRAMES_CHECKED);
    }
}

static void every_doubled_byte(void **state)
{
    (void)state;
    for (size_t at = 0; at < session_bytes(); at++) {
        try_disturbance(LINE_DOUBLE, "doubled", at, 0, HF_FRAMES_CHECKED);
    }
}

// -- the host dies --------------------------------------------------------------------------------

static void die_after(size_t bytes)
{
    fresh_board();
    line_disturb(LINE_CUT, bytes, 0);
    assert_false(host_update(new_image.bytes, new_image.size));
    line_ignore();
}

// Before SYNC a NAK comes every 5 s; between SYNC and ERASE there is no hurry; then 2 s are granted
// for each frame.
static uint32_t nak_is_due_ms(size_t bytes)
{
    return bytes == 0 ? 5000 : bytes == 1 ? 0 : 2000;
}

static void every_place_to_die_then_wait_for_nak(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes < session_bytes(); bytes++) {
        die_after(bytes);
        uint32_t due = nak_is_due_ms(bytes);
        int said = line_receive(due == 0 ? 10000 : due + 50);
        if (said != (due == 0 ? -1 : NAK)) {
            fail_msg("host died after byte %zu: %d instead of NAK", bytes, said);
        }
        check_next_session("cut", bytes, 0);
    }
}

static void every_place_to_die_then_begin_at_once(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes < session_bytes(); bytes++) {
        die_after(bytes);
        check_next_session("cut", bytes, 0);
    }
}

// A board whose update broke must not take what it has for an application.
static void every_place_to_die_then_lose_power(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes < session_bytes() - 5; bytes++) {
        die_after(bytes);
        board_power_on();
        board_state expected = bytes < 2 ? BOARD_STARTED : BOARD_RUNNING;
        if (board.state != expected) {
            fail_msg("host died after byte %zu: state %d", bytes, (int)board.state);
        }
    }
}

// -- noise ----------------------------------------------------------------------------------------

static void noise_before_sync(void **state)
{
    (void)state;
    for (unsigned noise = 0; noise < 256; noise++) {
        uint8_t byte = (uint8_t)noise;
        fresh_board();
        line_send(&byte, 1); // right in front of SYNC
        assert_true(host_update(new_image.bytes, new_image.size));
        fresh_board();
        line_send(&byte, 1);
        board_run(500); // long before
        assert_true(host_update(new_image.bytes, new_image.size));
        assert_true(host_finds(new_image.bytes, new_image.size));
    }
}

// The command byte of a frame is lost, and its payload consists of one command over and over.
static void payload_is_never_taken_for_a_command(void **state)
{
    (void)state;
    static const uint8_t commands[] = {SYNC, ERASE, DATA, VERIFY, BOOT};
    for (size_t i = 0; i < sizeof commands; i++) {
        uint8_t wire[WIRE_BYTES];
        uint8_t said[8];
        fresh_board();
        assert_true(host_update(new_image.bytes, new_image.size)); // BOOT would succeed now
        uint32_t erases = board.erases;
        uint32_t programs = board.programs;
        memset(wire, commands[i], sizeof wire);
        line_ignore();
        line_send(wire + 1, FRAME_BYTES);
        assert_int_equal(line_receive_all(said, sizeof said, 2100), 1);
        assert_int_equal(said[0], NAK);
        assert_int_equal(board.erases, erases);
        assert_int_equal(board.programs, programs);
        assert_int_equal(board.state, BOARD_RUNNING);
        assert_int_equal(board.mailbox, 0);
    }
}

static void one_nak_for_one_disturbance(void **state)
{
    (void)state;
    uint8_t garbage[600];
    uint8_t said[8];
    memset(garbage, 0x55, sizeof garbage);
    for (size_t size = 1; size < sizeof garbage; size += 23) {
        fresh_board();
        assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
        line_send(garbage, size);
        uint32_t quiet_from = board_ms() + (uint32_t)(size * 87 / 1000);
        assert_int_equal(line_receive(PATIENCE_MS), NAK);
        assert_in_range(board_ms(), quiet_from + 9, quiet_from + 30); // not into the noise
        assert_int_equal(line_receive_all(said, sizeof said, 4000), 0);
    }
}

static void noise_that_does_not_end_is_borne(void **state)
{
    (void)state;
    uint8_t noise[500];
    uint8_t said[8];
    memset(noise, 0xDA, sizeof noise); // DATA over and over
    fresh_board();
    while (board_ms() < 40000) {
        line_send(noise, sizeof noise);
        board_run(44); // these bytes take 43.5 ms: the line is never quiet for long
    }
    assert_int_equal(board.erases + board.programs, 0);
    assert_int_equal(line_receive_all(said, sizeof said, 1000), 1);
    assert_int_equal(said[0], NAK);
    check_next_session("noise", 0, 0);
}

static int make_images(void **state)
{
    (void)state;
    new_image = image_make(320, 2);
    old_image = image_make(640, 7);
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
        cmocka_unit_test(every_flipped_bit),
        cmocka_unit_test(every_lost_byte),
        cmocka_unit_test(every_doubled_byte),
        cmocka_unit_test(every_place_to_die_then_wait_for_nak),
        cmocka_unit_test(every_place_to_die_then_begin_at_once),
        cmocka_unit_test(every_place_to_die_then_lose_power),
        cmocka_unit_test(noise_before_sync),
        cmocka_unit_test(payload_is_never_taken_for_a_command),
        cmocka_unit_test(one_nak_for_one_disturbance),
        cmocka_unit_test(noise_that_does_not_end_is_borne),
    };
    return cmocka_run_group_tests(tests, make_images, leave_clean);
}
