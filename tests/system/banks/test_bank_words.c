// SPDX-License-Identifier: MIT
// Words that cannot be read, in every place the bootloader looks at: none of them makes it crash, and it does what the
// content that can be read asks for.
#include "product.h"

#include "hf_bank.h"
#include "hf_dfu.h"
#include "usb_link.h"
#include "model.h"

#define BOARD   "stm32h743-nucleo"
#define BANK    0x00100000u
#define APP     0x08020000u
#define RECORDS (0x08100000u - HF_BANK_RECORDS_SIZE)
#define FLASH   0x52002000u

static void put(vb_board *board, uint32_t address, uint32_t value)
{
    assert_true(vb_bus_write(board, address, 4, value));
}

static void update_mode(product *it)
{
    vb_button(it->board, true);
    vb_reset_pin(it->board);
    product_wait(it, 100 * VB_MS);
    vb_button(it->board, false);
}

// Programs a word over a word while the bootloader runs, as another bus master could: its check bits no longer fit.
static void spoil(product *it, uint32_t address)
{
    update_mode(it); // the application may execute that word, and uses the controller itself
    uint32_t controller = FLASH + ((address & BANK) != 0 ? 0x100u : 0u), value;
    put(it->board, controller + 0x04, 0x45670123u);
    put(it->board, controller + 0x04, 0xCDEF89ABu);
    put(it->board, controller + 0x0C, 0x32);
    for (uint32_t pattern = 1; pattern <= 2; pattern++) {
        for (uint32_t i = 0; i < 8; i++) {
            put(it->board, (address & ~31u) + 4 * i, pattern * 0x01010101u);
        }
        product_wait(it, VB_MS);
    }
    put(it->board, controller + 0x0C, 0x31);
    assert_false(vb_bus_read(it->board, address, 4, &value));
}

static void begin(product *it)
{
    product_make(it, BOARD);
    it->provokes[VB_REPORT_MISUSE] = true; // spoiling is one
    hf_image image = product_image(it, "blink-v1.bin");
    product_install(it, &image);
    hf_image_free(&image);
    vb_power_on(it->board);
    product_wait(it, VB_S);
}

static void update(product *it, const char *name)
{
    hf_image image = product_image(it, name);
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_flash_report report;
    update_mode(it);
    product_discard(it);
    assert_int_equal(product_flash(it, &image, &options, &report), HF_OK);
    hf_image_free(&image);
    product_wait(it, 5 * VB_S);
}

static void restart_and_expect(product *it, unsigned ms)
{
    vb_reset_pin(it->board);
    product_wait(it, 2 * VB_S);
    product_expect_blink(it, ms);
}

static void in_the_only_image(void **state)
{
    (void)state;
    product it;
    begin(&it);
    spoil(&it, APP + 0x200);
    vb_reset_pin(it.board);
    product_wait(&it, VB_S);
    product_discard(&it); // "APP INVALID"
    assert_int_equal(product_sync(&it), 0x79); // update mode
    update(&it, "blink-v2.bin");
    product_expect_blink(&it, 250);
    product_free(&it);
}

static void in_vectors_payload_and_trailer(void **state)
{
    (void)state;
    product it;
    begin(&it);
    hf_image image = product_image(&it, "blink-v2.bin");
    const uint32_t places[] = {0, 0x20, 0x200, (uint32_t)image.size - 64, (uint32_t)image.size - 4};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        update(&it, "blink-v2.bin");
        product_expect_blink(&it, 250);
        spoil(&it, APP + places[i]);
        restart_and_expect(&it, 500); // back to v1
    }
    hf_image_free(&image);
    product_free(&it);
}

static void in_records(void **state)
{
    (void)state;
    product it;
    begin(&it);
    for (unsigned kind = 0; kind < 2 * HF_BANK_KINDS; kind++) { // second places of two generations, here and there
        spoil(&it, RECORDS + (kind * HF_BANK_PLACES + 1) * HF_BANK_RECORD_SIZE);
        spoil(&it, RECORDS + BANK + (kind * HF_BANK_PLACES + 1) * HF_BANK_RECORD_SIZE);
    }
    restart_and_expect(&it, 500);
    update(&it, "blink-v2.bin");
    product_expect_blink(&it, 250);
    product_free(&it);
}

// What a host wants back over USB: the block with the word is refused, with a status, and the board goes on.
static void in_what_a_host_uploads(void **state)
{
    (void)state;
    product it;
    usb_link link;
    hf_dfu_device device;
    uint8_t block[2048], status[6];
    size_t got;
    begin(&it);
    spoil(&it, APP + BANK + 0x1000);
    vb_button(it.board, true);
    vb_reset_pin(it.board);
    product_wait(&it, 100 * VB_MS);
    vb_button(it.board, false);
    assert_true(usb_link_open(&link, it.board));
    assert_true(usb_link_plug(&link));
    assert_true(usb_link_dfu(&link, &device));
    for (uint16_t number = 2; number < 6; number++) { // the third of them holds it
        vb_usb_status taken = usb_link_control(&link, 0xA1, HF_DFU_UPLOAD, number, 0, block, sizeof block, &got);
        assert_int_equal(taken, number == 4 ? VB_USB_STALLED : VB_USB_DONE);
        assert_int_equal(usb_link_control(&link, 0xA1, HF_DFU_GETSTATUS, 0, 0, status, sizeof status, &got), VB_USB_DONE);
        assert_int_equal(status[0], number == 4 ? HF_DFU_ERR_VENDOR : HF_DFU_OK);
        vb_usb_status cleared = usb_link_control(&link, 0x21, HF_DFU_CLRSTATUS, 0, 0, NULL, 0, NULL);
        assert_int_equal(cleared, number == 4 ? VB_USB_DONE : VB_USB_STALLED);
        if (number != 4) { // that was an error of its own
            assert_int_equal(usb_link_control(&link, 0x21, HF_DFU_CLRSTATUS, 0, 0, NULL, 0, NULL), VB_USB_DONE);
        }
    }
    usb_link_close(&link);
    restart_and_expect(&it, 500);
    product_free(&it);
}

static void in_the_other_bootloader(void **state)
{
    (void)state;
    product it;
    begin(&it);
    spoil(&it, 0x08000000u + BANK);
    spoil(&it, 0x08000400u + BANK);
    update(&it, "blink-v2.bin");
    product_expect_blink(&it, 250);
    product_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_the_only_image),
        cmocka_unit_test(in_vectors_payload_and_trailer),
        cmocka_unit_test(in_records),
        cmocka_unit_test(in_what_a_host_uploads),
        cmocka_unit_test(in_the_other_bootloader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
