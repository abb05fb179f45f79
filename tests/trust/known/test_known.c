// SPDX-License-Identifier: MIT
// "boot_check": "crc": the signature is verified once, and nothing that a link can do makes the bootloader believe in an
// image that it has not verified. What a debugger can do is shown, too: that is what the option gives up.
#include "signed_product.h"

#include <string.h>

#include "image_check.h"

#define BOARD   "stm32f407-signed-quick"
#define SLOW_MS 250u // two signatures take longer
#define QUICK_MS 25u

static unsigned boot_ms(product *it)
{
    vb_power_off(it->board, true);
    vb_time from = vb_now(it->board);
    vb_power_on(it->board);
    assert_true(signed_starts(it, 6 * VB_S));
    return (unsigned)((vb_now(it->board) - from) / VB_MS);
}

// Other content with the same length and the same CRC-32, which anybody can make: a multiple of the CRC's polynomial added
// to the message changes nothing. Bits go least significant first.
static void disguise(hf_image *image, size_t at)
{
    static const uint64_t polynomial = 0x1DB710641u; // x^32 first
    for (unsigned bit = 0; bit < 33; bit++) {
        image->bytes[at + bit / 8] ^= (uint8_t)((polynomial >> bit & 1u) << bit % 8);
    }
}

static hf_error send_without_starting(product *it, const hf_image *image)
{
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_flash_report report;
    options.boot = false;
    signed_into_update_mode(it);
    return product_flash(it, image, &options, &report);
}

static void verified_once(void **state)
{
    (void)state;
    product *it = signed_make(BOARD);
    hf_image v1 = signed_image(it, 1, key_1, 0), v2 = signed_image(it, 2, key_1, 0);
    product_install(it, &v1);
    assert_in_range(boot_ms(it), SLOW_MS, 2000);
    assert_in_range(boot_ms(it), 0, QUICK_MS);
    assert_int_equal(signed_flash(it, &v2), HF_OK);
    assert_true(signed_starts(it, 2 * VB_S));
    assert_in_range(boot_ms(it), 0, QUICK_MS);
    hf_image_free(&v1);
    hf_image_free(&v2);
    signed_end(it);
}

static void damage_is_noticed(void **state)
{
    (void)state;
    product *it = signed_make(BOARD);
    hf_image v1 = signed_image(it, 1, key_1, 0);
    assert_true(signed_boots_with(it, &v1));
    v1.bytes[0x100] ^= 1;
    assert_false(signed_boots_with(it, &v1));
    hf_image_free(&v1);
    signed_end(it);
}

// The record is withdrawn before the first byte changes, and stays so.
static void a_link_cannot_use_it(void **state)
{
    (void)state;
    product *it = signed_make(BOARD);
    hf_image v1 = signed_image(it, 1, key_1, 0), fake = signed_image(it, 1, key_1, 0);
    disguise(&fake, 0x120);
    size_t covered = v1.size - HF_TRAILER_SIGNED;
    assert_memory_not_equal(fake.bytes, v1.bytes, covered);
    assert_int_equal(hf_crc32(0, fake.bytes, covered), hf_crc32(0, v1.bytes, covered));
    assert_true(signed_boots_with(it, &v1));
    assert_in_range(boot_ms(it), 0, QUICK_MS);
    assert_int_equal(send_without_starting(it, &fake), HF_OK); // it is what was sent
    assert_true(product_holds(it, &fake));
    assert_false(signed_boots(it));
    assert_false(signed_boots(it));
    assert_int_equal(signed_flash(it, &v1), HF_OK);
    assert_true(signed_starts(it, 2 * VB_S));
    assert_in_range(boot_ms(it), 0, QUICK_MS);
    hf_image_free(&v1);
    hf_image_free(&fake);
    signed_end(it);
}

// What the option gives up: whoever writes flash without the bootloader, and knows the image that was verified.
static void a_debugger_can(void **state)
{
    (void)state;
    product *it = signed_make(BOARD);
    hf_image v1 = signed_image(it, 1, key_1, 0);
    assert_true(signed_boots_with(it, &v1));
    disguise(&v1, 0x120);
    assert_true(signed_boots_with(it, &v1));
    hf_image_free(&v1);
    signed_end(it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verified_once),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(a_link_cannot_use_it),
        cmocka_unit_test(a_debugger_can),
    };
    return cmocka_run_group_tests(tests, signed_load_keys, signed_free_keys);
}
