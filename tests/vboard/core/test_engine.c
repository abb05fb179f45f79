// SPDX-License-Identifier: MIT
// The CPU engine by itself: guarded memory, as a bank of flash is that erases while code runs from the other one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine.h"

enum { FIRST = 0x08000000, SECOND = FIRST + ENGINE_PAGE, SIZE = 2 * ENGINE_PAGE, RAM = 0x20000000 };

typedef struct bench {
    engine *engine;
    uint8_t flash[SIZE], ram[ENGINE_PAGE];
} bench;

static uint32_t read_nothing(void *context, uint32_t address, unsigned width)
{
    (void)context;
    (void)address;
    (void)width;
    return 0;
}

static void write_nothing(void *context, uint32_t address, unsigned width, uint32_t value)
{
    (void)context;
    (void)address;
    (void)width;
    (void)value;
}

static bool fetch_all(void *context, uint32_t address, uint32_t *from, uint32_t *size)
{
    (void)context;
    (void)address;
    *from = 0;
    *size = UINT32_MAX;
    return true;
}

static int begin(void **state)
{
    static bench b;
    static const engine_bus bus = {NULL, read_nothing, write_nothing, write_nothing, fetch_all};
    b = (bench){.engine = engine_create(&bus, ENGINE_CORTEX_M4)};
    memset(b.flash, 0xFF, sizeof b.flash);
    *state = &b;
    return b.engine == NULL || !engine_map(b.engine, ENGINE_ROM, FIRST, SIZE, b.flash, true) ||
           !engine_map(b.engine, ENGINE_RAM, RAM, sizeof b.ram, b.ram, false);
}

static int end(void **state)
{
    engine_destroy(((bench *)*state)->engine);
    return 0;
}

static void put(bench *b, uint32_t address, const uint16_t *code, size_t size)
{
    memcpy(b->flash + (address - FIRST), code, size);
    engine_changed(b->engine, b->flash + (address - FIRST), (uint32_t)size);
}

static engine_stop run(bench *b, uint32_t pc)
{
    engine_stop stop;
    engine_set(b->engine, ENGINE_XPSR, 1u << 24);
    engine_set(b->engine, ENGINE_PC, pc);
    do {
        engine_run(b->engine, &stop);
    } while (stop.why == ENGINE_INTERRUPTED);
    return stop;
}

static void guard(bench *b, uint32_t address)
{
    engine_guard(b->engine, b->flash + (address - FIRST), ENGINE_PAGE);
}

static const uint16_t loads[] = {0x6808, 0xBE00}; // ldr r0, [r1]; bkpt

static void a_load_waits_for_the_bank_that_is_busy_now(void **state)
{
    bench *b = *state;
    put(b, FIRST, loads, sizeof loads);
    put(b, SECOND, loads, sizeof loads);
    for (unsigned round = 0; round < 3; round++) { // what the engine has learned of the code must not be of one bank
        guard(b, SECOND);
        engine_set(b->engine, ENGINE_R0 + 1, SECOND + 0x100);
        engine_stop stop = run(b, FIRST);
        assert_int_equal(stop.why, ENGINE_GUARDED);
        assert_int_equal(stop.pc, FIRST);
        engine_set(b->engine, ENGINE_R0 + 1, RAM);
        assert_int_equal(run(b, FIRST).why, ENGINE_BKPT);
        assert_int_equal(run(b, SECOND).why, ENGINE_GUARDED); // the code itself

        guard(b, FIRST);
        engine_set(b->engine, ENGINE_R0 + 1, SECOND + 0x100);
        assert_int_equal(run(b, SECOND).why, ENGINE_BKPT);
        engine_set(b->engine, ENGINE_R0 + 1, FIRST + 0x100);
        stop = run(b, SECOND);
        assert_int_equal(stop.why, ENGINE_GUARDED);
        assert_int_equal(stop.pc, SECOND);

        engine_guard(b->engine, NULL, 0);
        assert_int_equal(run(b, SECOND).why, ENGINE_BKPT);
    }
}

