// SPDX-License-Identifier: MIT
// The fast protocol between libholdfast and the bootloader's core: what it saves, what it survives. "Verified" is only said
// when every byte of the image stands in flash.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "bench_assert.h"
#include "bench_board.h"
#include "classic_host.h"
#include "fast_host.h"
#include "hf_fast.h"
#include "images.h"
#include "seed.h"

#define FIRST_SECTOR  (64u * 1024)
#define SECOND_SECTOR (128u * 1024)

static uint32_t seed;

static uint8_t *make(uint32_t size, uint32_t content)
{
    return image_of_size(size, content, false);
}

static void fresh_board(void)
{
    line_set_limit(0);
    line_set_baud(115200);
    line_disturb(LINE_CLEAN, 0, 0);
    board_new();
    board_power_on_into_update_mode();
}

static void put(const uint8_t *bytes, uint32_t size)
{
    memcpy(board_flash(HF_APP_ADDRESS), bytes, size);
}

static bool stands(const uint8_t *bytes, uint32_t size)
{
    return memcmp(board_flash(HF_APP_ADDRESS), bytes, size) == 0;
}

static void check_done(const fast_result *result, const uint8_t *bytes, uint32_t size)
{
    if (result->error != 0) {
        fail_msg("%s", result->what);
    }
    assert_true(stands(bytes, size));
}

static void updates_and_starts(void **state)
{
    (void)state;
    uint8_t *bytes = make(5024, 1);
    fresh_board();
    fast_result result = fast_update(bytes, 5024, (fast_wish){.boot = true});
    check_done(&result, bytes, 5024);
    assert_true(result.booted);
    assert_int_equal(result.resent, 0);
    board_run(10);
    assert_int_equal(board.state, BOARD_RESET);
    board_power_on();
    assert_int_equal(board.state, BOARD_STARTED);
    free(bytes);
}

// Two sectors, on a line slower than flash: it never idles, also while the second sector is erased.
static void the_line_never_idles(void **state)
{
    (void)state;
    uint32_t size = FIRST_SECTOR + 16 * 1024;
    uint8_t *bytes = make(size, 2);
    fresh_board();
    fast_result result = fast_update(bytes, size, (fast_wish){0});
    check_done(&result, bytes, size);
    assert_int_equal(result.resent, 0);
    assert_true(result.total_ms < size * 10 / 115.2 * 1.05);
    assert_int_equal(board.erases, 2);
    free(bytes);
}

static void an_unchanged_image_costs_nothing(void **state)
{
    (void)state;
    uint32_t size = FIRST_SECTOR + 4096;
    uint8_t *bytes = make(size, 3);
    fresh_board();
    put(bytes, size);
    fast_result result = fast_update(bytes, size, (fast_wish){.boot = true});
    check_done(&result, bytes, size);
    assert_true(result.unchanged && result.booted);
    assert_true(result.total_ms < 1000);
    assert_int_equal(board.erases + board.programs, 0);
    free(bytes);
}

static void one_sector_that_differs_costs_one_sector(void **state)
{
    (void)state;
    uint32_t size = FIRST_SECTOR + 6016;
    uint8_t *old = make(size, 4), *new = make(size, 5);
    memcpy(new, old, FIRST_SECTOR);
    uint32_t payload = size - 64, crc = (uint32_t)crc32(0, new, payload + TRAILER_CRC);
    memcpy(new + payload + TRAILER_CRC, &crc, sizeof crc);
    fresh_board();
    put(old, size);
    fast_result result = fast_update(new, size, (fast_wish){0});
    check_done(&result, new, size);
    assert_int_equal(board.erases, 1);
    assert_int_equal(result.skipped, FIRST_SECTOR);
    free(old);
    free(new);
}

// The host dies after so many bytes; another one comes, in the middle of what the first one sent.
static void goes_on_where_it_broke_off(void **state)
{
    (void)state;
    uint32_t size = 20000;
    uint8_t *bytes = make(size, 6);
    for (uint32_t at = 300; at < 24000; at += 2711) {
        fresh_board();
        line_disturb(LINE_CUT, at, 0);
        fast_result broken = fast_update(bytes, size, (fast_wish){0});
        assert_true(at > 20500 || broken.error != 0);
        line_disturb(LINE_CLEAN, 0, 0);
        fast_result result = fast_update(bytes, size, (fast_wish){0});
        check_done(&result, bytes, size);
        assert_true(at < 4000 || result.resumed + result.skipped > 0 || result.unchanged);
        assert_in_range(board.erases, 1, 1); // nothing was thrown away
    }
    free(bytes);
}

