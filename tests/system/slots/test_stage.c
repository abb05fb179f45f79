// SPDX-License-Identifier: MIT
// The application stages its successor while it runs: Field v1 takes Field v2 over its own serial line, from the host's
// ordinary classic session, and goes on blinking; the next reset installs it.
#include "slots.h"

#include "hf_classic.h"

static hf_error send(product *it, const char *name)
{
    hf_image image = product_image(it, name);
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_flash_report report;
    product_discard(it);
    hf_error error = product_flash(it, &image, &options, &report);
    hf_image_free(&image);
    return error;
}

static bool holds(product *it, const char *name)
{
    hf_image image = product_image(it, name);
    bool same = product_holds(it, &image);
    hf_image_free(&image);
    return same;
}

static void stages_and_installs(const char *board)
{
    product it;
    slots_start(&it, board, "field-v1.bin");
    product_expect_blink(&it, 500);
    assert_int_equal(send(&it, "field-v2.bin"), HF_OK);
    assert_true(holds(&it, "field-v1.bin"));
    product_wait(&it, INSTALLED_BY);
    assert_true(holds(&it, "field-v2.bin"));
    product_expect_blink(&it, 250);
    slots_power_cycle(&it);
    product_wait(&it, VB_S);
    product_expect_blink(&it, 250); // it has confirmed itself
    product_free(&it);
}

static void with_swap(void **state)
{
    (void)state;
    stages_and_installs("stm32f407-swap");
}

static void with_overwrite(void **state)
{
    (void)state;
    stages_and_installs("stm32f407-overwrite");
}

// The application goes on: half an image is nobody's business, neither now nor after a reset.
static void half_an_image_is_not_installed(void **state)
{
    (void)state;
    product it;
    slots_start(&it, "stm32f407-swap", "field-v1.bin");
    hf_image v2 = product_image(&it, "field-v2.bin");
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
    assert_int_equal(product_erase(&it), HF_CLASSIC_ACK);
    for (unsigned n = 0; n < 10; n++) {
        assert_int_equal(product_send_frame(&it, &v2, n, false), HF_CLASSIC_ACK);
    }
    assert_int_equal(product_ask(&it, (uint8_t[]){HF_CLASSIC_BOOT}, 1, 2 * VB_S), HF_CLASSIC_NAK);
    product_expect_blink(&it, 500);
    slots_power_cycle(&it);
    product_wait(&it, VB_S);
    assert_true(holds(&it, "field-v1.bin"));
    product_expect_blink(&it, 500);
    assert_int_equal(send(&it, "field-v2.bin"), HF_OK); // and the whole one is
    product_wait(&it, INSTALLED_BY);
    product_expect_blink(&it, 250);
    hf_image_free(&v2);
    product_free(&it);
}

// An image below the floor is refused while it is received, by the application too.
static void a_downgrade_is_not_staged(void **state)
{
    (void)state;
    product it;
    slots_start(&it, "stm32f407-swap", "field-v2.bin");
    assert_int_not_equal(send(&it, "field-v1.bin"), HF_OK);
    product_wait(&it, VB_S);
    product_expect_blink(&it, 250);
    product_free(&it);
}

// What is kept for the way back is not given away before the way forward is certain.
static void an_image_on_trial_stages_nothing(void **state)
{
    (void)state;
    product it;
    slots_start(&it, "stm32f407-swap", "field-v1.bin");
    assert_int_equal(send(&it, "field-v2.bin"), HF_OK);
    product_discard(&it);
    int answer = -1;
    for (unsigned i = 0; i < 200 && answer != HF_CLASSIC_ACK; i++) { // until the new one answers
        answer = product_ask(&it, (uint8_t[]){HF_CLASSIC_SYNC}, 1, 100 * VB_MS);
    }
    assert_int_equal(answer, HF_CLASSIC_ACK);
    assert_true(holds(&it, "field-v2.bin"));
    assert_int_equal(product_erase(&it), HF_CLASSIC_NAK);
    product_wait(&it, 2 * VB_S); // it has confirmed itself
    product_discard(&it);
    assert_int_equal(product_erase(&it), HF_CLASSIC_ACK);
    product_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_swap),
        cmocka_unit_test(with_overwrite),
        cmocka_unit_test(half_an_image_is_not_installed),
        cmocka_unit_test(a_downgrade_is_not_staged),
        cmocka_unit_test(an_image_on_trial_stages_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
