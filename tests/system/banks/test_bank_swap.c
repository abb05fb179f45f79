// SPDX-License-Identifier: MIT
// Bank swap on the virtual STM32H743 with the real bootloader: update, trial, confirmation, going back, and the
// bootloader's copy in the other bank.
#include "product.h"

#include <string.h>

#define BOARD     "stm32h743-nucleo"
#define BANK      0x00100000u
#define BOOT      0x08000000u
#define BOOT_SIZE 8192u

static void update_mode(product *it)
{
    vb_button(it->board, true);
    vb_reset_pin(it->board);
    product_wait(it, 100 * VB_MS);
    vb_button(it->board, false);
}

static void flash(product *it, const char *name)
{
    hf_image image = product_image(it, name);
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_flash_report report;
    update_mode(it);
    product_discard(it);
    assert_int_equal(product_flash(it, &image, &options, &report), HF_OK);
    hf_image_free(&image);
}

static void start_with_v1(product *it)
{
    product_make(it, BOARD);
    hf_image image = product_image(it, "blink-v1.bin");
    product_install(it, &image);
    hf_image_free(&image);
    vb_power_on(it->board);
    product_wait(it, 2 * VB_S);
    product_expect_blink(it, 500);
}

static bool bootloaders_are_equal(const product *it)
{
    static uint8_t here[BOOT_SIZE], there[BOOT_SIZE];
    assert_int_equal(vb_read(it->board, BOOT, here, BOOT_SIZE), VB_OK);
    assert_int_equal(vb_read(it->board, BOOT + BANK, there, BOOT_SIZE), VB_OK);
    return memcmp(here, there, BOOT_SIZE) == 0;
}

static void updates_and_keeps_what_confirms(void **state)
{
    (void)state;
    product it;
    start_with_v1(&it);
    assert_false(bootloaders_are_equal(&it)); // the other bank is blank
    flash(&it, "blink-v2.bin");
    product_wait(&it, 4 * VB_S); // copy, option bytes, reset, and a second until it confirms
    product_expect_blink(&it, 250);
    assert_true(bootloaders_are_equal(&it));
    vb_power_off(it.board, false);
    vb_power_on(it.board);
    product_wait(&it, VB_S);
    product_expect_blink(&it, 250);
    product_free(&it);
}

static void goes_back_from_what_does_not_confirm(void **state)
{
    (void)state;
    product it;
    start_with_v1(&it);
    flash(&it, "blink-v2.bin");
    product_wait(&it, 4 * VB_S);
    flash(&it, "blink-v3.bin");
    product_wait(&it, 2 * VB_S);
    product_expect_blink(&it, 125);
    vb_reset_pin(it.board);
    product_wait(&it, 2 * VB_S);
    product_expect_blink(&it, 250);
    vb_reset_pin(it.board); // and stays there
    product_wait(&it, VB_S);
    product_expect_blink(&it, 250);
    product_free(&it);
}

static void goes_back_from_what_is_damaged(void **state)
{
    (void)state;
    product it;
    start_with_v1(&it);
    flash(&it, "blink-v2.bin");
    product_wait(&it, 4 * VB_S);
    static const uint32_t damage = 0;
    assert_int_equal(vb_write(it.board, product_application(&it) + 0x300, &damage, sizeof damage), VB_OK);
    vb_reset_pin(it.board);
    product_wait(&it, 2 * VB_S);
    product_expect_blink(&it, 500);
    product_free(&it);
}

// Power fails while v2 is about to be swapped to, comes back with the button held, and v3 is received instead. Both are wanted
// then, and neither was ever started: the banks must not change places for ever.
static void updates_before_the_update_was_started(void **state)
{
    (void)state;
    product it;
    hf_flash_report report;
    start_with_v1(&it);
    hf_classic_options options = hf_classic_defaults(&it.description);
    flash(&it, "blink-v2.bin");
    product_wait(&it, 50 * VB_MS);
    vb_power_off(it.board, true);
    vb_button(it.board, true);
    vb_power_on(it.board);
    product_wait(&it, 4 * VB_S); // swapped, and in update mode
    vb_button(it.board, false);
    product_discard(&it);
    hf_image v3 = product_image(&it, "blink-v3.bin");
    assert_int_equal(product_flash(&it, &v3, &options, &report), HF_OK);
    hf_image_free(&v3);
    product_wait(&it, 4 * VB_S);
    product_expect_blink(&it, 125);
    vb_reset_pin(it.board); // which does not confirm; v2 is what is left, and has its trial now
    product_wait(&it, 4 * VB_S);
    product_expect_blink(&it, 250);
    product_free(&it);
}

// Half an image in the other bank is nobody's business.
static void ignores_what_is_incomplete(void **state)
{
    (void)state;
    product it;
    start_with_v1(&it);
    hf_image image = product_image(&it, "blink-v2.bin");
    update_mode(&it);
    assert_int_equal(product_sync(&it), 0x79);
    assert_int_equal(product_erase(&it), 0x79);
    assert_int_equal(product_send_frame(&it, &image, 0, false), 0x79);
    vb_power_off(it.board, false);
    vb_power_on(it.board);
    product_wait(&it, VB_S);
    product_expect_blink(&it, 500);
    hf_image_free(&image);
    product_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(updates_and_keeps_what_confirms),
        cmocka_unit_test(goes_back_from_what_does_not_confirm),
        cmocka_unit_test(goes_back_from_what_is_damaged),
        cmocka_unit_test(updates_before_the_update_was_started),
        cmocka_unit_test(ignores_what_is_incomplete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
