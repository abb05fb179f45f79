// SPDX-License-Identifier: MIT
// A disturbed line on the real firmware: lost and damaged bytes, frames that break off, silence. After each of them both
// sides find the frame boundary again, and nothing but the application's area is ever touched.
#include "product.h"

#include <string.h>

#include "hf_classic.h"

#define ACK   HF_CLASSIC_ACK
#define NAK   HF_CLASSIC_NAK
#define FRAME (1u + HF_CLASSIC_PAYLOAD + 2u)

typedef struct session {
    product it;
    hf_image image;
    uint8_t *outside; // what stands in flash in front of the application
    uint32_t outside_size;
} session;

static session *begin(bool erased)
{
    session *s = test_calloc(1, sizeof *s);
    product_make(&s->it, "slow-core");
    vb_power_on(s->it.board);
    product_wait(&s->it, 100 * VB_MS);
    product_discard(&s->it);
    s->image = product_image(&s->it, "blink-v2.bin");
    uint32_t flash = s->it.description.chip.flash.address;
    s->outside_size = product_application(&s->it) - flash;
    s->outside = test_malloc(s->outside_size);
    vb_read(s->it.board, flash, s->outside, s->outside_size);
    assert_int_equal(product_sync(&s->it), ACK);
    if (erased) {
        assert_int_equal(product_erase(&s->it), ACK);
    }
    return s;
}

// The line works again when a whole update succeeds without a single retry.
static void end(session *s)
{
    hf_flash_report report;
    hf_classic_options options = hf_classic_defaults(&s->it.description);
    options.boot = false;
    assert_int_equal(product_flash(&s->it, &s->image, &options, &report), HF_OK);
    assert_int_equal(report.resent, 0);
    assert_true(product_holds(&s->it, &s->image));
    uint8_t *now = test_malloc(s->outside_size);
    vb_read(s->it.board, s->it.description.chip.flash.address, now, s->outside_size);
    assert_memory_equal(now, s->outside, s->outside_size);
    test_free(now);
    test_free(s->outside);
    hf_image_free(&s->image);
    product_free(&s->it);
    test_free(s);
}

static void first_frame(const session *s, uint8_t frame[FRAME])
{
    frame[0] = HF_CLASSIC_DATA;
    memcpy(frame + 1, s->image.bytes, HF_CLASSIC_PAYLOAD);
    uint16_t crc = hf_crc16(frame + 1, HF_CLASSIC_PAYLOAD);
    frame[FRAME - 2] = (uint8_t)(crc >> 8);
    frame[FRAME - 1] = (uint8_t)crc;
}

// One NAK, and then quiet.
static void expect_one_nak(session *s, vb_time within)
{
    uint8_t answers[8];
    assert_int_equal(product_hear(&s->it, answers, 1, within), 1);
    assert_int_equal(answers[0], NAK);
    assert_int_equal(product_hear(&s->it, answers, sizeof answers, 100 * VB_MS), 0);
}

static void a_byte_of_a_frame_is_lost(void **state)
{
    (void)state;
    session *s = begin(true);
    static const unsigned places[] = {0, 1, FRAME / 2, FRAME - 1}; // the unit tests try all of them
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        unsigned lost = places[i];
        uint8_t frame[FRAME];
        first_frame(s, frame);
        memmove(frame + lost, frame + lost + 1, FRAME - lost - 1);
        product_send(&s->it, frame, FRAME - 1);
        expect_one_nak(s, 3 * VB_S);
    }
    assert_int_equal(product_send_frame(&s->it, &s->image, 0, false), ACK);
    end(s);
}

