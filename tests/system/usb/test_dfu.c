// SPDX-License-Identifier: MIT
// The real bootloader at a virtual cable, in virtual time: updates by libholdfast, what silicon adds to errors, a UART
// beside it, and how long it takes.
#include <string.h>

#include "hf_dfu.h"
#include "product.h"
#include "usb_link.h"

#define WRP_NONE     0x0FFFAAECu // FLASH_OPTCR without its lock: all sectors writable, level 0, reset values
#define WRP_SECTOR_4 (WRP_NONE & ~(1u << 20))

typedef struct bench {
    product product;
    usb_link link;
    hf_dfu_device device;
    hf_problem problem;
} bench;

static bench it;

static void power_on_into_update_mode(void)
{
    vb_button(it.product.board, true);
    vb_power_on(it.product.board);
    product_wait(&it.product, 100 * VB_MS);
    vb_button(it.product.board, false);
}

static void enter_update_mode(void)
{
    vb_button(it.product.board, true);
    vb_reset_pin(it.product.board);
    product_wait(&it.product, 100 * VB_MS);
    vb_button(it.product.board, false);
}

static void plug(void)
{
    assert_true(usb_link_plug(&it.link));
    assert_true(usb_link_dfu(&it.link, &it.device));
}

static void make(const char *name)
{
    product_make(&it.product, name);
    hf_image old = product_image(&it.product, "blink-v1.bin");
    product_install(&it.product, &old);
    hf_image_free(&old);
    assert_true(usb_link_open(&it.link, it.product.board));
}

static int make_usb(void **state)
{
    (void)state;
    make("stm32f407-dfu");
    power_on_into_update_mode();
    plug();
    return 0;
}

static int make_reference(void **state)
{
    (void)state;
    make(PRODUCT_REFERENCE);
    power_on_into_update_mode();
    plug();
    return 0;
}

static int free_it(void **state)
{
    (void)state;
    usb_link_close(&it.link);
    product_free(&it.product);
    return 0;
}

static hf_error update(const char *file, bool boot, hf_flash_report *report)
{
    hf_listener silent = {0};
    hf_image image = product_image(&it.product, file);
    hf_dfu_options options = {.address = product_application(&it.product), .boot = boot};
    hf_error error = hf_flash_dfu(&it.device, image.bytes, image.size, &options, &silent, report, &it.problem);
    hf_image_free(&image);
    return error;
}

static void an_update_and_another(void **state)
{
    (void)state;
    hf_flash_report report;
    assert_int_equal(update("blink-v2.bin", true, &report), HF_OK);
    assert_true(report.booted);
    product_wait(&it.product, 300 * VB_MS);
    assert_false(usb_link_attached(&it.link));
    product_expect_blink(&it.product, 250);
    enter_update_mode();
    plug();
    assert_int_equal(update("blink-v1.bin", true, &report), HF_OK);
    product_wait(&it.product, 300 * VB_MS);
    product_expect_blink(&it.product, 500);
}

// A ROM loader, or another product: its memory begins elsewhere, or is too small. Nothing of it is erased.
static void another_device_is_left_alone(void **state)
{
    (void)state;
    static const struct {
        const char *memory;
        size_t size;
        hf_error error;
    } others[] = {
        {"@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg", 896, HF_E_WRONG_TARGET},
        {"@Internal Flash/0x08020000/07*128Kg", 896, HF_E_WRONG_TARGET},
        {"@Internal Flash/0x08010000/01*064Kg,01*128Kg", 300000, HF_E_TOO_BIG},
    };
    uint8_t *image = test_calloc(1, 300000);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        hf_listener silent = {0};
        hf_flash_report report;
        hf_dfu_options options = {.address = product_application(&it.product)};
        snprintf(it.device.memory, sizeof it.device.memory, "%s", others[i].memory);
        assert_int_equal(hf_flash_dfu(&it.device, image, others[i].size, &options, &silent, &report, &it.problem),
                         others[i].error);
        assert_non_null(strstr(it.problem.what, others[i].memory));
    }
    test_free(image);
    assert_int_equal(vb_flash_operations(it.product.board), 0);
}

