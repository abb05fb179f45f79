// SPDX-License-Identifier: MIT
// An image signed by the second key revokes the first: from the moment it has proved itself, and for good. Not earlier,
// not while it is on trial, and whatever the supply does meanwhile.
#include "product.h"

#include <stdio.h>

#include "hf_classic.h"
#include "hf_image.h"
#include "hf_mailbox.h"
#include "seal.h"

#define KEYS HF_SOURCE_DIR "/tests/keys/"

static hf_signing_key *key_1, *key_2;

static uint32_t id_of(const hf_signing_key *key)
{
    hf_point point;
    hf_signing_key_point(key, &point);
    return point.x[0];
}

// A Blink of the firmware build, sealed anew.
static hf_image sealed(const product *it, unsigned major, const hf_signing_key *key, uint32_t revoked_key)
{
    char name[48];
    hf_problem problem;
    snprintf(name, sizeof name, "obj/unsealed/blink-v%u.elf", major);
    hf_image image = product_image(it, name);
    hf_seal_options options = {.board = &it->description, .version = HF_VERSION(major, 0, 0),
                               .product_id = it->description.product_id, .key = key, .revoked_key = revoked_key};
    if (hf_seal(&image, &options, &problem) != HF_OK) {
        fail_msg("%s", problem.what);
    }
    return image;
}

static product *make(const char *board)
{
    product *it = test_calloc(1, sizeof *it);
    product_make(it, board);
    return it;
}

static void end(product *it)
{
    product_free(it);
    test_free(it);
}

static void give_back(hf_image *image)
{
    hf_image_free(image);
}

// True when the application's first instruction is about to be executed within the time.
static bool starts(product *it, vb_time within)
{
    uint32_t vector;
    vb_time until = vb_now(it->board) + within;
    vb_cpu cpu;
    do {
        assert_int_equal(vb_read(it->board, product_application(it) + 4, &vector, sizeof vector), VB_OK);
        vb_break_at(it->board, vector & ~1u);
        vb_time next = vb_now(it->board) + 5 * VB_MS; // what stands there may change on the way
        (void)vb_run(it->board, next < until ? next : until);
        vb_cpu_read(it->board, &cpu);
    } while (cpu.pc != (vector & ~1u) && vb_now(it->board) < until);
    vb_break_at(it->board, 0);
    return cpu.pc == (vector & ~1u);
}

static bool boots(product *it)
{
    vb_power_off(it->board, true);
    vb_power_on(it->board);
    return starts(it, 6 * VB_S);
}

// Stands in flash, and nothing else has changed.
static bool boots_with(product *it, const hf_image *image)
{
    vb_power_off(it->board, true);
    product_install(it, image);
    return boots(it);
}

static void into_update_mode(product *it)
{
    vb_power_off(it->board, true);
    vb_button(it->board, true);
    vb_power_on(it->board);
    product_wait(it, 700 * VB_MS);
    vb_button(it->board, false);
    product_discard(it);
}

static hf_error flash(product *it, const hf_image *image)
{
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_flash_report report;
    into_update_mode(it);
    return product_flash(it, image, &options, &report);
}

static void from_then_on_it_is_refused(void **state)
{
    (void)state;
    product *it = make("stm32f407-signed");
    hf_image v1 = sealed(it, 1, key_1, 0), v2 = sealed(it, 2, key_2, id_of(key_1)), v3 = sealed(it, 3, key_2, 0);
    product_install(it, &v1);
    assert_true(boots(it)); // both count so far
    assert_int_equal(flash(it, &v2), HF_OK);
    assert_true(starts(it, 2 * VB_S));
    assert_false(boots_with(it, &v1));
    assert_int_equal(flash(it, &v1), HF_E_BOOT);
    assert_int_equal(flash(it, &v3), HF_OK); // it says nothing about keys: what was decided stays
    assert_true(starts(it, 2 * VB_S));
    assert_false(boots_with(it, &v1));
    assert_true(boots_with(it, &v2));
    give_back(&v1);
    give_back(&v2);
    give_back(&v3);
    end(it);
}