// Another image after one that broke off: nothing of the first may stay.
static void another_image_begins_anew(void **state)
{
    (void)state;
    uint32_t size = 20000;
    uint8_t *first = make(size, 7), *second = make(size, 8);
    fresh_board();
    line_disturb(LINE_CUT, 9000, 0);
    assert_true(fast_update(first, size, (fast_wish){0}).error != 0);
    line_disturb(LINE_CLEAN, 0, 0);
    fast_result result = fast_update(second, size, (fast_wish){0});
    check_done(&result, second, size);
    assert_int_equal(result.resumed, 0);
    free(first);
    free(second);
}

static void power_fails_on_the_way(void **state)
{
    (void)state;
    uint32_t size = FIRST_SECTOR + 6016;
    uint8_t *old = make(size, 9), *bytes = make(size, 10);
    for (uint32_t at = 2000; at < size; at += 14000) {
        fresh_board();
        put(old, size);
        line_disturb(LINE_CUT, at, 0);
        assert_true(fast_update(bytes, size, (fast_wish){0}).error != 0);
        board_power_on();
        assert_int_equal(board.state, BOARD_RUNNING); // half an image starts nothing
        line_disturb(LINE_CLEAN, 0, 0);
        fast_result result = fast_update(bytes, size, (fast_wish){0});
        check_done(&result, bytes, size);
    }
    free(old);
    free(bytes);
}

static void classic_still_works_afterwards(void **state)
{
    (void)state;
    uint32_t size = 3008;
    uint8_t *bytes = make(size, 11);
    fresh_board();
    line_disturb(LINE_CUT, 1500, 0);
    assert_true(fast_update(bytes, size, (fast_wish){0}).error != 0);
    line_disturb(LINE_CLEAN, 0, 0);
    assert_true(host_update(bytes, size));
    assert_true(host_finds(bytes, size));
    // ... and the other way round, in flash that was written behind the fast protocol's back
    uint8_t *other = make(size, 12);
    fast_result result = fast_update(other, size, (fast_wish){0});
    check_done(&result, other, size);
    free(bytes);
    free(other);
}

static void changes_the_speed(void **state)
{
    (void)state;
    uint32_t size = 40000;
    uint8_t *bytes = make(size, 13);
    fresh_board();
    fast_result result = fast_update(bytes, size, (fast_wish){.faster = 921600});
    check_done(&result, bytes, size);
    assert_int_equal(result.baud, 921600);
    assert_true(result.total_ms < 1500);
    fresh_board();
    line_set_limit(921600);
    result = fast_update(bytes, size, (fast_wish){.faster = 921600});
    check_done(&result, bytes, size);
    assert_int_equal(result.baud, 115200);
    // a speed the device does not have
    fresh_board();
    result = fast_update(bytes, size, (fast_wish){.faster = 4000000});
    check_done(&result, bytes, size);
    assert_int_equal(result.baud, 115200);
    free(bytes);
}

static void a_flash_error_is_told(void **state)
{
    (void)state;
    uint32_t size = 20000;
    uint8_t *bytes = make(size, 14);
    fresh_board();
    board.fault = (flash_fault){FLASH_PROGRAM, 10, 1, HF_E_WRPERR};
    fast_result result = fast_update(bytes, size, (fast_wish){0});
    assert_true(result.error != 0);
    assert_non_null(strstr(result.what, "WRPERR"));
    result = fast_update(bytes, size, (fast_wish){0}); // the next one erases again and succeeds
    check_done(&result, bytes, size);
    board.fault = (flash_fault){FLASH_ERASE, 0, 1, HF_E_TIMEOUT};
    uint8_t *other = make(size, 15);
    result = fast_update(other, size, (fast_wish){0});
    if (result.error == 0) { // the erase ahead failed, and the one with data did not
        assert_true(stands(other, size));
    }
    free(bytes);
    free(other);
}

// -- a host with bad manners ----------------------------------------------------------------------------------------------

static void send_frame(uint8_t type, uint8_t tag, uint32_t argument, const void *payload, size_t size)
{
    uint8_t frame[1200];
    line_send(frame, fast_frame(frame, type, tag, argument, payload, size));
}

// An answer: its tag, status and next; false when none comes.
static bool hear(uint8_t *tag, uint8_t *status, uint32_t *next)
{
    uint8_t bytes[80];
    size_t count = line_receive_all(bytes, sizeof bytes, 40);
    if (count < 11 || bytes[0] != HF_FAST_LEAD || fast_crc16(bytes + 1, count - 1) != 0) {
        return false;
    }
    *tag = bytes[1];
    *status = bytes[2];
    memcpy(next, bytes + 5, 4);
    return true;
}

