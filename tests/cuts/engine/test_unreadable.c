// SPDX-License-Identifier: MIT
// Words of the old image that a cut has left unreadable, or readable at times, are no reason to refuse a new one: what cannot be
// kept is not kept.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "cut.h"
#include "flash.h"
#include "hf_mailbox.h"
#include "machine.h"
#include "scenario.h"

static const image *v(unsigned version)
{
    return image_of_version(version);
}

// The first version, its nth unit as a cut leaves it.
static void put_first(uint32_t torn, unsigned how)
{
    for (uint32_t at = 0; at < v(1)->size; at += m.core->unit) {
        if (at == torn) {
            flash_tear_program(m.core->app + at, v(1)->bytes + at, how, how);
        } else {
            (void)flash_program_unit(m.core->app + at, v(1)->bytes + at);
        }
    }
}

static bool updates_to_second(void)
{
    m.button = true;
    ending how = machine_reset();
    m.button = false;
    if (how != ENDED_UPDATE_MODE || machine_receive(v(2)->bytes, v(2)->size) != HF_OK) {
        return false;
    }
    machine_leave_update_mode();
    return machine_reset() == ENDED_STARTED && flash_holds(m.core->app, v(2)->bytes, v(2)->size);
}

static void keeping_an_image_that_does_not_read(void **state)
{
    (void)state;
    machine_load(HF_EXTERNAL);
    flash_new(m.core, 1);
    images_make();
    unsigned unreadable = 0;
    for (unsigned how = 0; how < FLASH_TEARS; how++) {
        for (uint32_t torn = 0; torn < v(1)->size; torn += 3 * m.core->unit) {
            flash_new(m.core, 1);
            put_first(torn, how);
            unsigned char word[32];
            unreadable += flash_read(m.core->app + torn, word, m.core->unit) == HF_E_ECC;
            if (!updates_to_second()) {
                fail_msg("tear %u in unit at %u: no update afterwards", how, (unsigned)torn);
            }
        }
    }
    assert_true(unreadable > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keeping_an_image_that_does_not_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
