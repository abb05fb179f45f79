// SPDX-License-Identifier: MIT
// Downgrades, at each point where one could slip in: when it is received, when it is installed, when it is started. The
// security counter is looked at in the same places, and counts more than the version.
#include "slots.h"

#include "hf_classic.h"
#include "hf_image.h"

#define SWAP "stm32f407-swap"
#define V(major) HF_VERSION(major, 0, 0)

// v2 with this counter runs, and is confirmed, and has raised the floor.
static void start_with_v2(product *it, uint32_t counter)
{
    product_make(it, SWAP);
    hf_image v2 = slots_sealed(it, 2, V(2), counter);
    product_install(it, &v2);
    hf_image_free(&v2);
    vb_power_on(it->board);
    product_wait(it, VB_S);
    uint32_t floor[2];
    assert_true(slots_record(it, RECORD_FLOOR, floor));
    assert_int_equal(floor[0], V(2));
    assert_int_equal(floor[1], counter);
}

static void is_refused_when_received(uint32_t counter, uint32_t version, uint32_t lower_counter)
{
    product it;
    start_with_v2(&it, counter);
    hf_image old = slots_sealed(&it, 1, version, lower_counter);
    assert_int_equal(slots_send(&it, &old), HF_E_BOOT); // transferred and compared, but BOOT says no
    hf_image_free(&old);
    vb_reset_pin(it.board);
    product_wait(&it, INSTALLED_BY);
    product_expect_blink(&it, 250);
    product_free(&it);
}

static void an_older_version_is_refused_when_received(void **state)
{
    (void)state;
    is_refused_when_received(0, V(1), 0);
}

static void a_lower_counter_is_refused_when_received(void **state)
{
    (void)state;
    is_refused_when_received(5, V(3), 4); // the version is newer, and does not help
}

// The staging area holds something else by the time it is installed: who has access to the flash can do that.
static void is_refused_when_installed(uint32_t counter, uint32_t version, uint32_t lower_counter, uint32_t failure)
{
    product it;
    start_with_v2(&it, counter);
    hf_image v3 = slots_sealed(&it, 3, V(3), counter), old = slots_sealed(&it, 1, version, lower_counter);
    hf_classic_options options = hf_classic_defaults(&it.description);
    hf_flash_report report;
    slots_update_mode(&it);
    options.boot = false;
    assert_int_equal(product_flash(&it, &v3, &options, &report), HF_OK);
    product_send(&it, (uint8_t[]){HF_CLASSIC_BOOT}, 1);
    uint32_t words[2] = {0, 0};
    for (unsigned i = 0; i < 5000 && !(slots_record(&it, RECORD_INSTALL, words) && words[0] == 1); i++) {
        product_wait(&it, 100 * VB_US); // until it is staged
    }
    assert_int_equal(words[0], 1);
    product_wait(&it, 50 * VB_US); // the record's last word takes its time
    vb_power_off(it.board, false);
    assert_int_equal(vb_write(it.board, hf_board_receive_address(&it.description), old.bytes, old.size), VB_OK);
    hf_image_free(&v3);
    hf_image_free(&old);
    vb_power_on(it.board);
    product_wait(&it, INSTALLED_BY);
    product_expect_blink(&it, 250);
    assert_true(slots_record(&it, RECORD_FAILURE, words));
    assert_int_equal(words[0], failure);
    assert_int_equal(words[1], version);
    product_free(&it);
}

static void an_older_version_is_refused_when_installed(void **state)
{
    (void)state;
    is_refused_when_installed(0, V(1), 0, FAILURE_VERSION);
}

static void a_lower_counter_is_refused_when_installed(void **state)
{
    (void)state;
    is_refused_when_installed(5, V(4), 4, FAILURE_COUNTER);
}

// An older image was put in the application's place, by a debugger for one.
static void is_refused_when_started(uint32_t counter, uint32_t version, uint32_t lower_counter)
{
    product it;
    start_with_v2(&it, counter);
    hf_image old = slots_sealed(&it, 1, version, lower_counter);
    vb_power_off(it.board, false);
    product_install(&it, &old);
    hf_image_free(&old);
    vb_power_on(it.board);
    product_wait(&it, VB_S);
    product_discard(&it);
    assert_int_equal(product_sync(&it), HF_CLASSIC_ACK); // update mode
    hf_image v3 = slots_sealed(&it, 3, V(3), counter);
    assert_int_equal(slots_send(&it, &v3), HF_OK); // and a good one ends it
    hf_image_free(&v3);
    product_wait(&it, 7 * VB_S);
    uint32_t words[2];
    assert_true(slots_record(&it, RECORD_INSTALL, words));
    product_free(&it);
}

static void an_older_version_is_refused_when_started(void **state)
{
    (void)state;
    is_refused_when_started(0, V(1), 0);
}

static void a_lower_counter_is_refused_when_started(void **state)
{
    (void)state;
    is_refused_when_started(5, V(2), 4);
}

// Up it goes with each image that proves itself, version and counter alike; not with one on trial.
static void the_floor_rises_with_what_is_confirmed(void **state)
{
    (void)state;
    product it;
    uint32_t floor[2];
    start_with_v2(&it, 5);
    hf_image v3 = slots_sealed(&it, 2, V(3), 6);
    assert_int_equal(slots_send(&it, &v3), HF_OK);
    hf_image_free(&v3);
    product_wait(&it, INSTALLED_BY);
    assert_true(slots_record(&it, RECORD_FLOOR, floor));
    assert_int_equal(floor[0], V(2)); // confirmed, but not started since
    vb_reset_pin(it.board);
    product_wait(&it, VB_S);
    assert_true(slots_record(&it, RECORD_FLOOR, floor));
    assert_int_equal(floor[0], V(3));
    assert_int_equal(floor[1], 6);
    product_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_version_is_refused_when_received),
        cmocka_unit_test(a_lower_counter_is_refused_when_received),
        cmocka_unit_test(an_older_version_is_refused_when_installed),
        cmocka_unit_test(a_lower_counter_is_refused_when_installed),
        cmocka_unit_test(an_older_version_is_refused_when_started),
        cmocka_unit_test(a_lower_counter_is_refused_when_started),
        cmocka_unit_test(the_floor_rises_with_what_is_confirmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
