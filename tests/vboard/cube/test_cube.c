// SPDX-License-Identifier: MIT
// What firmware in the manner of CubeMX finds on the virtual STM32F407, with either of the usual crystals.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "vboard.h"
#include "words.h"

enum { RESULTS = 0x20000000, HEARD_MAX = 256 };

static struct {
    vb_board *board;
    char words[512]; // of the last report
    uint8_t heard[HEARD_MAX];
    size_t heard_size;
    vb_time heard_last;
} it;

static void reported(void *context, vb_time when, vb_report kind, const char *words)
{
    (void)context;
    (void)when;
    (void)kind;
    snprintf(it.words, sizeof it.words, "%s", words);
}

static void byte_came(void *context, vb_time when, uint8_t byte, bool damaged)
{
    (void)context;
    assert_false(damaged);
    assert_true(it.heard_size < HEARD_MAX);
    it.heard[it.heard_size++] = byte;
    it.heard_last = when;
}

static uint32_t word(unsigned index)
{
    uint32_t value = 0;
    assert_int_equal(vb_read(it.board, RESULTS + 4 * index, &value, sizeof value), VB_OK);
    return value;
}

static void run(vb_time duration)
{
    vb_time until = vb_now(it.board) + duration;
    while (vb_now(it.board) < until) {
        vb_stop stop = vb_run(it.board, until);
        if (stop == VB_STOP_LOCKUP || stop == VB_STOP_ENGINE) {
            fail_msg("the board stopped: %s; last report: %s", vb_error(it.board), it.words);
        }
    }
}

static void run_to_stage(unsigned stage)
{
    vb_time limit = vb_now(it.board) + 2 * VB_S;
    while (word(CUBE_STAGE) < stage && word(CUBE_ERROR) == 0 && vb_now(it.board) < limit) {
        run(VB_MS / 10);
    }
    if (word(CUBE_STAGE) < stage) {
        fail_msg("stage %u, error in line %u; last report: %s", word(CUBE_STAGE), word(CUBE_ERROR), it.words);
    }
}

static void power_on(uint32_t crystal_hz, uint32_t written_for_mhz)
{
    static hf_board description;
    hf_complaint complaint;
    char why[256] = "";
    it.words[0] = '\0';
    it.heard_size = 0;
    assert_int_equal(hf_board_read(&description, HF_SOURCE_DIR "/boards/stm32f407-discovery.json", NULL, &complaint),
                     HF_LAYOUT_OK);
    description.hse_hz = crystal_hz;
    it.board = vb_create(&description, why, sizeof why);
    assert_non_null(it.board);
    vb_on_report(it.board, reported, NULL);
    vb_line line = {.baud = 115200, .parity = VB_PARITY_NONE, .stop_bits = 1};
    assert_int_equal(vb_uart_connect(it.board, "usart2", &line, byte_came, NULL), VB_OK);
    assert_int_equal(vb_load_elf(it.board, HF_CUBE), VB_OK);
    vb_power_on(it.board);
    for (unsigned i = 0; i < CUBE_WORDS; i++) {
        uint32_t value = i == CUBE_HSE_MHZ ? written_for_mhz : 0;
        assert_int_equal(vb_write(it.board, RESULTS + 4 * i, &value, sizeof value), VB_OK);
    }
}

static void power_off(void)
{
    unsigned reports = 0;
    for (int kind = 0; kind < VB_REPORT_KINDS; kind++) {
        reports += vb_reports(it.board, (vb_report)kind);
    }
    vb_destroy(it.board);
    if (reports != 0) {
        fail_msg("%u reports nobody expected, the last one: %s", reports, it.words);
    }
}

// A millisecond of its tick is a millisecond of virtual time: the core does run at what the firmware believes.
static void ticks_are_milliseconds(void)
{
    uint32_t before = word(CUBE_TICKS);
    run(500 * VB_MS);
    assert_in_range(word(CUBE_TICKS) - before, 499, 501);
}

static void runs_at_168_mhz(void **state)
{
    static const uint32_t crystals[] = {8, 25};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        power_on(crystals[i] * 1000000, crystals[i]);
        run_to_stage(CUBE_SERVING_STAGE);
        assert_int_equal(word(CUBE_CORE_HZ), 168000000);
        ticks_are_milliseconds();
        power_off();
    }
}

static void a_missing_crystal_is_found_by_its_timeout(void **state)
{
    (void)state;
    power_on(0, 8);
    run(300 * VB_MS);
    assert_int_equal(word(CUBE_STAGE), 0);
    assert_int_not_equal(word(CUBE_ERROR), 0);
    assert_true(word(CUBE_TICKS) > 100); // its tick counts on the internal oscillator
    power_off();
}