static void open_session(void)
{
    uint8_t tag, status;
    uint32_t next;
    fresh_board();
    assert_int_equal(host_ask_byte(SYNC, SYNC_PATIENCE_MS), ACK);
    send_frame(HF_FAST_HELLO, 1, 0, NULL, 0);
    assert_true(hear(&tag, &status, &next));
    assert_int_equal(tag, 1);
}

static void check_answer(uint8_t expected_tag, hf_err expected_status, uint32_t expected_next)
{
    uint8_t tag, status;
    uint32_t next;
    assert_true(hear(&tag, &status, &next));
    assert_int_equal(tag, expected_tag);
    assert_int_equal(status, expected_status);
    assert_int_equal(next, expected_next);
}

static void data_goes_nowhere_else(void **state)
{
    (void)state;
    uint8_t data[256];
    memset(data, 0xA5, sizeof data);
    open_session();
    send_frame(HF_FAST_DATA, 2, 0, data, sizeof data); // before BEGIN
    check_answer(2, HF_E_ADDRESS, 0);
    send_frame(HF_FAST_DATA, 3, HF_APP_ADDRESS, data, sizeof data);
    check_answer(3, HF_OK, 0);
    static const uint32_t outside[] = {0, HF_BOOT_ADDRESS, HF_APP_ADDRESS - 4, HF_APP_ADDRESS + HF_APP_SIZE, 0xFFFFFFFC};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        send_frame(HF_FAST_BEGIN, 4, outside[i], NULL, 0);
        check_answer(4, HF_OK, outside[i]);
        send_frame(HF_FAST_DATA, 5, outside[i], data, sizeof data);
        check_answer(5, HF_E_ADDRESS, 0);
    }
    send_frame(HF_FAST_BEGIN, 6, HF_APP_ADDRESS + HF_APP_SIZE - 128, NULL, 0); // the last bytes, and 128 more
    board_run(3000);
    line_ignore();
    send_frame(HF_FAST_DATA, 7, HF_APP_ADDRESS + HF_APP_SIZE - 128, data, sizeof data);
    check_answer(7, HF_E_ADDRESS, 0);
    send_frame(HF_FAST_BEGIN, 8, HF_APP_ADDRESS, NULL, 0);
    board_run(3000);
    line_ignore();
    send_frame(HF_FAST_DATA, 9, HF_APP_ADDRESS, data, 255); // no whole program unit
    check_answer(9, HF_E_ADDRESS, 0);
    assert_int_equal(board.programs, 0);
}

static void what_comes_twice_is_written_once(void **state)
{
    (void)state;
    uint8_t data[256];
    memset(data, 0x5A, sizeof data);
    open_session();
    send_frame(HF_FAST_BEGIN, 2, HF_APP_ADDRESS, NULL, 0);
    board_run(3000);
    line_ignore();
    for (uint8_t i = 0; i < 3; i++) {
        send_frame(HF_FAST_DATA, 3 + i, HF_APP_ADDRESS, data, sizeof data);
        check_answer(3 + i, HF_OK, HF_APP_ADDRESS + sizeof data);
    }
    send_frame(HF_FAST_DATA, 6, HF_APP_ADDRESS + 2 * sizeof data, data, sizeof data); // a gap
    check_answer(6, HF_OK, HF_APP_ADDRESS + sizeof data);
    assert_int_equal(board.programs, 1);
    assert_int_equal(board.erases, 1);
}

static void random_frames_do_no_harm(void **state)
{
    (void)state;
    uint32_t random = seed;
    uint8_t data[1100];
    for (unsigned round = 0; round < 60; round++) {
        open_session();
        for (unsigned i = 0; i < 30 && board.state == BOARD_RUNNING; i++) {
            uint32_t arguments[] = {seed_next(&random), HF_APP_ADDRESS + seed_next(&random) % HF_APP_SIZE,
                                    HF_APP_ADDRESS + seed_next(&random) % 64 * 1024, 9600};
            size_t size = seed_next(&random) % 3 == 0 ? 0 : seed_next(&random) % 1100;
            for (size_t k = 0; k < size; k++) {
                data[k] = (uint8_t)seed_next(&random);
            }
            send_frame((uint8_t)(seed_next(&random) % 12), (uint8_t)i, arguments[seed_next(&random) % 4], data, size);
            board_run(seed_next(&random) % 150);
            line_ignore();
        }
        board_run(20);
    }
}

