// SPDX-License-Identifier: MIT
// The boot decision on the real bootloader: each mailbox value, button up and down, each state of the image.
#include "malformed.h"

#include <string.h>

#include "hf_classic.h"
#include "hf_mailbox.h"

static const uint32_t requests[] = {0, HF_REQUEST_UPDATE, HF_REQUEST_START, 0x12345678u};
#define REQUESTS (sizeof requests / sizeof requests[0])

typedef struct expectation {
    bool starts;
    bool says_invalid;
} expectation;

static expectation expected(uint32_t request, bool button, bool good)
{
    bool asked = request == HF_REQUEST_UPDATE || (button && request != HF_REQUEST_START);
    return (expectation){.starts = !asked && good, .says_invalid = !asked && !good};
}

// Runs from reset until the application begins, or for the time update mode needs to say what it has to say.
static bool starts(product *it, uint32_t reset_vector)
{
    vb_break_at(it->board, reset_vector & ~1u);
    vb_time until = vb_now(it->board) + 60 * VB_MS;
    vb_cpu cpu = {0};
    while (vb_now(it->board) < until && cpu.pc != (reset_vector & ~1u)) {
        vb_run(it->board, until); // a byte from the board ends a run, too
        vb_cpu_read(it->board, &cpu);
    }
    vb_break_at(it->board, 0);
    return cpu.pc == (reset_vector & ~1u);
}

static void decide(product *it, uint32_t request, bool button, const hf_image *image, uint32_t reset_vector, bool good)
{
    static const char invalid[] = "APP INVALID\r\n";
    uint32_t slot = product_application(it);
    uint8_t blank[2048];
    memset(blank, 0xFF, sizeof blank);
    vb_write(it->board, slot, blank, sizeof blank);
    if (image != NULL) {
        vb_write(it->board, slot, image->bytes, image->size);
    }
    product_provision(it, request, 0);
    vb_button(it->board, button);
    product_discard(it);
    vb_reset_pin(it->board);
    expectation wanted = expected(request, button, good);
    assert_int_equal(starts(it, reset_vector), wanted.starts);
    if (!wanted.starts) {
        char text[sizeof invalid] = {0};
        product_hear(it, text, sizeof text, 5 * VB_MS);
        assert_string_equal(text, wanted.says_invalid ? invalid : "");
        assert_int_equal(product_sync(it), HF_CLASSIC_ACK);
    }
    assert_int_equal(product_mailbox(it), 0); // cleared when read, whatever came of it
}

static void decide_all(product *it, const hf_image *image, uint32_t reset_vector, bool good)
{
    for (size_t i = 0; i < REQUESTS; i++) {
        for (unsigned button = 0; button < 2; button++) {
            decide(it, requests[i], button != 0, image, reset_vector, good);
        }
    }
}

static uint32_t good_reset_vector(const hf_image *good)
{
    uint32_t vector;
    memcpy(&vector, good->bytes + 4, sizeof vector);
    return vector;
}

static void good_image(void **state)
{
    product *it = *state;
    hf_image good = product_image(it, "blink-v1.bin");
    decide_all(it, &good, good_reset_vector(&good), true);
    hf_image_free(&good);
}

static void erased_flash(void **state)
{
    product *it = *state;
    hf_image good = product_image(it, "blink-v1.bin");
    decide_all(it, NULL, good_reset_vector(&good), false);
    hf_image_free(&good);
}

static void each_malformed_image(void **state)
{
    product *it = *state;
    hf_image good = product_image(it, "blink-v1.bin");
    for (size_t i = 0; i < malformed_count; i++) {
        print_message("  %s\n", malformed_images[i].name);
        hf_image bad = malformed_make(it, &malformed_images[i]);
        decide_all(it, &bad, good_reset_vector(&good), false);
        hf_image_free(&bad);
    }
    hf_image_free(&good);
}

// Six toggles of 100 ms, and then dark, whatever the reason for update mode is.
static void led_signals(void **state)
{
    product *it = *state;
    for (unsigned i = 0; i < 3; i++) {
        product_provision(it, i == 0 ? HF_REQUEST_UPDATE : 0, 0);
        vb_button(it->board, i == 1);
        product_led_forget(it);
        vb_reset_pin(it->board);
        product_wait(it, 1200 * VB_MS);
        product_discard(it);
        assert_int_equal(it->led_count, 6);
        for (size_t n = 1; n < it->led_count; n++) {
            assert_in_range(it->led[n].when - it->led[n - 1].when, 99 * VB_MS, 101 * VB_MS);
            assert_true(it->led[n].lit != it->led[n - 1].lit);
        }
        assert_false(vb_led(it->board));
    }
}

// Nothing of the bootloader's own blinking: an application that is started at once sees a LED nobody has touched.
static void led_is_left_alone_by_a_start(void **state)
{
    product *it = *state;
    hf_image good = product_image(it, "blink-v1.bin");
    product_install(it, &good);
    product_provision(it, 0, 0);
    vb_button(it->board, false);
    product_led_forget(it);
    vb_reset_pin(it->board);
    product_wait(it, 450 * VB_MS);
    assert_int_equal(it->led_count, 0);
    hf_image_free(&good);
}

static int make(void **state)
{
    *state = test_calloc(1, sizeof(product));
    product_make(*state, PRODUCT_REFERENCE);
    vb_power_on(((product *)*state)->board);
    return 0;
}

static int give_back(void **state)
{
    product_free(*state);
    test_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(good_image, make, give_back),
        cmocka_unit_test_setup_teardown(erased_flash, make, give_back),
        cmocka_unit_test_setup_teardown(each_malformed_image, make, give_back),
        cmocka_unit_test_setup_teardown(led_signals, make, give_back),
        cmocka_unit_test_setup_teardown(led_is_left_alone_by_a_start, make, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