// Who has only the revoked key gets nothing back with it.
static void the_revoked_key_revokes_nothing(void **state)
{
    (void)state;
    product *it = make("stm32f407-signed");
    hf_image v1 = sealed(it, 1, key_1, id_of(key_2)), v2 = sealed(it, 2, key_2, id_of(key_1));
    product_install(it, &v2);
    assert_true(boots(it));
    assert_false(boots_with(it, &v1));
    assert_true(boots_with(it, &v2));
    give_back(&v1);
    give_back(&v2);
    end(it);
}

// v3 never says that it works: the board goes back to v1, whose key must count until then.
static void not_while_on_trial(void **state)
{
    (void)state;
    product *it = make("stm32f407-full");
    hf_image v1 = sealed(it, 1, key_1, 0), v3 = sealed(it, 3, key_2, id_of(key_1)), v2 = sealed(it, 2, key_2, id_of(key_1));
    product_install(it, &v1);
    assert_int_equal(flash(it, &v3), HF_OK);
    assert_true(starts(it, 60 * VB_S));
    assert_true(product_holds(it, &v3));
    vb_reset_pin(it->board);
    assert_true(starts(it, 60 * VB_S));
    assert_true(product_holds(it, &v1));
    assert_int_equal(flash(it, &v2), HF_OK); // this one confirms
    assert_true(starts(it, 60 * VB_S));
    product_wait(it, 2 * VB_S);
    assert_true(boots(it)); // and is started as the application it has become
    vb_power_off(it->board, true);
    assert_int_equal(vb_write(it->board, hf_board_area(&it->description, HF_USE_STAGING)->address,
                              (uint8_t[4]){0, 0, 0, 0}, 4), VB_OK); // nothing to restore it from
    product_install(it, &v1);
    vb_power_on(it->board);
    assert_false(starts(it, 5 * VB_S));
    give_back(&v1);
    give_back(&v2);
    give_back(&v3);
    end(it);
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
    (void)starts(it, 3 * VB_S);
    if (vb_cuts(it->board) != before + 1) {
        return 1; // the cut did not come
    }
    if (!boots(it)) {
        return 2; // the image that was started before does not start any more
    }
    return boots_with(it, t->v1) ? 3 : 0;
}

static int count_operations(void *context)
{
    trial *t = context;
    vb_power_on(t->it->board);
    uint64_t before = vb_flash_operations(t->it->board);
    bool started = starts(t->it, 3 * VB_S);
    return started ? (int)(vb_flash_operations(t->it->board) - before) : 0;
}

static void whatever_the_supply_does(void **state)
{
    (void)state;
    static const uint32_t others[] = {VB_CUT_BEFORE, 900000, VB_CUT_AFTER};
    product *it = make("stm32f407-signed");
    hf_image v1 = sealed(it, 1, key_1, 0), v2 = sealed(it, 2, key_2, id_of(key_1));
    product_install(it, &v2);
    trial t = {.it = it, .v1 = &v1};
    uint64_t begun = vb_flash_operations(it->board);
    int operations = vb_try(count_operations, &t);
    assert_in_range(operations, 9, 40); // a sector erased, its opening, the record
    for (int nth = 1; nth <= operations; nth++) {
        for (unsigned way = 0; way < 2; way++) {
            t.operation = begun + (uint64_t)nth;
            t.done = way == 0 ? VB_CUT_INSIDE : others[nth % 3];
            int wrong = vb_try(cut_and_see, &t);
            if (wrong != 0) {
                fail_msg("operation %d of %d, cut at %u: %d", nth, operations, (unsigned)t.done, wrong);
            }
        }
    }
    give_back(&v1);
    give_back(&v2);
    end(it);
}

static int load_keys(void **state)
{
    (void)state;
    hf_problem problem;
    return hf_signing_key_load(&key_1, KEYS "test-1.pem", NULL, &problem) ||
           hf_signing_key_load(&key_2, KEYS "test-2.pem", NULL, &problem);
}

static int free_keys(void **state)
{
    (void)state;
    hf_signing_key_free(key_1);
    hf_signing_key_free(key_2);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_then_on_it_is_refused),
        cmocka_unit_test(the_revoked_key_revokes_nothing),
        cmocka_unit_test(not_while_on_trial),
        cmocka_unit_test(whatever_the_supply_does),
    };
    return cmocka_run_group_tests(tests, load_keys, free_keys);
}