static void packed_content_takes_less_time(void **state)
{
    (void)state;
    uint32_t size = FIRST_SECTOR + 16 * 1024;
    uint8_t *bytes = image_of_size(size, 16, true);
    fresh_board();
    fast_result plain = fast_update(bytes, size, (fast_wish){0});
    check_done(&plain, bytes, size);
    fresh_board();
    fast_result packed = fast_update(bytes, size, (fast_wish){.pack = true});
    check_done(&packed, bytes, size);
    assert_int_equal(packed.resent, 0);
    assert_true(packed.packed > size / 10 * 9);
    assert_true(packed.wire < plain.wire * 0.85);
    assert_true(packed.total_ms < plain.total_ms * 0.85);
    free(bytes);
}

static void content_that_does_not_pack_costs_nothing(void **state)
{
    (void)state;
    uint32_t size = 20000;
    uint8_t *bytes = make(size, 17);
    fresh_board();
    fast_result plain = fast_update(bytes, size, (fast_wish){0});
    fresh_board();
    fast_result packed = fast_update(bytes, size, (fast_wish){.pack = true});
    check_done(&packed, bytes, size);
    assert_true(packed.wire <= plain.wire);
    free(bytes);
}

// Whatever a frame unpacks to, it is of the size it says, and goes where it belongs.
static void odd_packed_content_does_no_harm(void **state)
{
    (void)state;
    uint32_t random = seed;
    uint8_t packed[HF_FAST_PAYLOAD], tag, status;
    open_session();
    send_frame(HF_FAST_BEGIN, 2, HF_APP_ADDRESS, NULL, 0);
    board_run(3000);
    line_ignore();
    for (uint32_t next = HF_APP_ADDRESS, i = 0; i < 100; i++) { // in one sector, 51 KB of it
        size_t size = 1 + seed_next(&random) % (i % 2 == 0 ? 8u : HF_FAST_PAYLOAD);
        for (size_t k = 0; k < size; k++) {
            packed[k] = (uint8_t)(i % 3 == 0 ? 0 : seed_next(&random));
        }
        packed[0] = (uint8_t)seed_next(&random);
        send_frame(HF_FAST_PACKED, (uint8_t)i, next, packed, size);
        next += 4u * (packed[0] + 1u);
        uint32_t told;
        board_run(150); // it is on its way, and written
        assert_true(hear(&tag, &status, &told));
        assert_int_equal(status, HF_OK);
        assert_int_equal(told, next);
    }
}

// The sessions in the document, byte by byte.
static void the_documented_session(void **state)
{
    (void)state;
    FILE *document = fopen(HF_DOCUMENT, "r");
    assert_non_null(document);
    char text[200];
    bool inside = false;
    unsigned lines = 0;
    while (fgets(text, sizeof text, document) != NULL) {
        if (!inside || strncmp(text, "```", 3) == 0) {
            if (inside) {
                board_run(10);
                assert_int_equal(board.state, BOARD_RESET);
            }
            inside = !inside && strcmp(text, "```session fast\n") == 0;
            if (inside) {
                fresh_board();
            }
            continue;
        }
        lines++;
        char *at = text + 1, *end;
        for (unsigned long byte = strtoul(at, &end, 16); end != at; byte = strtoul(at, &end, 16)) {
            uint8_t value = (uint8_t)byte;
            if (text[0] == '>') {
                line_send(&value, 1);
            } else if (line_receive(3000) != value) {
                fail_msg("line %u of the session: %02X did not come: %s", lines, value, text);
            }
            at = end;
        }
    }
    fclose(document);
    assert_true(lines > 40);
}

static int begin(void **state)
{
    (void)state;
    seed = seed_begin();
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
        cmocka_unit_test(updates_and_starts),
        cmocka_unit_test(the_line_never_idles),
        cmocka_unit_test(an_unchanged_image_costs_nothing),
        cmocka_unit_test(one_sector_that_differs_costs_one_sector),
        cmocka_unit_test(goes_on_where_it_broke_off),
        cmocka_unit_test(another_image_begins_anew),
        cmocka_unit_test(power_fails_on_the_way),
        cmocka_unit_test(classic_still_works_afterwards),
        cmocka_unit_test(changes_the_speed),
        cmocka_unit_test(a_flash_error_is_told),
        cmocka_unit_test(data_goes_nowhere_else),
        cmocka_unit_test(what_comes_twice_is_written_once),
        cmocka_unit_test(random_frames_do_no_harm),
        cmocka_unit_test(packed_content_takes_less_time),
        cmocka_unit_test(content_that_does_not_pack_costs_nothing),
        cmocka_unit_test(odd_packed_content_does_no_harm),
        cmocka_unit_test(the_documented_session),
    };
    return cmocka_run_group_tests(tests, begin, leave_clean);
}
