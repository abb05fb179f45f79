// SPDX-License-Identifier: MIT
// Staging in external flash with the real bootloaders: by QUADSPI on the STM32H743 and by SPI on the STM32F407.
#include "product.h"

#include <string.h>

#include "hf_classic.h"

static const char *const boards[] = {"stm32h743-qspi", "stm32f407-spi"};
#define BOARDS (sizeof boards / sizeof boards[0])

// The bootloader looks at the button when it has read its records: a flash that is erasing keeps it waiting.
static void update_mode(product *it)
{
    vb_button(it->board, true);
    vb_reset_pin(it->board);
    product_wait(it, 300 * VB_MS);
    vb_button(it->board, false);
    product_discard(it);
}

static void flash(product *it, const char *name)
{
    hf_image image = product_image(it, name);
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_flash_report report;
    update_mode(it);
    assert_int_equal(product_flash(it, &image, &options, &report), HF_OK);
    hf_image_free(&image);
}

static void start_with_v1(product *it, const char *board)
{
    product_make(it, board);
    hf_image image = product_image(it, "blink-v1.bin");
    product_install(it, &image);
    hf_image_free(&image);
    vb_power_on(it->board);
    product_wait(it, VB_S);
    product_expect_blink(it, 500);
}

// The installation: erases and programs the blocks of a small image, and starts it.
#define INSTALLED (6 * VB_S)

// A reset of the processor does not reach the flash, which says nothing but "busy" then.
static void begin_to_erase(product *it)
{
    update_mode(it);
    assert_int_equal(product_sync(it), HF_CLASSIC_ACK);
    product_send(it, (uint8_t[]){HF_CLASSIC_ERASE}, 1);
    product_wait(it, 50 * VB_MS);
}

static void installs_takes_back_and_restores(const char *board)
{
    product it;
    start_with_v1(&it, board);
    begin_to_erase(&it);
    flash(&it, "blink-v3.bin"); // begins with a reset, waits for the flash, and never confirms
    product_wait(&it, INSTALLED);
    product_expect_blink(&it, 125);
    vb_reset_pin(it.board);
    product_wait(&it, INSTALLED);
    product_expect_blink(&it, 500);
    flash(&it, "blink-v2.bin");
    product_wait(&it, INSTALLED);
    product_expect_blink(&it, 250);
    static const uint32_t damage = 0;
    assert_int_equal(vb_write(it.board, product_application(&it) + 0x200, &damage, sizeof damage), VB_OK);
    vb_reset_pin(it.board);
    product_wait(&it, INSTALLED);
    product_expect_blink(&it, 250);
    product_free(&it);
}

static bool hears(product *it, const char *words)
{
    char text[256] = "";
    (void)product_hear(it, text, sizeof text - 1, 100 * VB_MS);
    return strstr(text, words) != NULL;
}

static void goes_on_without_the_chip_and_says_so(const char *board)
{
    product it;
    start_with_v1(&it, board);
    vb_power_off(it.board, true);
    vb_external(it.board, false);
    vb_power_on(it.board);
    product_wait(&it, VB_S);
    product_expect_blink(&it, 500);
    vb_button(it.board, true);
    vb_reset_pin(it.board);
    assert_true(hears(&it, "NO STAGING"));
    vb_button(it.board, false);
    product_wait(&it, VB_S);
    product_discard(&it);
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
    assert_int_equal(product_erase(&it), HF_CLASSIC_NAK);
    product_free(&it);
}

static void on_both(void (*test)(const char *board))
{
    for (size_t i = 0; i < BOARDS; i++) {
        print_message("%s\n", boards[i]);
        test(boards[i]);
    }
}

#define ON_BOTH(name)                                                                                                   \
    static void name##_on_both(void **state)                                                                            \
    {                                                                                                                   \
        (void)state;                                                                                                    \
        on_both(name);                                                                                                  \
    }
ON_BOTH(installs_takes_back_and_restores)
ON_BOTH(goes_on_without_the_chip_and_says_so)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(installs_takes_back_and_restores_on_both),
        cmocka_unit_test(goes_on_without_the_chip_and_says_so_on_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
