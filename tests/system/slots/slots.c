// SPDX-License-Identifier: MIT
// Updates as a person makes them.
#include "slots.h"

#include <stdio.h>
#include <string.h>

#include "seal.h"

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

hf_error slots_deliver(product *it, const hf_image *image)
{
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_flash_report report;
    product_discard(it);
    return product_flash(it, image, &options, &report);
}

hf_error slots_send(product *it, const hf_image *image)
{
    slots_update_mode(it);
    return slots_deliver(it, image);
}

hf_error slots_flash(product *it, const char *image)
{
    hf_image found = product_image(it, image);
    hf_error error = slots_send(it, &found);
    hf_image_free(&found);
    return error;
}

hf_image slots_sealed(const product *it, unsigned blink, uint32_t version, uint32_t counter)
{
    char name[40];
    hf_problem problem;
    hf_seal_options options = {.board = &it->description, .version = version, .product_id = it->description.product_id,
                               .security_counter = counter};
    snprintf(name, sizeof name, "obj/unsealed/blink-v%u.elf", blink);
    hf_image image = product_image(it, name);
    if (hf_seal(&image, &options, &problem) != HF_OK) {
        fail_msg("%s", problem.what);
    }
    return image;
}

#define BLANK 0xFFFFFFFFu

bool slots_record(const product *it, uint32_t kind, uint32_t words[2])
{
    uint32_t at, sector, record[4], newest = 0;
    bool found = false;
    assert_true(hf_board_journal(&it->description, &at, &sector));
    for (uint32_t half = 0; half < 2; half++) {
        uint32_t opening[4];
        assert_int_equal(vb_read(it->board, at + half * sector, opening, sizeof opening), VB_OK);
        if (opening[0] != RECORD_OPENING || opening[1] < newest) {
            continue;
        }
        newest = opening[1];
        found = false;
        for (uint32_t offset = sizeof record; offset < sector; offset += sizeof record) {
            assert_int_equal(vb_read(it->board, at + half * sector + offset, record, sizeof record), VB_OK);
            if (record[0] == kind && record[3] != BLANK) { // its check is written last
                memcpy(words, record + 1, 2 * sizeof *words);
                found = true;
            }
        }
    }
    return found;
}

void slots_expect_image(product *it, const char *name, unsigned half_period_ms)
{
    hf_image image = product_image(it, name);
    assert_true(product_holds(it, &image));
    hf_image_free(&image);
    product_expect_blink(it, half_period_ms);
}

void slots_expect(product *it, unsigned version)
{
    char name[16];
    snprintf(name, sizeof name, "blink-v%u.bin", version);
    slots_expect_image(it, name, 1000u >> version);
}

void slots_power_cycle(product *it)
{
    vb_power_off(it->board, false);
    product_wait(it, 100 * VB_MS);
    vb_power_on(it->board);
}