static void what_it_says_of_itself(void **state)
{
    (void)state;
    static const uint8_t uid[12] = {0x2A, 0x00, 0x1F, 0x00, 0x0C, 0x47, 0x39, 0x34, 0x31, 0x38, 0x30, 0x32};
    char text[128], expected[25] = "";
    for (size_t i = 0; i < sizeof uid; i++) {
        snprintf(expected + 2 * i, 3, "%02X", uid[i]);
    }
    usb_link_string(&it.link, 3, text, sizeof text);
    assert_string_equal(text, expected); // the virtual chip's unique id
    usb_link_string(&it.link, 2, text, sizeof text);
    assert_string_equal(text, it.product.description.name);
    assert_string_equal(it.device.memory, "@Internal Flash/0x08010000/01*064Kg,07*128Kg");
    assert_int_equal(it.link.enumeration.known.device[8] | it.link.enumeration.known.device[9] << 8, 0x1209);
    assert_int_equal(vb_usb_port(it.link.host), VB_USB_ENABLED);
    product_led_forget(&it.product);
    product_expect_blink(&it.product, 100);
}

static void a_write_protected_sector(void **state)
{
    (void)state;
    hf_flash_report report;
    make("stm32f407-dfu");
    vb_power_on(it.product.board);
    product_provision(&it.product, 0, WRP_SECTOR_4);
    enter_update_mode();
    plug();
    assert_int_equal(update("blink-v2.bin", true, &report), HF_E_ERASE);
    assert_non_null(strstr(it.problem.what, "errWRITE"));
    hf_image old = product_image(&it.product, "blink-v1.bin");
    assert_true(product_holds(&it.product, &old));
    hf_image_free(&old);
}

static void the_first_session_owns_the_board(void **state)
{
    (void)state;
    hf_flash_report report;
    uint8_t state_byte;
    assert_int_equal(product_sync(&it.product), 0x79); // the UART was first
    assert_int_equal(update("blink-v2.bin", true, &report), HF_E_ERASE);
    assert_int_equal(product_erase(&it.product), 0x79);
    hf_image image = product_image(&it.product, "blink-v2.bin");
    hf_classic_options options = hf_classic_defaults(&it.product.description);
    assert_int_equal(product_flash(&it.product, &image, &options, &report), HF_OK);
    hf_image_free(&image);
    product_wait(&it.product, 300 * VB_MS);
    product_expect_blink(&it.product, 250);
    // And the other way round.
    enter_update_mode();
    plug();
    static const uint8_t set_address[] = {HF_DFUSE_SET_ADDRESS, 0, 0, 1, 8};
    assert_int_equal(usb_link_control(&it.link, 0x21, HF_DFU_DNLOAD, 0, 0, (void *)(uintptr_t)set_address, 5, NULL),
                     VB_USB_DONE);
    product_discard(&it.product);
    assert_int_equal(product_sync(&it.product), 0x1F);
    assert_int_equal(usb_link_control(&it.link, 0xA1, HF_DFU_GETSTATE, 0, 0, &state_byte, 1, NULL), VB_USB_DONE);
    assert_int_equal(update("blink-v1.bin", true, &report), HF_OK);
    product_wait(&it.product, 300 * VB_MS);
    product_expect_blink(&it.product, 500);
}

static void the_cable_comes_and_goes(void **state)
{
    (void)state;
    hf_flash_report report;
    uint8_t block[2048] = {0};
    for (unsigned i = 0; i < 2; i++) {
        (void)usb_link_control(&it.link, 0x21, HF_DFU_DNLOAD, 2, 0, block, sizeof block, NULL);
        vb_usb_unplug(it.link.host);
        product_wait(&it.product, (i + 1) * 50 * VB_MS);
        plug();
    }
    assert_int_equal(update("blink-v2.bin", true, &report), HF_OK);
    product_wait(&it.product, 300 * VB_MS);
    product_expect_blink(&it.product, 250);
}

// A crystal that is dead leaves the board without USB, and still reachable by its UART.
static void without_its_crystal_the_line_remains(void **state)
{
    (void)state;
    make(PRODUCT_REFERENCE);
    vb_crystal(it.product.board, false);
    power_on_into_update_mode();
    product_wait(&it.product, VB_S);
    product_discard(&it.product);
    assert_int_equal(product_sync(&it.product), 0x79);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_update_and_another, make_usb, free_it),
        cmocka_unit_test_setup_teardown(another_device_is_left_alone, make_usb, free_it),
        cmocka_unit_test_setup_teardown(what_it_says_of_itself, make_usb, free_it),
        cmocka_unit_test_teardown(a_write_protected_sector, free_it),
        cmocka_unit_test_setup_teardown(the_first_session_owns_the_board, make_reference, free_it),
        cmocka_unit_test_setup_teardown(the_cable_comes_and_goes, make_usb, free_it),
        cmocka_unit_test_teardown(without_its_crystal_the_line_remains, free_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
