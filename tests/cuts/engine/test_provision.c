// SPDX-License-Identifier: MIT
// What a device is provisioned with: once, whole or not at all whatever the supply does, and untouched by every update.
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "cut.h"
#include "flash.h"
#include "hf_err.h"
#include "hf_provision.h"
#include "machine.h"
#include "records.h"
#include "scenario.h"


static bool (*hf_read)(struct hf_provision *to);
static hf_err (*hf_write)(const struct hf_provision *what);
static hf_err (*hf_append)(hf_record_kind kind, uint32_t word, uint32_t other);
static struct hf_provision first, second;

static struct hf_provision made_of(uint8_t seed)
{
    struct hf_provision it = {.hardware = seed * 0x01010101u};
    for (unsigned i = 0; i < sizeof it.uuid; i++) {
        it.uuid[i] = (uint8_t)(seed * 17u + i * 29u);
    }
    it.crc32 = (uint32_t)crc32(0, (const uint8_t *)&it, offsetof(struct hf_provision, crc32));
    return it;
}

static void put_first_image(void)
{
    const image *it = image_of_version(1);
    for (uint32_t at = 0; at < it->size; at += m.core->unit) {
        (void)flash_program_unit(m.core->app + at, it->bytes + at);
    }
}

static void enter_update_mode(void)
{
    m.button = true;
    assert_int_equal(machine_reset(), ENDED_UPDATE_MODE);
    m.button = false;
}

static int begin(void **state)
{
    (void)state;
    machine_load(HF_PROVISION);
    void *module = dlopen(HF_PROVISION, RTLD_NOW | RTLD_NOLOAD);
    assert_non_null(module);
    *(void **)&hf_read = dlsym(module, "hf_provision_read");
    *(void **)&hf_write = dlsym(module, "hf_provision_write");
    *(void **)&hf_append = dlsym(module, "hf_record_append");
    dlclose(module);
    assert_non_null(hf_read);
    assert_non_null(hf_write);
    assert_non_null(hf_append);
    first = made_of(1);
    second = made_of(2);
    flash_new(m.core, 1);
    images_make();
    put_first_image();
    assert_int_equal(machine_reset(), ENDED_STARTED);
    enter_update_mode();
    return 0;
}

static bool holds(const struct hf_provision *what)
{
    struct hf_provision found;
    return hf_read(&found) && memcmp(&found, what, sizeof found) == 0;
}

static bool holds_nothing(void)
{
    struct hf_provision found;
    return !hf_read(&found);
}

// -- once -------------------------------------------------------------------------------------------------------------

static void is_written_once(void **state)
{
    (void)state;
    assert_true(holds_nothing());
    struct hf_provision damaged = first;
    damaged.uuid[3] ^= 1;
    assert_int_equal(hf_write(&damaged), HF_E_CRC);
    assert_true(holds_nothing());
    assert_int_equal(hf_write(&first), HF_OK);
    assert_true(holds(&first));
    assert_int_equal(hf_write(&second), HF_E_PROVISIONED);
    assert_int_equal(hf_write(&first), HF_OK); // no harm in that
    enter_update_mode();
    assert_true(holds(&first));
    assert_int_equal(hf_write(&second), HF_E_PROVISIONED);
    assert_true(holds(&first));
}

// -- cuts -------------------------------------------------------------------------------------------------------------

// In every operation, in the given number of ways each; returns how many operations there were.
static uint64_t cut_everywhere(void (*act)(void), unsigned ways, void (*judge)(void))
{
    uint64_t nth = 1;
    for (bool fired = true; fired; nth++) {
        for (unsigned i = 0; i < ways && fired; i++) {
            flash_push();
            fired = cut_in(act, nth, (unsigned)(nth + i) % CUT_WAYS);
            judge();
            flash_pop();
        }
    }
    return nth - 2;
}

static void write_first(void)
{
    (void)hf_write(&first);
}

// There is the whole of it, or nothing. What the device has taken another one for stays from then on.
static void judge_half_written(void)
{
    struct hf_provision found;
    assert_int_equal(machine_reset(), ENDED_STARTED);
    assert_true(!hf_read(&found) || memcmp(&found, &first, sizeof found) == 0);
    enter_update_mode();
    flash_push();
    hf_err err = hf_write(&second);
    const struct hf_provision *there = err == HF_OK ? &second : &first;
    assert_true(err == HF_OK || err == HF_E_PROVISIONED);
    for (unsigned i = 0; i < 4; i++) {
        assert_true(holds(there));
        assert_int_equal(machine_reset(), ENDED_STARTED);
    }
    flash_pop();
    enter_update_mode();
    assert_int_equal(hf_write(&first), HF_OK);
    assert_int_equal(machine_reset(), ENDED_STARTED);
    assert_true(holds(&first));
}

static void whole_or_nothing_after_a_cut(void **state)
{
    (void)state;
    assert_in_range(cut_everywhere(write_first, CUT_WAYS, judge_half_written), 12, 40); // three records of four words
}

// The journal's sector is full: it moves on the way, after the last, the second or the first record.
static void the_same_when_the_journal_moves(void **state)
{
    (void)state;
    unsigned moves = 0;
    for (uint32_t record = 0; record < 64 && moves < 3; record++) {
        flash_push();
        moves += cut_everywhere(write_first, 3, judge_half_written) > 30;
        flash_pop();
        enter_update_mode();
        assert_int_equal(hf_append(HF_RECORD_FAILURE, record, 0), HF_OK);
    }
    assert_int_equal(moves, 3);
}

// -- updates ----------------------------------------------------------------------------------------------------------

static unsigned version;

static void update(void)
{
    const image *it = image_of_version(version);
    enter_update_mode();
    (void)machine_receive(it->bytes, it->size);
    machine_leave_update_mode();
    (void)machine_reset();
    enter_update_mode();
}

static void judge_provisioned(void)
{
    (void)machine_reset();
    assert_true(holds(&first));
}

static void no_update_touches_it(void **state)
{
    (void)state;
    uint64_t operations = 0;
    assert_int_equal(hf_write(&first), HF_OK);
    for (version = 2; version < 9; version++) {
        operations += cut_everywhere(update, 1, judge_provisioned);
        update();
        assert_true(holds(&first));
    }
    assert_true(operations > 1000);
    enter_update_mode();
    assert_int_equal(hf_write(&second), HF_E_PROVISIONED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(is_written_once, begin),
        cmocka_unit_test_setup(whole_or_nothing_after_a_cut, begin),
        cmocka_unit_test_setup(the_same_when_the_journal_moves, begin),
        cmocka_unit_test_setup(no_update_touches_it, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
