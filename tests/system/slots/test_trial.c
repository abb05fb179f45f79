// SPDX-License-Identifier: MIT
// Trials: what confirms itself stays, what does not is taken back as far as the strategy can, and what hangs is ended.
#include "slots.h"

#include "hf_classic.h"

#define SWAP      "stm32f407-swap"
#define OVERWRITE "overwrite-trial"
#define FULL      "stm32f407-full"

static void what_confirms_itself_stays(void **state)
{
    (void)state;
    product it;
    slots_start(&it, SWAP, "blink-v1.bin");
    assert_int_equal(slots_flash(&it, "blink-v2.bin"), HF_OK);
    product_wait(&it, INSTALLED_BY); // longer than the watchdog of the trial waits
    slots_expect(&it, 2);
    vb_reset_pin(it.board);
    product_wait(&it, VB_S);
    slots_expect(&it, 2);
    slots_power_cycle(&it);
    product_wait(&it, 6 * VB_S);
    slots_expect(&it, 2);
    product_free(&it);
}

// The host has been told that it is started; the device takes 140 ms to look at its signature once more.
static void what_was_acknowledged_is_installed(void **state)
{
    (void)state;
    product it;
    slots_start(&it, FULL, "blink-v1.bin");
    assert_int_equal(slots_flash(&it, "blink-v2.bin"), HF_OK);
    slots_power_cycle(&it);
    product_wait(&it, INSTALLED_BY);
    slots_expect(&it, 2);
    product_free(&it);
}

static void what_does_not_is_swapped_back_at_the_next_reset(void **state)
{
    (void)state;
    product it;
    slots_start(&it, SWAP, "blink-v1.bin");
    assert_int_equal(slots_flash(&it, "blink-v3.bin"), HF_OK);
    for (unsigned i = 0; i < 100 && !vb_idle(it.board); i++) {
        product_wait(&it, 100 * VB_MS);
    }
    hf_image v3 = product_image(&it, "blink-v3.bin");
    assert_true(product_holds(&it, &v3));
    hf_image_free(&v3);
    vb_reset_pin(it.board);
    product_wait(&it, INSTALLED_BY);
    slots_expect(&it, 1);
    vb_reset_pin(it.board); // and that is that
    product_wait(&it, VB_S);
    slots_expect(&it, 1);
    assert_int_equal(slots_flash(&it, "blink-v2.bin"), HF_OK);
    product_wait(&it, INSTALLED_BY);
    slots_expect(&it, 2);
    product_free(&it);
}

static void what_hangs_is_ended_by_the_watchdog(void **state)
{
    (void)state;
    product it;
    slots_start(&it, SWAP, "blink-v1.bin");
    assert_int_equal(slots_flash(&it, "blink-v3.bin"), HF_OK);
    product_wait(&it, 2 * INSTALLED_BY - 5 * VB_S); // nobody touches the board; an unset watchdog bites after 33 s
    slots_expect(&it, 1);
    product_free(&it);
}

// Overwrite keeps no image to go back to: the board waits for another one, reachable, and starts the bad one only for
// somebody who asks for it.
static void with_overwrite_the_board_waits_for_another_image(void **state)
{
    (void)state;
    product it;
    slots_start(&it, OVERWRITE, "blink-v1.bin");
    assert_int_equal(slots_flash(&it, "blink-v3.bin"), HF_OK);
    product_wait(&it, INSTALLED_BY); // installed, started, ended by the watchdog
    product_discard(&it);
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
    slots_power_cycle(&it);
    product_wait(&it, VB_S);
    product_discard(&it);
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
    assert_int_equal(product_ask(&it, (uint8_t[]){HF_CLASSIC_BOOT}, 1, VB_S), HF_CLASSIC_ACK);
    product_wait(&it, VB_S);
    slots_expect(&it, 3);
    product_wait(&it, 2 * VB_S); // its trial is no better than the first
    product_discard(&it);
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
    product_free(&it);
}

// Whoever begins to send and dies has not made a bad image a good one.
static void with_overwrite_half_an_update_changes_nothing_about_that(void **state)
{
    (void)state;
    product it;
    slots_start(&it, OVERWRITE, "blink-v1.bin");
    assert_int_equal(slots_flash(&it, "blink-v3.bin"), HF_OK);
    product_wait(&it, INSTALLED_BY);
    product_discard(&it);
    hf_image v2 = product_image(&it, "blink-v2.bin");
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
    assert_int_equal(product_erase(&it), HF_CLASSIC_ACK);
    assert_int_equal(product_send_frame(&it, &v2, 0, false), HF_CLASSIC_ACK);
    hf_image_free(&v2);
    slots_power_cycle(&it);
    product_wait(&it, VB_S);
    product_discard(&it);
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK); // it waits for another image, as before
    product_free(&it);
}

static void with_overwrite_the_image_after_a_bad_one_is_installed(void **state)
{
    (void)state;
    product it;
    slots_start(&it, OVERWRITE, "blink-v1.bin");
    assert_int_equal(slots_flash(&it, "blink-v3.bin"), HF_OK);
    product_wait(&it, INSTALLED_BY);
    assert_int_equal(slots_flash(&it, "blink-v2.bin"), HF_OK);
    product_wait(&it, INSTALLED_BY);
    slots_expect(&it, 2);
    vb_reset_pin(it.board);
    product_wait(&it, VB_S);
    slots_expect(&it, 2);
    product_free(&it);
}

static void with_overwrite_a_damaged_application_is_restored(void **state)
{
    (void)state;
    product it;
    static const uint32_t damage = 0;
    slots_start(&it, OVERWRITE, "blink-v1.bin");
    assert_int_equal(slots_flash(&it, "blink-v2.bin"), HF_OK);
    product_wait(&it, INSTALLED_BY);
    assert_int_equal(vb_write(it.board, product_application(&it) + 0x300, &damage, sizeof damage), VB_OK);
    vb_reset_pin(it.board);
    product_wait(&it, INSTALLED_BY);
    slots_expect(&it, 2);
    product_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_confirms_itself_stays),
        cmocka_unit_test(what_was_acknowledged_is_installed),
        cmocka_unit_test(what_does_not_is_swapped_back_at_the_next_reset),
        cmocka_unit_test(what_hangs_is_ended_by_the_watchdog),
        cmocka_unit_test(with_overwrite_the_board_waits_for_another_image),
        cmocka_unit_test(with_overwrite_half_an_update_changes_nothing_about_that),
        cmocka_unit_test(with_overwrite_the_image_after_a_bad_one_is_installed),
        cmocka_unit_test(with_overwrite_a_damaged_application_is_restored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
