// SPDX-License-Identifier: MIT
// What keeps an image out, and the swap off, with bank swap: the floor for security counters, and a supply that is too low for
// flash and option bytes. The real bootloader on the virtual STM32H743.
#include "product.h"

#include <stddef.h>
#include <string.h>
#include <zlib.h>

#include "hf_classic.h"
#include "hf_image.h"
#include "model.h"

#define BOARD "stm32h743-nucleo"

// Blink with another security counter, sealed again.
static hf_image with_counter(product *it, const char *name, uint32_t counter)
{
    hf_image image = product_image(it, name);
    uint32_t length;
    memcpy(&length, image.bytes + HF_IMAGE_OFFSET_LENGTH, sizeof length);
    uint8_t *trailer = (uint8_t *)image.bytes + length;
    memcpy(trailer + offsetof(struct hf_trailer, security_counter), &counter, sizeof counter);
    uint32_t crc = (uint32_t)crc32(0, image.bytes, (uInt)(length + offsetof(struct hf_trailer, crc32)));
    memcpy(trailer + offsetof(struct hf_trailer, crc32), &crc, sizeof crc);
    return image;
}

static void update_mode(product *it)
{
    vb_button(it->board, true);
    vb_reset_pin(it->board);
    product_wait(it, 100 * VB_MS);
    vb_button(it->board, false);
    product_discard(it);
}

static hf_error flash(product *it, const char *name, uint32_t counter)
{
    hf_image image = with_counter(it, name, counter);
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_flash_report report;
    update_mode(it);
    hf_error error = product_flash(it, &image, &options, &report);
    hf_image_free(&image);
    product_wait(it, error == HF_OK ? 4 * VB_S : 0);
    return error;
}

static void begin(product *it)
{
    product_make(it, BOARD);
    hf_image image = with_counter(it, "blink-v1.bin", 4);
    product_install(it, &image);
    hf_image_free(&image);
    vb_power_on(it->board);
    product_wait(it, VB_S);
}

static void restart_and_expect(product *it, unsigned ms)
{
    vb_reset_pin(it->board);
    product_wait(it, 2 * VB_S);
    product_expect_blink(it, ms);
}

static void the_floor_rises_with_what_confirmed(void **state)
{
    (void)state;
    product it;
    begin(&it);
    assert_int_not_equal(flash(&it, "blink-v2.bin", 3), HF_OK); // below what runs
    restart_and_expect(&it, 500);
    assert_int_equal(flash(&it, "blink-v2.bin", 6), HF_OK);
    restart_and_expect(&it, 250); // confirmed by now: the floor is 6
    assert_int_not_equal(flash(&it, "blink-v1.bin", 5), HF_OK);
    restart_and_expect(&it, 250);
    assert_int_equal(flash(&it, "blink-v1.bin", 6), HF_OK); // the version may fall here
    restart_and_expect(&it, 500);
    product_free(&it);
}

static void a_trial_that_fails_raises_nothing(void **state)
{
    (void)state;
    product it;
    begin(&it);
    assert_int_equal(flash(&it, "blink-v3.bin", 9), HF_OK);
    restart_and_expect(&it, 500);
    assert_int_equal(flash(&it, "blink-v2.bin", 4), HF_OK);
    restart_and_expect(&it, 250);
    product_free(&it);
}

// The image has confirmed itself, and the button is held at the very next reset: the floor is on record in the other bank alone, which
// the next image goes to.
static void a_host_that_comes_early_finds_the_floor(void **state)
{
    (void)state;
    product it;
    begin(&it);
    assert_int_equal(flash(&it, "blink-v2.bin", 6), HF_OK);
    assert_int_not_equal(flash(&it, "blink-v1.bin", 5), HF_OK);
    assert_int_not_equal(flash(&it, "blink-v1.bin", 3), HF_OK);
    assert_int_equal(flash(&it, "blink-v1.bin", 6), HF_OK);
    restart_and_expect(&it, 500);
    product_free(&it);
}

// The way back does not lead below the floor.
static void a_damaged_image_does_not_let_an_old_one_in(void **state)
{
    (void)state;
    product it;
    begin(&it);
    assert_int_equal(flash(&it, "blink-v2.bin", 6), HF_OK);
    restart_and_expect(&it, 250);
    static const uint32_t damage = 0;
    assert_int_equal(vb_write(it.board, product_application(&it) + 0x200, &damage, sizeof damage), VB_OK);
    vb_reset_pin(it.board);
    product_wait(&it, 2 * VB_S);
    product_discard(&it);
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK); // update mode
    product_free(&it);
}

// -- supply -----------------------------------------------------------------------------------------------------------

static void a_low_supply_changes_nothing(void **state)
{
    (void)state;
    product it;
    begin(&it);
    update_mode(&it);
    vb_supply(it.board, 2400);
    uint64_t before = vb_flash_operations(it.board);
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
    assert_int_equal(product_erase(&it), HF_CLASSIC_NAK);
    assert_int_equal(vb_flash_operations(it.board), before);
    vb_supply(it.board, 3300);
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
    assert_int_equal(product_erase(&it), HF_CLASSIC_ACK);
    hf_image image = product_image(&it, "blink-v2.bin");
    vb_supply(it.board, 2400);
    before = vb_flash_operations(it.board);
    assert_int_equal(product_send_frame(&it, &image, 0, false), HF_CLASSIC_NAK);
    assert_int_equal(vb_flash_operations(it.board), before);
    hf_image_free(&image);
    product_free(&it);
}

// The image is wanted, the supply falls before the swap: the old one goes on, and the swap is made when it is good again.
static void a_swap_waits_for_the_supply(void **state)
{
    (void)state;
    product it;
    begin(&it);
    hf_image image = with_counter(&it, "blink-v2.bin", 4);
    update_mode(&it);
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK);
    assert_int_equal(product_erase(&it), HF_CLASSIC_ACK);
    for (unsigned n = 0; n * HF_CLASSIC_PAYLOAD < image.size; n++) {
        assert_int_equal(product_send_frame(&it, &image, n, false), HF_CLASSIC_ACK);
    }
    uint64_t before = vb_flash_operations(it.board);
    product_send(&it, (uint8_t[]){HF_CLASSIC_BOOT}, 1);
    for (unsigned i = 0; i < 1000 && vb_flash_operations(it.board) == before; i++) {
        product_wait(&it, 50 * VB_US); // until "wanted" is being written
    }
    vb_supply(it.board, 2400);
    product_wait(&it, 800 * VB_MS); // after a second the application confirms, which is a write of its own
    assert_int_equal(vb_flash_operations(it.board), before + 1);
    product_expect_blink(&it, 500);
    vb_supply(it.board, 3300);
    vb_reset_pin(it.board);
    product_wait(&it, 5 * VB_S);
    product_expect_blink(&it, 250);
    hf_image_free(&image);
    uint32_t cr1 = 0;
    assert_true(vb_bus_read(it.board, 0x58024800, 4, &cr1));
    assert_int_equal(cr1 & 0xF0, 0); // the application finds the detector (PVDEN, PLS) as after reset
    product_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_floor_rises_with_what_confirmed),
        cmocka_unit_test(a_trial_that_fails_raises_nothing),
        cmocka_unit_test(a_host_that_comes_early_finds_the_floor),
        cmocka_unit_test(a_damaged_image_does_not_let_an_old_one_in),
        cmocka_unit_test(a_low_supply_changes_nothing),
        cmocka_unit_test(a_swap_waits_for_the_supply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
