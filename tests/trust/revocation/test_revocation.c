// SPDX-License-Identifier: MIT
// An image signed by the second key revokes the first: from the moment it has proved itself, and for good. Not earlier,
// not while it is on trial, and whatever the supply does meanwhile.
#include "signed_product.h"

static void from_then_on_it_is_refused(void **state)
{
    (void)state;
    product *it = signed_make("stm32f407-signed");
    hf_image v1 = signed_image(it, 1, key_1, 0), v2 = signed_image(it, 2, key_2, signed_id(key_1)), v3 = signed_image(it, 3, key_2, 0);
    product_install(it, &v1);
    assert_true(signed_boots(it)); // both count so far
    assert_int_equal(signed_flash(it, &v2), HF_OK);
    assert_true(signed_starts(it, 2 * VB_S));
    assert_false(signed_boots_with(it, &v1));
    assert_int_equal(signed_flash(it, &v1), HF_E_BOOT);
    assert_int_equal(signed_flash(it, &v3), HF_OK); // it says nothing about keys: what was decided stays
    assert_true(signed_starts(it, 2 * VB_S));
    assert_false(signed_boots_with(it, &v1));
    assert_true(signed_boots_with(it, &v2));
    hf_image_free(&v1);
    hf_image_free(&v2);
    hf_image_free(&v3);
    signed_end(it);
}

// Who has only the revoked key gets nothing back with it.
static void the_revoked_key_revokes_nothing(void **state)
{
    (void)state;
    product *it = signed_make("stm32f407-signed");
    hf_image v1 = signed_image(it, 1, key_1, signed_id(key_2)), v2 = signed_image(it, 2, key_2, signed_id(key_1));
    product_install(it, &v2);
    assert_true(signed_boots(it));
    assert_false(signed_boots_with(it, &v1));
    assert_true(signed_boots_with(it, &v2));
    hf_image_free(&v1);
    hf_image_free(&v2);
    signed_end(it);
}

// v3 never says that it works: the board goes back to v1, whose key must count until then.
static void not_while_on_trial(void **state)
{
    (void)state;
    product *it = signed_make("stm32f407-full");
    hf_image v1 = signed_image(it, 1, key_1, 0), v3 = signed_image(it, 3, key_2, signed_id(key_1)), v2 = signed_image(it, 2, key_2, signed_id(key_1));
    product_install(it, &v1);
    assert_int_equal(signed_flash(it, &v3), HF_OK);
    assert_true(signed_starts(it, 60 * VB_S));
    assert_true(product_holds(it, &v3));
    vb_reset_pin(it->board);
    assert_true(signed_starts(it, 60 * VB_S));
    assert_true(product_holds(it, &v1));
    assert_true(signed_boots_with(it, &v2)); // not on trial
    vb_power_off(it->board, true);
    assert_int_equal(vb_write(it->board, hf_board_area(&it->description, HF_USE_STAGING)->address,
                              (uint8_t[4]){0, 0, 0, 0}, 4), VB_OK); // nothing to restore it from
    product_install(it, &v1);
    vb_power_on(it->board);
    assert_false(signed_starts(it, 5 * VB_S));
    hf_image_free(&v1);
    hf_image_free(&v2);
    hf_image_free(&v3);
    signed_end(it);
}

// -- cuts -------------------------------------------------------------------------------------------------------------

typedef struct trial {
    product *it;
    const hf_image *v1;
    uint64_t operation;
    uint32_t done;
} trial;

// 0: the board survived it and the key is revoked; else what went wrong.
static int cut_and_see(void *context)
{
    trial *t = context;
    product *it = t->it;
    uint64_t before = vb_cuts(it->board);
    vb_set_seed(it->board, t->operation * 7 + t->done);
    vb_power_on(it->board);
    (void)vb_cut_at_operation(it->board, t->operation, t->done);
    (void)signed_starts(it, 3 * VB_S);
    if (vb_cuts(it->board) != before + 1) {
        return 1; // the cut did not come
    }
    if (!signed_boots(it)) {
        return 2; // the image that was started before does not start any more
    }
    return signed_boots_with(it, t->v1) ? 3 : 0;
}

static int count_operations(void *context)
{
    trial *t = context;
    vb_power_on(t->it->board);
    uint64_t before = vb_flash_operations(t->it->board);
    bool started = signed_starts(t->it, 3 * VB_S);
    return started ? (int)(vb_flash_operations(t->it->board) - before) : 0;
}

static void whatever_the_supply_does(void **state)
{
    (void)state;
    static const uint32_t ways[] = {VB_CUT_BEFORE, VB_CUT_INSIDE, 900000, VB_CUT_AFTER};
    product *it = signed_make("stm32f407-signed");
    hf_image v1 = signed_image(it, 1, key_1, 0), v2 = signed_image(it, 2, key_2, signed_id(key_1));
    product_install(it, &v2);
    trial t = {.it = it, .v1 = &v1};
    uint64_t begun = vb_flash_operations(it->board);
    int operations = vb_try(count_operations, &t);
    assert_in_range(operations, 9, 40); // a sector erased, its opening, the record
    int every = signed_every(7);
    for (int nth = 1; nth <= operations; nth += every) {
        t.operation = begun + (uint64_t)nth;
        t.done = ways[nth / every % 4];
        int wrong = vb_try(cut_and_see, &t);
        if (wrong != 0) {
            fail_msg("operation %d of %d, cut at %u: %d", nth, operations, (unsigned)t.done, wrong);
        }
    }
    hf_image_free(&v1);
    hf_image_free(&v2);
    signed_end(it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_then_on_it_is_refused),
        cmocka_unit_test(the_revoked_key_revokes_nothing),
        cmocka_unit_test(not_while_on_trial),
        cmocka_unit_test(whatever_the_supply_does),
    };
    return cmocka_run_group_tests(tests, signed_load_keys, signed_free_keys);
}