static void vectors_serve_from_ram(void **state)
{
    (void)state;
    power_on(8000000, 8);
    run_to_stage(CUBE_SERVING_STAGE);
    assert_in_range(word(CUBE_VTOR), 0x20000000, 0x2001FFFF);
    uint32_t gone[98];
    memset(gone, 0xFF, sizeof gone);
    assert_int_equal(vb_write(it.board, 0x08000000, gone, sizeof gone), VB_OK); // those in flash are not looked at any more
    ticks_are_milliseconds();
    power_off();
}

static void three_computed_with_floats_at_once(void **state)
{
    (void)state;
    power_on(8000000, 8);
    run_to_stage(CUBE_COMPUTED_STAGE);
    assert_int_equal(word(CUBE_THREAD_SUM), 1);
    assert_int_equal(word(CUBE_LOW_SUM) % 10, 0); // 40 quarters each time
    assert_true(word(CUBE_LOW_SUM) >= 2000);
    assert_int_equal(word(CUBE_HIGH_SUM), 3 * word(CUBE_HIGH_COUNT));
    assert_true(word(CUBE_LONG_FRAMES) > 0); // the thread's FP context was live
    power_off();
}

static void the_urgent_interrupt_breaks_into_the_other(void **state)
{
    (void)state;
    power_on(8000000, 8);
    run_to_stage(CUBE_COMPUTED_STAGE);
    assert_true(word(CUBE_NESTED) > 0);
    assert_true(word(CUBE_NESTED) < word(CUBE_HIGH_COUNT));
    power_off();
}

static void no_count_is_lost_between_ldrex_and_strex(void **state)
{
    (void)state;
    power_on(8000000, 8);
    run_to_stage(CUBE_COMPUTED_STAGE);
    assert_int_equal(word(CUBE_COUNTER), word(CUBE_COUNTED));
    assert_true(word(CUBE_RETRIES) > 0); // an interrupt came in between, and the store was refused
    power_off();
}

static void interrupts_are_chained_in_order(void **state)
{
    (void)state;
    power_on(8000000, 8);
    run_to_stage(CUBE_COMPUTED_STAGE);
    assert_int_equal(word(CUBE_CHAIN), 231); // by priority, then by number
    assert_int_equal(word(CUBE_CHAIN_SP), 1); // nothing was popped in between
    power_off();
}

static void a_frame_ends_with_an_idle_line(void **state)
{
    static const char *const frames[] = {"a", "reception by DMA", "0123456789 0123456789 0123456789 0123456789"};
    (void)state;
    power_on(8000000, 8);
    run_to_stage(CUBE_SERVING_STAGE);
    for (size_t f = 0; f < sizeof frames / sizeof frames[0]; f++) {
        size_t size = strlen(frames[f]);
        it.heard_size = 0;
        vb_uart_send(it.board, "usart2", frames[f], size);
        run(20 * VB_MS);
        assert_int_equal(word(CUBE_FRAMES), f + 1);
        assert_int_equal(word(CUBE_LAST_SIZE), size);
        assert_int_equal(word(CUBE_SENT), f + 1);
        assert_int_equal(it.heard_size, size);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(it.heard[i], frames[f][size - 1 - i]);
        }
    }
    power_off();
}

static void it_sleeps_between_interrupts(void **state)
{
    (void)state;
    power_on(8000000, 8);
    run_to_stage(CUBE_SERVING_STAGE);
    uint32_t sleeps = word(CUBE_SLEEPS), ticks = word(CUBE_TICKS);
    uint64_t instructions = vb_instructions(it.board);
    run(100 * VB_MS);
    assert_in_range(word(CUBE_SLEEPS) - sleeps, word(CUBE_TICKS) - ticks - 1, word(CUBE_TICKS) - ticks + 1); // once a tick
    assert_true(vb_instructions(it.board) - instructions < 100 * 200);
    power_off();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_at_168_mhz),
        cmocka_unit_test(a_missing_crystal_is_found_by_its_timeout),
        cmocka_unit_test(vectors_serve_from_ram),
        cmocka_unit_test(three_computed_with_floats_at_once),
        cmocka_unit_test(the_urgent_interrupt_breaks_into_the_other),
        cmocka_unit_test(no_count_is_lost_between_ldrex_and_strex),
        cmocka_unit_test(interrupts_are_chained_in_order),
        cmocka_unit_test(a_frame_ends_with_an_idle_line),
        cmocka_unit_test(it_sleeps_between_interrupts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
