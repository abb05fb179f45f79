// SPDX-License-Identifier: MIT
// A valid but useless application can be replaced: within the window after each reset a host that says SYNC is heard.
#include "slots.h"

#include "hf_classic.h"

#define BOARD "window" // 500 ms

static bool runs_application(product *it)
{
    const hf_area *area = hf_board_area(&it->description, HF_USE_APPLICATION);
    vb_cpu cpu;
    vb_cpu_read(it->board, &cpu);
    return cpu.pc - area->address < area->size;
}

static void nobody_comes_and_the_application_starts(void **state)
{
    (void)state;
    product it;
    slots_start(&it, BOARD, "blink-v1.bin");
    vb_reset_pin(it.board);
    product_wait(&it, 450 * VB_MS);
    assert_false(runs_application(&it));
    product_wait(&it, 150 * VB_MS);
    assert_true(runs_application(&it));
    product_free(&it);
}

static void who_says_sync_in_time_is_heard(void **state)
{
    (void)state;
    static const unsigned moments_ms[] = {20, 250, 480};
    for (unsigned i = 0; i < sizeof moments_ms / sizeof moments_ms[0]; i++) {
        product it;
        slots_start(&it, BOARD, "blink-v1.bin");
        vb_reset_pin(it.board);
        product_wait(&it, moments_ms[i] * VB_MS);
        assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
        product_wait(&it, VB_S); // and the window stays open
        assert_false(runs_application(&it));
        assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
        product_free(&it);
    }
}

static void who_comes_too_late_is_not(void **state)
{
    (void)state;
    product it;
    slots_start(&it, BOARD, "blink-v1.bin");
    vb_reset_pin(it.board);
    product_wait(&it, 600 * VB_MS);
    product_discard(&it);
    assert_int_equal(product_sync(&it), -1);
    assert_true(runs_application(&it));
    product_free(&it);
}

// Bytes that are no SYNC, from whatever else is on the line, hold nothing up.
static void noise_does_not_hold_the_window_open(void **state)
{
    (void)state;
    product it;
    slots_start(&it, BOARD, "blink-v1.bin");
    vb_reset_pin(it.board);
    product_wait(&it, 50 * VB_MS);
    product_send(&it, "\x01\x55", 2);
    product_wait(&it, 700 * VB_MS);
    assert_true(runs_application(&it));
    product_free(&it);
}

static void a_useless_application_is_replaced(void **state)
{
    (void)state;
    product it;
    slots_start(&it, BOARD, "blink-v3.bin"); // no button, no magic word, no confirmation
    hf_image v3 = slots_sealed(&it, 2, 0x03000001, 0);
    hf_classic_options options = hf_classic_defaults(&it.description);
    hf_flash_report report;
    vb_reset_pin(it.board);
    assert_int_equal(product_flash(&it, &v3, &options, &report), HF_OK);
    product_wait(&it, INSTALLED_BY);
    product_expect_blink(&it, 250);
    hf_image_free(&v3);
    product_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_comes_and_the_application_starts),
        cmocka_unit_test(who_says_sync_in_time_is_heard),
        cmocka_unit_test(who_comes_too_late_is_not),
        cmocka_unit_test(noise_does_not_hold_the_window_open),
        cmocka_unit_test(a_useless_application_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
