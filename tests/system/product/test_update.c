// SPDX-License-Identifier: MIT
// The main job: Blink v1 becomes Blink v2 over the UART, on every board of the reference chip. The LED is the witness.
#include "product.h"

#include "hf_classic.h"
#include "hf_mailbox.h"

#define RCC_CSR               0x40023874u
#define RCC_CSR_RMVF          (1u << 24)
#define RCC_CSR_IWDGRSTF      (1u << 29)
#define IWDG_KR               0x40003000u
#define IWDG_PR               0x40003004u
#define IWDG_RLR              0x40003008u
#define FLASH_OPTCR_DELIVERED 0x0FFFAAEDu
#define FLASH_OPTCR_WDG_SW    (1u << 5)

static const char *const boards[] = {
    "stm32f407-discovery", "stm32f407-classic", "stm32f407-classroom",
    "stm32f407-overwrite", "stm32f407-signed",  "stm32h743-classic",
};
#define BOARDS (sizeof boards / sizeof boards[0])

// From power-on to a blinking v1, then reset with the button held, as in the first exercise.
static void enter_by_button(product *it)
{
    hf_image v1 = product_image(it, "blink-v1.bin");
    product_install(it, &v1);
    hf_image_free(&v1);
    vb_power_on(it->board);
    product_wait(it, 700 * VB_MS);
    product_expect_blink(it, 500);
    vb_button(it->board, true);
    vb_reset_pin(it->board);
    product_wait(it, 100 * VB_MS);
    vb_button(it->board, false);
}

// A strategy that stages installs after the reset: erasing and copying take their time.
static void expect_installed(product *it, const hf_image *image)
{
    for (unsigned s = 0; s < 60 && !product_holds(it, image); s++) {
        product_wait(it, VB_S);
    }
    assert_true(product_holds(it, image));
    if (it->description.strategy != HF_STRATEGY_SINGLE) {
        product_wait(it, 2 * VB_S);
    }
}

static void expect_v2(product *it, const hf_image *v2)
{
    expect_installed(it, v2);
    product_wait(it, 500 * VB_MS);
    product_expect_blink(it, 250);
    vb_power_off(it->board, false);
    product_wait(it, VB_S);
    vb_power_on(it->board);
    product_wait(it, 500 * VB_MS);
    product_expect_blink(it, 250);
}

static void exercise_1_button_triggered_update(void **state)
{
    (void)state;
    for (size_t i = 0; i < BOARDS; i++) {
        product it;
        hf_flash_report report;
        print_message("  %s\n", boards[i]);
        product_make(&it, boards[i]);
        enter_by_button(&it);
        hf_image v2 = product_image(&it, "blink-v2.bin");
        hf_classic_options options = hf_classic_defaults(&it.description);
        assert_int_equal(product_flash(&it, &v2, &options, &report), HF_OK);
        assert_true(report.booted);
        assert_int_equal(report.resent, 0);
        assert_int_equal(report.restarts, 0);
        expect_v2(&it, &v2);
        hf_image_free(&v2);
        product_free(&it);
    }
}

// The watchdog of a trial is started while what was written to it at boot still waits for its clock.
static void trial_begins_without_misuse(void **state)
{
    (void)state;
    product it;
    hf_flash_report report;
    product_make(&it, "stm32f407-swap");
    enter_by_button(&it);
    hf_image v2 = product_image(&it, "blink-v2.bin");
    hf_classic_options options = hf_classic_defaults(&it.description);
    assert_int_equal(product_flash(&it, &v2, &options, &report), HF_OK);
    expect_installed(&it, &v2);
    hf_image_free(&v2);
    product_free(&it);
}