static void a_literal_may_be_in_the_other_bank(void **state)
{
    static const uint16_t near[] = {0x4800, 0xBE00, 0x5678, 0x1234}; // ldr r0, [pc, #0]; bkpt; .word
    static const uint16_t far[] = {0x4801, 0xBE00};                  // ldr r0, [pc, #4]; bkpt
    bench *b = *state;
    uint32_t last = SECOND - 8;
    put(b, FIRST, near, sizeof near);
    put(b, last, far, sizeof far);
    guard(b, SECOND);
    assert_int_equal(run(b, FIRST).why, ENGINE_BKPT);
    assert_int_equal(engine_get(b->engine, ENGINE_R0), 0x12345678);
    engine_stop stop = run(b, last);
    assert_int_equal(stop.why, ENGINE_GUARDED);
    assert_int_equal(stop.pc, last);
    engine_guard(b->engine, NULL, 0);
    assert_int_equal(run(b, last).why, ENGINE_BKPT);
    assert_int_equal(engine_get(b->engine, ENGINE_R0), UINT32_MAX);
}

static void so_may_a_table_of_jumps(void **state)
{
    static const uint16_t table[] = {0xE8D1, 0xF002, 0xBE00, 0xBE00}; // tbb [r1, r2]; bkpt; bkpt
    bench *b = *state;
    put(b, FIRST, table, sizeof table);
    b->ram[0] = 1;
    guard(b, SECOND);
    engine_set(b->engine, ENGINE_R0 + 1, SECOND);
    engine_set(b->engine, ENGINE_R0 + 2, 0);
    engine_stop stop = run(b, FIRST);
    assert_int_equal(stop.why, ENGINE_GUARDED);
    assert_int_equal(stop.pc, FIRST);
    engine_set(b->engine, ENGINE_R0 + 1, RAM);
    stop = run(b, FIRST);
    assert_int_equal(stop.why, ENGINE_BKPT);
    assert_int_equal(stop.pc, FIRST + 6);
}

// Steps, then full speed up to a breakpoint, then steps again: each in front of the instruction it says.
static void steps_and_breakpoints_by_turns(void **state)
{
    static const uint16_t counts[] = {0x3001, 0x3001, 0x3001, 0x3001, 0xE7FA}; // adds r0, #1 four times; b to the first
    bench *b = *state;
    put(b, FIRST, counts, sizeof counts);
    engine_set(b->engine, ENGINE_XPSR, 1u << 24);
    engine_set(b->engine, ENGINE_PC, FIRST);
    engine_set(b->engine, ENGINE_R0, 0);
    engine_break_add(b->engine, FIRST + 4);
    for (uint32_t round = 0; round < 3; round++) {
        engine_stop stop;
        for (uint32_t step = 0; step < 5; step++) {
            assert_int_equal(engine_pc(b->engine), FIRST + 2 * step);
            assert_int_equal(engine_get(b->engine, ENGINE_R0), 8 * round + step);
            engine_single_step(b->engine, true);
            engine_run(b->engine, &stop);
            engine_single_step(b->engine, false);
            assert_int_equal(stop.why, ENGINE_INTERRUPTED);
        }
        engine_run(b->engine, &stop);
        assert_int_equal(stop.why, ENGINE_BREAK);
        assert_int_equal(stop.pc, FIRST + 4);
        assert_int_equal(engine_get(b->engine, ENGINE_R0), 8 * round + 6);
        for (unsigned step = 0; step < 3; step++) { // to the loop's start
            engine_single_step(b->engine, true);
            engine_run(b->engine, &stop);
            engine_single_step(b->engine, false);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_load_waits_for_the_bank_that_is_busy_now, begin, end),
        cmocka_unit_test_setup_teardown(a_literal_may_be_in_the_other_bank, begin, end),
        cmocka_unit_test_setup_teardown(so_may_a_table_of_jumps, begin, end),
        cmocka_unit_test_setup_teardown(steps_and_breakpoints_by_turns, begin, end),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
