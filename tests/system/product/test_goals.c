// SPDX-License-Identifier: MIT
// The goals of docs/performance.md that a change could miss unseen: the time to the application's first instruction, and
// the wire that is never left waiting.
#include "product.h"

#include <string.h>

#include "hf_classic.h"
#include "hf_image.h"
#include "seal.h"

#define ENTRY 0x200u

// An image of exactly size bytes when sealed: vectors, an endless loop, noise.
static hf_image image_of(const product *it, uint32_t size)
{
    hf_image image = {0};
    hf_problem problem;
    uint32_t payload = size - (uint32_t)sizeof(struct hf_trailer), noise = 1;
    uint8_t *bytes = test_malloc(payload);
    for (uint32_t i = 0; i < payload; i++) {
        noise = noise * 1664525u + 1013904223u;
        bytes[i] = i < ENTRY ? 0 : (uint8_t)(noise >> 24);
    }
    const uint32_t vectors[2] = {0x20020000u, (product_application(it) + ENTRY) | 1u};
    memcpy(bytes, vectors, sizeof vectors);
    memcpy(bytes + ENTRY, "\xfe\xe7", 2); // b .
    hf_seal_options options = {.board = &it->description, .version = 1, .product_id = it->description.product_id};
    if (hf_image_parse(&image, bytes, payload, "noise", &problem) != HF_OK ||
        hf_seal(&image, &options, &problem) != HF_OK) {
        fail_msg("%s", problem.what);
    }
    test_free(bytes);
    assert_int_equal(image.size, size);
    return image;
}

static void full_slot_starts_within_20_ms(void **state)
{
    (void)state;
    product it;
    product_make(&it, PRODUCT_REFERENCE);
    hf_image image = image_of(&it, hf_board_area(&it.description, HF_USE_APPLICATION)->size);
    product_install(&it, &image);
    vb_break_at(it.board, product_application(&it) + ENTRY);
    vb_power_on(it.board);
    vb_time start = vb_now(it.board);
    assert_int_equal(vb_run(it.board, start + VB_S), VB_STOP_ASKED);
    print_message("  %.2f ms\n", (double)(vb_now(it.board) - start) / (double)VB_MS);
    assert_true(vb_now(it.board) - start <= 20 * VB_MS);
    hf_image_free(&image);
    product_free(&it);
}

static void transfer_keeps_the_wire_busy(void **state)
{
    (void)state;
    product it;
    hf_flash_report report;
    product_make(&it, PRODUCT_REFERENCE);
    vb_power_on(it.board);
    product_wait(&it, 100 * VB_MS);
    hf_image image = image_of(&it, 64 * 1024);
    hf_classic_options options = hf_classic_defaults(&it.description);
    assert_int_equal(product_flash(&it, &image, &options, &report), HF_OK);
    double wire_ms = report.frames * (1.0 + HF_CLASSIC_PAYLOAD + 2) * 10 * 1000 / it.description.uart.baud;
    print_message("  %.2f %% of the wire\n", wire_ms / report.write_ms * 100);
    assert_true(wire_ms / report.write_ms >= 0.97);
    hf_image_free(&image);
    product_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_slot_starts_within_20_ms),
        cmocka_unit_test(transfer_keeps_the_wire_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