// Every frame is damaged once, with one frame in flight and with two: NAK, sent again, correct in the end.
static void exercise_2_injected_error(void **state)
{
    (void)state;
    product it;
    product_make(&it, "slow-core");
    enter_by_button(&it);
    hf_image v2 = product_image(&it, "blink-v2.bin");
    hf_classic_options options = hf_classic_defaults(&it.description);
    options.boot = false;
    uint32_t frames = (uint32_t)((v2.size + HF_CLASSIC_PAYLOAD - 1) / HF_CLASSIC_PAYLOAD);
    for (uint32_t n = 1; n <= frames; n++) {
        hf_flash_report report;
        options.inject_frame = n;
        options.pipeline = n % 2 == 0;
        assert_int_equal(product_flash(&it, &v2, &options, &report), HF_OK);
        assert_true(report.injected && report.injected_nak);
        assert_true(report.resent >= 1 && report.naks >= 1);
        assert_int_equal(report.restarts, 0);
        assert_true(product_holds(&it, &v2));
    }
    assert_int_equal(product_ask(&it, (uint8_t[]){HF_CLASSIC_BOOT}, 1, VB_S), HF_CLASSIC_ACK);
    expect_v2(&it, &v2);
    hf_image_free(&v2);
    product_free(&it);
}

// Without a CRC-16 nobody notices the bit until VERIFY: the host starts over.
static void classroom_notices_by_verify(void **state)
{
    (void)state;
    product it;
    hf_flash_report report;
    product_make(&it, "stm32f407-classroom");
    enter_by_button(&it);
    hf_image v2 = product_image(&it, "blink-v2.bin");
    hf_classic_options options = hf_classic_defaults(&it.description);
    options.inject_frame = 4;
    assert_int_equal(product_flash(&it, &v2, &options, &report), HF_OK);
    assert_true(report.injected && !report.injected_nak);
    assert_int_equal(report.restarts, 1);
    expect_v2(&it, &v2);
    hf_image_free(&v2);
    product_free(&it);
}

// A field update: the application itself asks (Blink does when its button is held for 50 ms), no hand at the reset.
static void application_asks_for_the_update(void **state)
{
    (void)state;
    product it;
    hf_flash_report report;
    product_make(&it, PRODUCT_REFERENCE);
    hf_image v1 = product_image(&it, "blink-v1.bin"), v2 = product_image(&it, "blink-v2.bin");
    product_install(&it, &v1);
    vb_power_on(it.board);
    product_wait(&it, 700 * VB_MS);
    vb_button(it.board, true);
    product_wait(&it, 80 * VB_MS);
    vb_button(it.board, false);
    hf_classic_options options = hf_classic_defaults(&it.description);
    assert_int_equal(product_flash(&it, &v2, &options, &report), HF_OK);
    expect_v2(&it, &v2);
    assert_int_equal(product_mailbox(&it), 0);
    hf_image_free(&v1);
    hf_image_free(&v2);
    product_free(&it);
}

static void first_image_on_a_blank_board(void **state)
{
    (void)state;
    product it;
    hf_flash_report report;
    product_make(&it, PRODUCT_REFERENCE);
    vb_power_on(it.board);
    product_wait(&it, 100 * VB_MS);
    hf_image v2 = product_image(&it, "blink-v2.bin");
    hf_classic_options options = hf_classic_defaults(&it.description);
    assert_int_equal(product_flash(&it, &v2, &options, &report), HF_OK);
    expect_v2(&it, &v2);
    hf_image_free(&v2);
    product_free(&it);
}

// The supply fails in the middle of the transfer: the board stays reachable, and the next try succeeds.
static void supply_fails_halfway(void **state)
{
    (void)state;
    product it;
    hf_flash_report report;
    product_make(&it, PRODUCT_REFERENCE);
    enter_by_button(&it);
    hf_image v2 = product_image(&it, "blink-v2.bin");
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
    assert_int_equal(product_erase(&it), HF_CLASSIC_ACK);
    for (unsigned n = 0; n < 3; n++) {
        assert_int_equal(product_send_frame(&it, &v2, n, false), HF_CLASSIC_ACK);
    }
    vb_power_off(it.board, true);
    product_wait(&it, VB_S);
    product_discard(&it);
    vb_power_on(it.board);
    char text[16] = {0};
    assert_int_equal(product_hear(&it, text, 13, VB_S), 13);
    assert_string_equal(text, "APP INVALID\r\n");
    hf_classic_options options = hf_classic_defaults(&it.description);
    assert_int_equal(product_flash(&it, &v2, &options, &report), HF_OK);
    expect_v2(&it, &v2);
    hf_image_free(&v2);
    product_free(&it);
}

