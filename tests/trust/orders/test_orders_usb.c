// SPDX-License-Identifier: MIT
// Signed orders over USB: the same order, as a command of DfuSe.
#include "signed_product.h"

#include <string.h>

#include "order.h"
#include "usb_link.h"

static usb_link cable;
static hf_dfu_device device;
static const hf_listener silent;

static void plug_in(product *it)
{
    signed_into_update_mode(it);
    assert_true(usb_link_plug(&cable));
    assert_true(usb_link_dfu(&cable, &device));
}

static void an_order_over_usb(void **state)
{
    (void)state;
    product *it = signed_make("stm32f407-full");
    hf_image v1 = signed_image(it, 1, key_1, 0), v2 = signed_image(it, 2, key_1, 0);
    hf_order_link link = {.usb = &device, .listener = &silent};
    struct hf_identity identity;
    hf_problem problem;
    uint8_t token[HF_ORDER_SIZE];
    product_install(it, &v2);
    assert_true(signed_boots(it)); // the floor is at 2.0.0
    assert_true(usb_link_open(&cable, it->board));
    plug_in(it);
    assert_int_equal(hf_order_identify(&link, &identity, &problem), HF_OK);
    assert_int_equal(identity.last_number, 0);
    hf_order_wish wish = {.board = &it->description, .kind = HF_ORDER_DOWNGRADE, .number = 9,
                          .version = HF_VERSION(1, 0, 0)};
    memcpy(wish.device, identity.device, sizeof wish.device);
    assert_int_equal(hf_order_make(&wish, key_1, token, &problem), HF_OK);

    hf_dfu_options options = {.address = product_application(it), .boot = true};
    hf_flash_report report;
    assert_int_equal(hf_flash_dfu(&device, v1.bytes, v1.size, &options, &silent, &report, &problem), HF_E_BOOT);
    token[70] ^= 1;
    assert_int_equal(hf_order_send(&link, token, &problem), HF_E_ORDER_REFUSED);
    token[70] ^= 1;
    assert_int_equal(hf_order_send(&link, token, &problem), HF_OK);
    assert_int_equal(hf_order_identify(&link, &identity, &problem), HF_OK);
    assert_int_equal(identity.last_number, 9);
    assert_int_equal(hf_order_send(&link, token, &problem), HF_E_ORDER_REFUSED);
    assert_int_equal(hf_flash_dfu(&device, v1.bytes, v1.size, &options, &silent, &report, &problem), HF_OK);
    assert_true(signed_starts(it, 60 * VB_S));
    assert_true(product_holds(it, &v1));
    usb_link_close(&cable);
    hf_image_free(&v1);
    hf_image_free(&v2);
    signed_end(it);
}

static void a_board_without_orders(void **state)
{
    (void)state;
    product *it = signed_make("stm32f407-discovery");
    hf_order_link link = {.usb = &device, .listener = &silent};
    struct hf_identity identity;
    hf_problem problem;
    assert_true(usb_link_open(&cable, it->board));
    plug_in(it);
    assert_int_equal(hf_order_identify(&link, &identity, &problem), HF_E_NO_ORDERS);
    assert_int_equal(hf_order_send(&link, (uint8_t[HF_ORDER_SIZE]){0}, &problem), HF_E_ORDER_REFUSED);
    usb_link_close(&cable);
    signed_end(it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_over_usb),
        cmocka_unit_test(a_board_without_orders),
    };
    return cmocka_run_group_tests(tests, signed_load_keys, signed_free_keys);
}