// A lost first byte makes payload look like commands. The worst payload: nothing but ERASE and BOOT.
static void payload_of_commands_without_its_first_byte(void **state)
{
    (void)state;
    static const uint8_t codes[] = {HF_CLASSIC_ERASE, HF_CLASSIC_BOOT, HF_CLASSIC_SYNC, HF_CLASSIC_VERIFY};
    session *s = begin(true);
    assert_int_equal(product_send_frame(&s->it, &s->image, 0, false), ACK);
    for (size_t i = 0; i < sizeof codes; i++) {
        uint8_t frame[FRAME - 1];
        memset(frame, codes[i], sizeof frame);
        product_send(&s->it, frame, sizeof frame);
        expect_one_nak(s, 3 * VB_S);
    }
    assert_int_equal(product_send_frame(&s->it, &s->image, 1, false), ACK); // the transfer is where it was
    uint32_t first;
    vb_read(s->it.board, product_application(&s->it), &first, sizeof first);
    assert_memory_equal(&first, s->image.bytes, sizeof first);
    end(s);
}

static void damaged_frame_is_refused_and_accepted_next(void **state)
{
    (void)state;
    session *s = begin(true);
    assert_int_equal(product_send_frame(&s->it, &s->image, 0, true), NAK);
    assert_int_equal(product_send_frame(&s->it, &s->image, 0, false), ACK);
    assert_int_equal(product_send_frame(&s->it, &s->image, 1, true), NAK);
    assert_int_equal(product_send_frame(&s->it, &s->image, 1, false), ACK);
    end(s);
}

static void frame_that_breaks_off(void **state)
{
    (void)state;
    session *s = begin(true);
    uint8_t frame[FRAME];
    first_frame(s, frame);
    vb_time start = vb_now(s->it.board);
    product_send(&s->it, frame, 40);
    expect_one_nak(s, 3 * VB_S);
    assert_in_range(vb_now(s->it.board) - start, 2000 * VB_MS, 2250 * VB_MS); // and 100 ms of listening
    end(s);
}

static void frame_that_does_not_come(void **state)
{
    (void)state;
    session *s = begin(true);
    vb_time start = vb_now(s->it.board);
    uint8_t answer;
    assert_int_equal(product_hear(&s->it, &answer, 1, 3 * VB_S), 1);
    assert_int_equal(answer, NAK);
    assert_in_range(vb_now(s->it.board) - start, 1990 * VB_MS, 2010 * VB_MS);
    end(s);
}

static void break_and_wrong_speed(void **state)
{
    (void)state;
    session *s = begin(false);
    const char *uart = s->it.description.uart.instance;
    vb_uart_break(s->it.board, uart);
    product_wait(&s->it, 50 * VB_MS);
    vb_line line = {.baud = 38400, .parity = VB_PARITY_NONE, .stop_bits = 1};
    vb_uart_set_line(s->it.board, uart, &line);
    product_send(&s->it, "\x7F\x7F\x7F", 3);
    product_wait(&s->it, 100 * VB_MS);
    line.baud = s->it.description.uart.baud;
    vb_uart_set_line(s->it.board, uart, &line);
    product_wait(&s->it, 100 * VB_MS);
    product_discard(&s->it);
    end(s);
}

static void first_sync_is_awaited_in_spans_of_five_seconds(void **state)
{
    (void)state;
    product it;
    uint8_t heard[64];
    product_make(&it, "slow-core");
    vb_power_on(it.board);
    product_wait(&it, 100 * VB_MS);
    product_discard(&it);
    vb_time start = vb_now(it.board);
    for (unsigned n = 1; n <= 2; n++) {
        assert_int_equal(product_hear(&it, heard, 1, 6 * VB_S), 1);
        assert_int_equal(heard[0], NAK);
        assert_in_range(vb_now(it.board) - start, n * 5 * VB_S - 150 * VB_MS, n * 5 * VB_S + 20 * VB_MS);
    }
    assert_int_equal(product_sync(&it), ACK);
    product_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_byte_of_a_frame_is_lost),
        cmocka_unit_test(payload_of_commands_without_its_first_byte),
        cmocka_unit_test(damaged_frame_is_refused_and_accepted_next),
        cmocka_unit_test(frame_that_breaks_off),
        cmocka_unit_test(frame_that_does_not_come),
        cmocka_unit_test(break_and_wrong_speed),
        cmocka_unit_test(first_sync_is_awaited_in_spans_of_five_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
