// SPDX-License-Identifier: MIT
// SysTick and the cycle counter. Armv7-M ARM (DDI 0403) B3.3, C1.8.
#include "core.h"

#define COUNTFLAG (1u << 16)

static void cycle_counter_on(void)
{
    DEMCR |= 1u << 24;
    DWT_CYCCNT = 0;
    DWT_CTRL |= 1;
}

static void as_after_reset(void)
{
    CHECK(SYST_CSR & 3, 0);
    CHECK(SYST_CALIB & 0xFFFFFF, 0x493E); // RM0090 12.1.1: 1 ms at HCLK/8 of 150 MHz
    SYST_RVR = 0xFFFFFFFF;
    CHECK(SYST_RVR, 0xFFFFFF);
}

static void counts_down_and_reloads(void)
{
    SYST_RVR = 9999;
    SYST_CVR = 1234;
    CHECK(SYST_CVR, 0); // any value clears it
    SYST_CSR = 5;
    uint32_t first = SYST_CVR, second = SYST_CVR;
    CHECK(first <= 9999 && second < first, 1);
    CHECK(SYST_CSR & COUNTFLAG, 0);
    while (SYST_CVR <= second) {
        second = SYST_CVR;
    }
    CHECK(SYST_CVR > 9000, 1); // reloaded
    CHECK(SYST_CSR & COUNTFLAG, COUNTFLAG);
    CHECK(SYST_CSR & COUNTFLAG, 0); // reading has cleared it
    TRACE_IS();
}

static void a_write_clears_flag_and_counter(void)
{
    SYST_RVR = 99;
    SYST_CVR = 0;
    SYST_CSR = 5;
    for (volatile unsigned i = 0; i < 200; i++) {
    }
    SYST_RVR = 0xFFFFFF;
    SYST_CVR = 7;
    CHECK(SYST_CSR & COUNTFLAG, 0);
    CHECK(SYST_CVR > 0xFFFF00, 1);
}

static void reload_zero_stops(void)
{
    SYST_RVR = 0;
    SYST_CVR = 0;
    SYST_CSR = 7;
    for (volatile unsigned i = 0; i < 1000; i++) {
    }
    CHECK(SYST_CVR, 0);
    TRACE_IS();
}

static volatile unsigned ticks;
static volatile uint32_t stamps[8];
static uint32_t stamp(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    if (ticks < 8) {
        stamps[ticks] = DWT_CYCCNT;
    }
    ticks++;
    core_traced = 0;
    return exc_return;
}

static void near(unsigned line, uint32_t found, uint32_t expected, uint32_t off)
{
    if (found + off < expected || found > expected + off) {
        core_check(line, found, expected);
    } else {
        core_check(line, 1, 1);
    }
}

static void period_is_reload_plus_one(void)
{
    cycle_counter_on();
    core_handlers[SYSTICK] = stamp;
    SYST_RVR = 15999;
    SYST_CVR = 0;
    SYST_CSR = 7;
    while (ticks < 8) {
    }
    SYST_CSR = 0;
    for (unsigned i = 1; i < 8; i++) {
        near(__LINE__, stamps[i] - stamps[i - 1], 16000, 60);
    }
    near(__LINE__, stamps[7] - stamps[0], 7 * 16000, 60); // errors do not add up
    core_traced = 0;
}

static void an_eighth_of_the_clock(void)
{
    cycle_counter_on();
    core_handlers[SYSTICK] = stamp;
    SYST_RVR = 999;
    SYST_CVR = 0;
    SYST_CSR = 3;
    while (ticks < 8) {
    }
    SYST_CSR = 0;
    near(__LINE__, stamps[7] - stamps[0], 7 * 8000, 60);
    core_traced = 0;
}

static void the_interrupt_can_be_left_off(void)
{
    SYST_RVR = 999;
    SYST_CVR = 0;
    SYST_CSR = 5;
    while ((SYST_CSR & COUNTFLAG) == 0) {
    }
    barrier();
    TRACE_IS();
    CHECK(ICSR & ICSR_PENDSTSET, 0);
    ICSR = ICSR_PENDSTSET; // by software
    barrier();
    TRACE_IS(SYSTICK, -SYSTICK);
}

static void the_cycle_counter_counts(void)
{
    CHECK(DWT_CTRL & 1, 0);
    CHECK(DWT_CTRL >> 28, 4);
    cycle_counter_on();
    uint32_t before = DWT_CYCCNT;
    for (volatile unsigned i = 0; i < 100; i++) {
    }
    uint32_t after = DWT_CYCCNT;
    CHECK(after > before + 300 && after < before + 5000, 1);
    DWT_CYCCNT = 0xFFFFFFF0;
    for (volatile unsigned i = 0; i < 10; i++) {
    }
    CHECK(DWT_CYCCNT < 1000, 1); // wraps
    DWT_CTRL &= ~1u;
    before = DWT_CYCCNT;
    after = DWT_CYCCNT;
    CHECK(after, before);
}

CASES(CASE(as_after_reset), CASE(counts_down_and_reloads), CASE(a_write_clears_flag_and_counter), CASE(reload_zero_stops),
      CASE(period_is_reload_plus_one), CASE(an_eighth_of_the_clock), CASE(the_interrupt_can_be_left_off),
      CASE(the_cycle_counter_counts));
