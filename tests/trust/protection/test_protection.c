// SPDX-License-Identifier: MIT
// Option bytes that the bootloader sets for itself, on the real firmware: in force from the first start on, kept, finished
// after a cut of the supply, no obstacle for updates, and erased together with all flash when somebody takes them back.
#include "product.h"

#include "hf_classic.h"
#include "hf_mailbox.h"

#define PRODUCT         "stm32f407-production"
#define FLASH_OPTKEYR   0x40023C08u
#define FLASH_OPTCR     0x40023C14u
#define OPTCR_DELIVERED 0x0FFFAAEDu
#define RDP(optcr)      ((optcr) >> 8 & 0xFFu)
#define SECTOR_0        (1u << 16)
#define CUTS            24u

static product *with_application(const char *name)
{
    product *it = test_calloc(1, sizeof *it);
    product_make(it, PRODUCT);
    hf_image image = product_image(it, name);
    product_install(it, &image);
    hf_image_free(&image);
    return it;
}

static void end(product *it)
{
    product_free(it);
    test_free(it);
}

static void expect_protected(product *it)
{
    uint32_t options = product_peek(it, FLASH_OPTCR);
    assert_int_equal(options & SECTOR_0, 0);
    assert_int_equal(options & 0x0FFE0000u, 0x0FFE0000u); // no other sector
    assert_int_not_equal(RDP(options), 0xAA);
    assert_int_not_equal(RDP(options), 0xCC); // nor the level that nobody can leave
    assert_int_equal(options & 1, 1);         // locked
}

static void from_the_first_start_on(void **state)
{
    (void)state;
    product *it = with_application("blink-v1.bin");
    vb_power_on(it->board);
    product_wait(it, 1500 * VB_MS);
    expect_protected(it);
    product_expect_blink(it, 500);
    uint32_t options = product_peek(it, FLASH_OPTCR);
    vb_power_off(it->board, false);
    vb_power_on(it->board);
    product_wait(it, 350 * VB_MS); // no second change of the option bytes: that alone would take this long
    assert_int_equal(product_peek(it, FLASH_OPTCR), options);
    product_expect_blink(it, 500);
    end(it);
}

static void a_locked_board_is_updated(void **state)
{
    (void)state;
    product *it = with_application("blink-v1.bin");
    vb_power_on(it->board);
    product_wait(it, 1500 * VB_MS);
    product_provision(it, HF_REQUEST_UPDATE, 0);
    vb_reset_pin(it->board);
    product_wait(it, 100 * VB_MS);
    product_discard(it);
    hf_image v2 = product_image(it, "blink-v2.bin");
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_flash_report report;
    assert_int_equal(product_flash(it, &v2, &options, &report), HF_OK);
    product_wait(it, 1000 * VB_MS);
    product_expect_blink(it, 250);
    expect_protected(it);
    hf_image_free(&v2);
    end(it);
}

// A cut at any moment of the change: the next start finishes it.
static void finished_after_a_cut(void **state)
{
    (void)state;
    unsigned torn = 0;
    for (unsigned i = 0; i < CUTS; i++) {
        product *it = with_application("blink-v1.bin");
        uint64_t before = vb_cuts(it->board);
        vb_set_seed(it->board, i);
        vb_cut_at(it->board, vb_now(it->board) + (i + 1) * 16 * VB_MS);
        vb_power_on(it->board);
        (void)vb_run(it->board, vb_now(it->board) + 600 * VB_MS);
        assert_int_equal(vb_cuts(it->board), before + 1);
        vb_power_off(it->board, false);
        vb_power_on(it->board);
        torn += RDP(product_peek(it, FLASH_OPTCR)) == 0xFF;
        product_wait(it, 1500 * VB_MS);
        expect_protected(it);
        product_expect_blink(it, 500);
        end(it);
    }
    assert_true(torn > 0); // else no cut came in the middle of the change
}

static void taking_it_back_erases_everything(void **state)
{
    (void)state;
    product *it = with_application("blink-v1.bin");
    vb_power_on(it->board);
    product_wait(it, 1500 * VB_MS);
    expect_protected(it);
    it->provokes[VB_REPORT_FAULT] = true; // the application is erased while it runs
    product_poke(it, FLASH_OPTKEYR, 0x08192A3B);
    product_poke(it, FLASH_OPTKEYR, 0x4C5D6E7F);
    product_poke(it, FLASH_OPTCR, OPTCR_DELIVERED & ~3u);
    product_poke(it, FLASH_OPTCR, (OPTCR_DELIVERED & ~3u) | 2); // OPTSTRT
    (void)vb_run(it->board, vb_now(it->board) + 40 * VB_S);
    uint8_t bytes[64];
    assert_int_equal(vb_read(it->board, product_application(it), bytes, sizeof bytes), VB_OK);
    for (size_t i = 0; i < sizeof bytes; i++) {
        assert_int_equal(bytes[i], 0xFF);
    }
    end(it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_first_start_on),
        cmocka_unit_test(a_locked_board_is_updated),
        cmocka_unit_test(finished_after_a_cut),
        cmocka_unit_test(taking_it_back_erases_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
