// SPDX-License-Identifier: MIT
// Power cuts in every flash operation of an update with bank swap, the change of option bytes included: the board always
// comes back with an application that runs.
//
// HF_CUTS says how many cuts to try (a few hundred when absent), HF_SEED where their seeds start. A cut that did not
// happen fails the test, and so does one after which the LED does not blink.
#include "product.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOARD      "stm32h743-nucleo"
#define DEFAULT    240u
#define OPERATIONS 500u // more than an update makes from the host's last word to its confirmation

// What a try found; exit codes of the copy of the process.
enum { FINE, NOT_CUT, NO_BLINK, NO_SECOND_BLINK, NO_END };

typedef struct attempt {
    product *it;
    void (*act)(product *it); // what is to be cut
    uint64_t operation; // counted from the story's end
    uint32_t done;      // millionths
    uint64_t seed;
    bool twice;         // cut again in the recovery
    uint64_t last;      // of the story
} attempt;

static unsigned number_from(const char *name, unsigned absent)
{
    const char *text = getenv(name);
    return text != NULL ? (unsigned)strtoul(text, NULL, 0) : absent;
}

static void update_mode(product *it)
{
    vb_button(it->board, true);
    vb_reset_pin(it->board);
    product_wait(it, 100 * VB_MS);
    vb_button(it->board, false);
}

// Everything of an update but the host's last word.
static void receive(product *it, const char *name)
{
    hf_image image = product_image(it, name);
    update_mode(it);
    product_discard(it);
    assert_int_equal(product_sync(it), 0x79);
    assert_int_equal(product_erase(it), 0x79);
    for (unsigned n = 0; n * 128 < image.size; n++) {
        assert_int_equal(product_send_frame(it, &image, n, false), 0x79);
    }
    hf_image_free(&image);
}

static void say_boot(product *it)
{
    static const uint8_t boot = 0xBB;
    product_send(it, &boot, 1);
}

static void say_erase(product *it)
{
    static const uint8_t erase = 0xEE;
    product_send(it, &erase, 1);
}

static void reset(product *it)
{
    vb_reset_pin(it->board);
}

static bool blinks(product *it)
{
    product_led_forget(it);
    vb_time until = vb_now(it->board) + 6 * VB_S; // an erase, a copy, two swaps, and half a period
    while (it->led_count < 4 && vb_now(it->board) < until) {
        vb_run(it->board, vb_now(it->board) + 250 * VB_MS);
    }
    return it->led_count >= 4;
}

static bool run_until_cut(product *it)
{
    for (unsigned i = 0; i < 100; i++) {
        if (vb_run(it->board, vb_now(it->board) + 200 * VB_MS) == VB_STOP_CUT) {
            return true;
        }
    }
    return false;
}

static int try_cut(void *context)
{
    const attempt *a = context;
    product *it = a->it;
    vb_set_seed(it->board, a->seed);
    a->act(it);
    if (vb_cut_at_operation(it->board, a->last + a->operation, a->done) != VB_OK || !run_until_cut(it)) {
        return NOT_CUT;
    }
    if (a->twice) {
        vb_set_seed(it->board, a->seed + 1);
        vb_cut_at_operation(it->board, vb_flash_operations(it->board) + 1 + a->seed % 3, a->done);
        vb_power_on(it->board);
        run_until_cut(it); // the recovery may need no operation at all
        vb_cut_never(it->board);
    }
    vb_power_on(it->board);
    if (!blinks(it)) {
        return NO_BLINK;
    }
    vb_power_off(it->board, false);
    vb_power_on(it->board);
    return blinks(it) ? FINE : NO_SECOND_BLINK;
}

// How many operations follow the host's last word, up to a quiet second after the confirmation.
static int count_operations(void *context)
{
    const attempt *a = context;
    a->act(a->it);
    product_wait(a->it, 9 * VB_S);
    return (int)((vb_flash_operations(a->it->board) - a->last) / 2); // an exit code has eight bits
}

static void sweep(product *it, void (*act)(product *it), unsigned cuts, uint64_t seed)
{
    attempt a = {.it = it, .act = act, .last = vb_flash_operations(it->board)};
    int operations = 2 * vb_try(count_operations, &a);
    assert_in_range(operations, 2, OPERATIONS); // a record and a swap at the least
    static const uint32_t moments[] = {0, 20000, 150000, 400000, 600000, 850000, 950000, 999000, 1000000};
    enum { MOMENTS = sizeof moments / sizeof moments[0] };
    unsigned results[5] = {0};
    for (unsigned i = 0; i < cuts; i++) {
        a.operation = 1 + i * 7919u % (unsigned)operations; // a prime: every operation meets every moment in time
        a.done = moments[i % MOMENTS];
        a.seed = seed + i;
        a.twice = i % 3 == 2;
        int result = vb_try(try_cut, &a);
        if (result != FINE) {
            print_message("operation %u of %d, %u millionths, seed %llu%s: %d\n", (unsigned)a.operation, operations,
                          (unsigned)a.done, (unsigned long long)a.seed, a.twice ? ", cut twice" : "", result);
        }
        results[result >= 0 && result < NO_END ? result : NO_END]++;
    }
    print_message("%u cuts in %d operations: %u came back\n", cuts, operations, results[FINE]);
    assert_int_equal(results[FINE], cuts);
}

static void provoke(product *it)
{
    it->provokes[VB_REPORT_MISUSE] = it->provokes[VB_REPORT_FAULT] = true; // of words that a cut has spoilt
}

static void begin(product *it)
{
    product_make(it, BOARD);
    provoke(it);
    hf_image image = product_image(it, "blink-v1.bin");
    product_install(it, &image);
    hf_image_free(&image);
    vb_power_on(it->board);
    product_wait(it, VB_S);
}

static void install(product *it, const char *name)
{
    receive(it, name);
    say_boot(it);
    product_wait(it, 5 * VB_S);
}

static unsigned share(void)
{
    return number_from("HF_CUTS", DEFAULT) / 4;
}

// Each story has seeds of its own.
static uint64_t seed_of(unsigned story)
{
    return number_from("HF_SEED", 1) + 100000000ull * story;
}

static void the_reception(void **state)
{
    (void)state;
    product it;
    begin(&it);
    update_mode(&it);
    product_discard(&it);
    assert_int_equal(product_sync(&it), 0x79);
    sweep(&it, say_erase, share(), seed_of(0));
    product_free(&it);
}

// The bootloader copies itself.
static void the_first_swap(void **state)
{
    (void)state;
    product it;
    begin(&it);
    receive(&it, "blink-v2.bin");
    sweep(&it, say_boot, share(), seed_of(1));
    product_free(&it);
}

static void a_later_swap(void **state)
{
    (void)state;
    product it;
    begin(&it);
    install(&it, "blink-v2.bin");
    receive(&it, "blink-v1.bin");
    sweep(&it, say_boot, share(), seed_of(2));
    product_free(&it);
}

// From an image that does not confirm.
static void the_way_back(void **state)
{
    (void)state;
    product it;
    begin(&it);
    install(&it, "blink-v2.bin");
    install(&it, "blink-v3.bin");
    sweep(&it, reset, share(), seed_of(3));
    product_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reception),
        cmocka_unit_test(the_first_swap),
        cmocka_unit_test(a_later_swap),
        cmocka_unit_test(the_way_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
