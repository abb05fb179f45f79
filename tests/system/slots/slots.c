// SPDX-License-Identifier: MIT
// Updates as a person makes them.
#include "slots.h"

#include <stdio.h>

void slots_start(product *it, const char *board, const char *image)
{
    product_make(it, board);
    hf_image found = product_image(it, image);
    product_install(it, &found);
    hf_image_free(&found);
    vb_power_on(it->board);
    product_wait(it, 2 * VB_S);
}

void slots_update_mode(product *it)
{
    vb_button(it->board, true);
    vb_reset_pin(it->board);
    product_wait(it, 200 * VB_MS);
    vb_button(it->board, false);
    product_discard(it);
}

hf_error slots_flash(product *it, const char *image)
{
    hf_image found = product_image(it, image);
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_flash_report report;
    slots_update_mode(it);
    hf_error error = product_flash(it, &found, &options, &report);
    hf_image_free(&found);
    return error;
}

void slots_expect(product *it, unsigned version)
{
    char name[16];
    snprintf(name, sizeof name, "blink-v%u.bin", version);
    hf_image image = product_image(it, name);
    assert_true(product_holds(it, &image));
    hf_image_free(&image);
    product_expect_blink(it, 1000u >> version);
}

void slots_power_cycle(product *it)
{
    vb_power_off(it->board, false);
    product_wait(it, 100 * VB_MS);
    vb_power_on(it->board);
}