static void dead_crystal(void **state)
{
    (void)state;
    product it;
    hf_flash_report report;
    product_make(&it, PRODUCT_REFERENCE);
    vb_crystal(it.board, false);
    enter_by_button(&it);
    hf_image v2 = product_image(&it, "blink-v2.bin");
    hf_classic_options options = hf_classic_defaults(&it.description);
    options.boot = false;
    assert_int_equal(product_flash(&it, &v2, &options, &report), HF_OK);
    uint32_t rcc_cr = product_peek(&it, 0x40023800u), rcc_cfgr = product_peek(&it, 0x40023808u);
    assert_int_equal(rcc_cr & 0x00030000u, 0); // HSE neither on nor ready
    assert_int_equal(rcc_cfgr & 0xCu, 0x8);    // on the PLL all the same
    assert_int_equal(product_ask(&it, (uint8_t[]){HF_CLASSIC_BOOT}, 1, VB_S), HF_CLASSIC_ACK);
    expect_v2(&it, &v2);
    hf_image_free(&v2);
    product_free(&it);
}

static bool watchdog_has_reset(product *it)
{
    return (product_peek(it, RCC_CSR) & RCC_CSR_IWDGRSTF) != 0;
}

static void reset_and_forget_why(product *it)
{
    product_poke(it, RCC_CSR, RCC_CSR_RMVF);
    vb_reset_pin(it->board);
    product_wait(it, 300 * VB_MS);
    product_discard(it);
}

// Option byte WDG_SW = 0: the watchdog runs from reset with 512 ms, an erase takes a second and stalls the core.
static void hardware_watchdog_is_slowed_down_and_fed(void **state)
{
    (void)state;
    product it;
    hf_flash_report report;
    product_make(&it, "slow-core");
    product_provision(&it, 0, FLASH_OPTCR_DELIVERED & ~FLASH_OPTCR_WDG_SW);
    reset_and_forget_why(&it);
    assert_int_equal(product_peek(&it, 0x40023C14u) & FLASH_OPTCR_WDG_SW, 0);

    // Back to 512 ms by hand: only feeding can keep the board from being reset now.
    product_poke(&it, IWDG_KR, 0x5555);
    product_poke(&it, IWDG_PR, 0);
    product_wait(&it, 5 * VB_S);
    assert_false(watchdog_has_reset(&it));

    reset_and_forget_why(&it);
    hf_image v2 = product_image(&it, "blink-v2.bin");
    hf_classic_options options = hf_classic_defaults(&it.description);
    options.boot = false;
    assert_int_equal(product_flash(&it, &v2, &options, &report), HF_OK);
    assert_true(product_holds(&it, &v2));
    assert_false(watchdog_has_reset(&it));

    // Blink feeds it once in a millisecond: that it resets now, with an eighth of one, proves that it was running.
    reset_and_forget_why(&it);
    product_wait(&it, 2 * VB_S);
    assert_false(watchdog_has_reset(&it));
    product_poke(&it, IWDG_KR, 0x5555);
    product_poke(&it, IWDG_RLR, 0);
    product_wait(&it, VB_S);
    assert_true(watchdog_has_reset(&it));
    hf_image_free(&v2);
    product_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exercise_1_button_triggered_update), cmocka_unit_test(trial_begins_without_misuse),
        cmocka_unit_test(exercise_2_injected_error),
        cmocka_unit_test(classroom_notices_by_verify),        cmocka_unit_test(application_asks_for_the_update),
        cmocka_unit_test(first_image_on_a_blank_board),       cmocka_unit_test(supply_fails_halfway),
        cmocka_unit_test(dead_crystal),                       cmocka_unit_test(hardware_watchdog_is_slowed_down_and_fed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
