// SPDX-License-Identifier: MIT
// Into the bootloader without a hand on the board: the serial escape to a running application, and the adapter's lines
// wired to NRST and the button.
#include "slots.h"

#include <string.h>

#include "enter.h"
#include "escape.h"
#include "hf_classic.h"

static hf_problem problem;

static hf_enter_options by_escape(const product *it)
{
    uint32_t baud = it->description.uart.baud;
    return (hf_enter_options){.way = HF_WAY_ESCAPE, .product_id = it->description.product_id, .app_baud = baud, .baud = baud,
                              .wait_ms = 3000};
}

// The update that follows, to an application that blinks twice as fast.
static void update(product *it, const char *application)
{
    hf_image image = product_image(it, application);
    assert_int_equal(slots_deliver(it, &image), HF_OK);
    for (unsigned s = 0; s < 60 && !product_holds(it, &image); s++) { // where it is installed after a reset
        product_wait(it, VB_S);
    }
    hf_image_free(&image);
    product_wait(it, 3 * VB_S);
    slots_expect_image(it, application, 250);
}

static void the_escape_is_heard(void **state)
{
    (void)state;
    static const char *const boards[] = {"stm32f407-classic", "stm32f407-uart", "stm32f407-swap"};
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
        product it;
        bool entered;
        print_message("%s\n", boards[i]);
        slots_start(&it, boards[i], "telemetry-v1.bin");
        product_expect_blink(&it, 500);
        product_discard(&it);
        hf_enter_options options = by_escape(&it);
        assert_int_equal(hf_enter(&it.transport, &options, NULL, &entered, &problem), HF_OK);
        assert_true(entered);
        update(&it, "telemetry-v2.bin");
        product_free(&it);
    }
}

// The application's speed is not the one the bootloader is spoken to at.
static void at_the_speed_of_the_application(void **state)
{
    (void)state;
    product it;
    bool entered;
    slots_start(&it, "stm32f407-uart", "telemetry-v1.bin"); // takes any host's speed
    product_discard(&it);
    hf_enter_options options = by_escape(&it);
    options.baud = 460800;
    assert_int_equal(it.transport.ops->set_baud(it.transport.context, options.baud, &problem), HF_OK);
    assert_int_equal(hf_enter(&it.transport, &options, NULL, &entered, &problem), HF_OK);
    assert_true(entered);
    product_free(&it);
}

static void another_products_escape_does_nothing(void **state)
{
    (void)state;
    product it;
    bool entered;
    slots_start(&it, "stm32f407-classic", "telemetry-v1.bin");
    product_discard(&it);
    hf_enter_options options = by_escape(&it);
    options.product_id ^= 1;
    assert_int_equal(hf_enter(&it.transport, &options, NULL, &entered, &problem), HF_E_STRANGER); // it is heard to report
    assert_non_null(strstr(problem.what, "though the escape was sent"));
    product_expect_blink(&it, 500);
    product_free(&it);
}

// A bootloader that listens already is not disturbed, and takes an escape for what it is not made of: one NAK.
static void a_bootloader_is_left_alone(void **state)
{
    (void)state;
    static const char *const boards[] = {"stm32f407-classic", "stm32f407-uart"};
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
        product it;
        bool entered;
        uint8_t escape[HF_ESCAPE_SIZE];
        product_make(&it, boards[i]);
        vb_power_on(it.board); // blank: update mode
        product_wait(&it, 200 * VB_MS);
        hf_enter_options options = by_escape(&it);
        assert_int_equal(hf_enter(&it.transport, &options, NULL, &entered, &problem), HF_OK);
        assert_false(entered);
        hf_escape_make(options.product_id, escape);
        product_discard(&it);
        assert_int_equal(product_ask(&it, escape, sizeof escape, VB_S), HF_CLASSIC_NAK);
        assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
        update(&it, "telemetry-v2.bin");
        product_free(&it);
    }
}

