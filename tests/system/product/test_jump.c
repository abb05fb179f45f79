// SPDX-License-Identifier: MIT
// What an application finds when the bootloader starts it: the machine as reset leaves it. The measure is the same program
// at the start of flash, where nothing runs before it.
#include "product.h"

#include <string.h>

#include "hf_classic.h"
#include "hf_mailbox.h"
#include "seal.h"
#include "witness.h"

static const struct {
    const char *name;
    uint32_t address;
    unsigned words;
} blocks[] = {
#define BLOCK(name, address, words) {name, address, words},
    WITNESS_BLOCKS(BLOCK)};
#define BLOCKS (sizeof blocks / sizeof blocks[0])

static witness_results testimony(product *it)
{
    witness_results seen = {0};
    for (unsigned i = 0; i < 200 && seen.done != WITNESS_DONE; i++) {
        product_wait(it, 5 * VB_MS);
        vb_read(it->board, WITNESS_RESULTS, &seen, sizeof seen);
    }
    assert_int_equal(seen.done, WITNESS_DONE);
    return seen;
}

static void forget_testimony(product *it)
{
    uint32_t nothing = 0;
    vb_write(it->board, WITNESS_RESULTS, &nothing, sizeof nothing);
}

// As reset leaves the machine, seen without a bootloader.
static witness_results after_reset_alone(void)
{
    product it;
    product_make(&it, PRODUCT_REFERENCE);
    assert_int_equal(vb_load_elf(it.board, HF_GUEST_DIR "/witness-reset.elf"), VB_OK);
    vb_power_on(it.board);
    witness_results seen = testimony(&it);
    product_free(&it);
    return seen;
}

static hf_image sealed_witness(const product *it)
{
    hf_image image = {0};
    hf_problem problem;
    hf_seal_options options = {.board = &it->description, .version = 0x01000000, .product_id = it->description.product_id};
    assert_int_equal(hf_image_load(&image, HF_GUEST_DIR "/witness-app.elf", &problem), HF_OK);
    if (hf_seal(&image, &options, &problem) != HF_OK) {
        fail_msg("%s", problem.what);
    }
    return image;
}

static void expect_blocks(const witness_results *seen, const witness_results *reset)
{
    unsigned different = 0, at = 0;
    for (size_t b = 0; b < BLOCKS; b++) {
        for (unsigned w = 0; w < blocks[b].words; w++, at++) {
            if (seen->memory[at] != reset->memory[at]) {
                print_error("%s, 0x%08X: 0x%08X, after reset 0x%08X\n", blocks[b].name, blocks[b].address + 4 * w,
                            seen->memory[at], reset->memory[at]);
                different++;
            }
        }
    }
    assert_true(at <= WITNESS_MEMORY);
    assert_int_equal(different, 0);
}

static void expect_as_after_reset(product *it)
{
    witness_results seen = testimony(it), reset = after_reset_alone();
    assert_int_equal(seen.vtor, product_application(it));
    assert_int_equal(seen.sp, 0x20020000u); // of CONTROL.SPSEL = 0: it is MSP
    assert_int_equal(seen.lr, 0xFFFFFFFFu);
    assert_int_equal(seen.control, 0);
    assert_int_equal(seen.primask, 0);
    assert_int_equal(seen.basepri, 0);
    assert_int_equal(seen.faultmask, 0);
    assert_int_equal(seen.ipsr, 0);
    assert_int_equal(seen.sp, reset.sp);
    assert_int_equal(seen.lr, reset.lr);
    assert_int_equal(seen.psp, reset.psp);
    expect_blocks(&seen, &reset);
}

static product *installed(bool button)
{
    product *it = test_calloc(1, sizeof *it);
    product_make(it, PRODUCT_REFERENCE);
    hf_image witness = sealed_witness(it);
    product_install(it, &witness);
    hf_image_free(&witness);
    vb_button(it->board, button);
    vb_power_on(it->board);
    return it;
}

static void finish(product *it)
{
    product_free(it);
    test_free(it);
}

static void straight_after_power_on(void **state)
{
    (void)state;
    product *it = installed(false);
    expect_as_after_reset(it);
    finish(it);
}

// The crystal is dead, or was never asked: the check of the image runs on the internal oscillator and leaves no trace.
static void with_a_dead_crystal(void **state)
{
    (void)state;
    product *it = installed(false);
    vb_crystal(it->board, false);
    vb_reset_pin(it->board);
    expect_as_after_reset(it);
    finish(it);
}

// Update mode had clocks, the UART, its interrupt and SysTick on, and bytes keep coming in while it leaves.
static void after_boot_command(void **state)
{
    (void)state;
    product *it = installed(true);
    product_wait(it, 100 * VB_MS);
    assert_int_equal(product_sync(it), HF_CLASSIC_ACK);
    forget_testimony(it);
    assert_int_equal(product_ask(it, (uint8_t[]){HF_CLASSIC_BOOT}, 1, VB_S), HF_CLASSIC_ACK);
    product_send(it, "noise", 5);
    expect_as_after_reset(it);
    finish(it);
}

static void after_a_request_from_the_application(void **state)
{
    (void)state;
    product *it = installed(false);
    product_provision(it, HF_REQUEST_UPDATE, 0);
    forget_testimony(it);
    vb_reset_pin(it->board);
    product_wait(it, 100 * VB_MS);
    assert_int_equal(product_ask(it, (uint8_t[]){HF_CLASSIC_SYNC}, 1, VB_S), HF_CLASSIC_ACK);
    assert_int_equal(product_ask(it, (uint8_t[]){HF_CLASSIC_BOOT}, 1, VB_S), HF_CLASSIC_ACK);
    witness_results seen = testimony(it);
    assert_int_equal(seen.vtor, product_application(it));
    assert_int_equal(seen.primask, 0);
    finish(it);
}

// Why the chip was reset is the application's to know: the bootloader clears none of the flags.
static void reset_flags_are_kept(void **state)
{
    (void)state;
    product *it = installed(false);
    (void)testimony(it);
    uint32_t flags = product_peek(it, 0x40023874u) >> 24;
    assert_true((flags & 0x08) != 0); // power-on
    product_poke(it, 0x40023874u, 1u << 24);
    forget_testimony(it);
    vb_reset_pin(it->board);
    (void)testimony(it);
    flags = product_peek(it, 0x40023874u) >> 24;
    assert_int_equal(flags & 0xFE, 0x04); // the pin alone
    finish(it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(straight_after_power_on),
        cmocka_unit_test(with_a_dead_crystal),
        cmocka_unit_test(after_boot_command),
        cmocka_unit_test(after_a_request_from_the_application),
        cmocka_unit_test(reset_flags_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