// Field answers SYNC itself; the escape brings it into update mode all the same.
static void an_application_that_answers_sync(void **state)
{
    (void)state;
    product it;
    bool entered;
    uint8_t escape[HF_ESCAPE_SIZE];
    slots_start(&it, "stm32f407-swap", "field-v1.bin");
    hf_enter_options options = by_escape(&it);
    assert_int_equal(hf_enter(&it.transport, &options, NULL, &entered, &problem), HF_OK);
    assert_false(entered);
    hf_escape_make(options.product_id, escape);
    product_send(&it, escape, sizeof escape);
    product_wait(&it, 2 * VB_S);
    product_led_forget(&it);
    product_wait(&it, 2 * VB_S);
    assert_int_equal(it.led_count, 0); // it blinks no more
    update(&it, "field-v2.bin");
    product_free(&it);
}

// DTR to NRST, RTS to the button, as `dtr-rts` says it: the core starts when NRST rises, and the button is as it is then.
static bool dtr_was, rts_was;

static hf_error pull(void *context, bool dtr, bool rts, hf_problem *why)
{
    board_link *link = context;
    (void)why;
    vb_button(link->board, rts);
    if (dtr_was && !dtr) {
        vb_reset_pin(link->board);
    }
    dtr_was = dtr;
    rts_was = rts;
    return HF_OK;
}

static hf_error enter_by(product *it, hf_modem_line button, bool *entered)
{
    static hf_transport_ops wired;
    wired = *it->transport.ops;
    wired.set_lines = pull;
    hf_transport transport = {.ops = &wired, .context = it->transport.context};
    hf_enter_options options = by_escape(it);
    options.way = HF_WAY_LINES;
    options.reset = HF_LINE_DTR;
    options.button = button;
    dtr_was = rts_was = true; // as opening a port leaves them
    hf_error error = hf_enter(&transport, &options, NULL, entered, &problem);
    assert_false(dtr_was || rts_was);
    return error;
}

static void reset_and_button_by_the_lines(void **state)
{
    (void)state;
    product it;
    bool entered;
    slots_start(&it, "stm32f407-classic", "blink-v1.bin");
    assert_int_equal(enter_by(&it, HF_LINE_RTS, &entered), HF_OK);
    assert_true(entered);
    update(&it, "blink-v2.bin");
    product_free(&it);
}

// Reset alone is enough where the bootloader serves its links for a while at each reset, and nowhere else.
static void reset_alone_needs_a_window(void **state)
{
    (void)state;
    product it;
    bool entered;
    slots_start(&it, "window", "blink-v1.bin");
    assert_int_equal(enter_by(&it, HF_LINE_NONE, &entered), HF_OK);
    product_free(&it);
    slots_start(&it, "stm32f407-classic", "blink-v1.bin");
    assert_int_equal(enter_by(&it, HF_LINE_NONE, &entered), HF_E_NO_ANSWER);
    assert_non_null(strstr(problem.what, "though the board was reset by the lines"));
    product_wait(&it, VB_S);
    product_expect_blink(&it, 500);
    product_free(&it);
}

static void what_has_no_lines_says_so(void **state)
{
    (void)state;
    product it;
    bool entered;
    slots_start(&it, "stm32f407-classic", "blink-v1.bin");
    hf_enter_options options = by_escape(&it);
    options.way = HF_WAY_LINES;
    options.reset = HF_LINE_DTR;
    assert_int_equal(hf_enter(&it.transport, &options, NULL, &entered, &problem), HF_E_NO_LINES);
    product_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_escape_is_heard),
        cmocka_unit_test(at_the_speed_of_the_application),
        cmocka_unit_test(another_products_escape_does_nothing),
        cmocka_unit_test(a_bootloader_is_left_alone),
        cmocka_unit_test(an_application_that_answers_sync),
        cmocka_unit_test(reset_and_button_by_the_lines),
        cmocka_unit_test(reset_alone_needs_a_window),
        cmocka_unit_test(what_has_no_lines_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
