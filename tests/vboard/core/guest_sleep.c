// SPDX-License-Identifier: MIT
// Sleep: WFI, WFE, SEV, SEVONPEND, SLEEPONEXIT. Armv7-M ARM (DDI 0403) B1.5.17 to B1.5.20.
#include "core.h"

#define SCR_SLEEPONEXIT (1u << 1)
#define SCR_SEVONPEND   (1u << 4)

static void start_clock(void)
{
    SYST_CSR = 0;
    DEMCR |= 1u << 24;
    DWT_CTRL |= 1;
    DWT_CYCCNT = 0;
}

static void wfi_ends_with_an_interrupt(void)
{
    core_handlers[SYSTICK] = core_stop_ticks;
    core_tick_each(16000);
    wait_for_interrupt();
    TRACE_IS(SYSTICK, -SYSTICK);
}

// The core's clock stands while it sleeps, and so does the cycle counter.
static void cycles_are_not_counted_asleep(void)
{
    core_handlers[SYSTICK] = core_stop_ticks;
    start_clock();
    core_tick_each(160000);
    wait_for_interrupt();
    CHECK(DWT_CYCCNT < 1000, 1);
    TRACE_IS(SYSTICK, -SYSTICK);
}

static void wfi_wakes_with_primask_set(void)
{
    core_handlers[SYSTICK] = core_stop_ticks;
    irqs_off();
    core_tick_each(16000);
    wait_for_interrupt();
    TRACE_IS();
    CHECK(ICSR & ICSR_PENDSTSET, ICSR_PENDSTSET);
    wait_for_interrupt(); // one is pending: no sleep
    irqs_on();
    TRACE_IS(SYSTICK, -SYSTICK);
}

static uint32_t count;
static uint32_t fourth_stops(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    if (++count == 4) {
        SYST_CSR = 0;
        set_basepri(0);
    }
    return exc_return;
}

// BASEPRI keeps an interrupt that it holds from waking the core.
static void basepri_counts_asleep(void)
{
    core_handlers[SYSTICK] = fourth_stops;
    SHPR(SYSTICK) = 0x40;
    NVIC_IPR(0) = 0x80;
    irq_enable(0);
    set_basepri(0x80);
    irq_pend(0);
    core_tick_each(16000);
    wait_for_interrupt();
    TRACE_IS(SYSTICK, -SYSTICK);
    wait_for_interrupt();
    TRACE_IS(SYSTICK, -SYSTICK);
    wait_for_interrupt();
    wait_for_interrupt();
    TRACE_IS(SYSTICK, -SYSTICK, SYSTICK, -SYSTICK, IRQ0, -IRQ0);
}

static void sev_lets_one_wfe_pass(void)
{
    core_handlers[SYSTICK] = core_stop_ticks;
    send_event();
    send_event();
    wait_for_event(); // takes the event
    core_tick_each(16000);
    TRACE_IS();
    wait_for_event(); // sleeps
    TRACE_IS(SYSTICK, -SYSTICK);
}

static void an_exception_is_an_event(void)
{
    core_handlers[SYSTICK] = core_stop_ticks;
    svc();
    wait_for_event();
    TRACE_IS(SVCALL, -SVCALL);
    core_tick_each(16000);
    wait_for_event();
    TRACE_IS(SYSTICK, -SYSTICK);
}

// A disabled interrupt that becomes pending is an event when SEVONPEND says so.
static void sevonpend(void)
{
    core_handlers[SYSTICK] = core_stop_ticks;
    SCR = SCR_SEVONPEND;
    irq_pend(3);
    wait_for_event();
    TRACE_IS();
    irq_pend(3); // pending already: no event
    core_tick_each(16000);
    wait_for_event();
    TRACE_IS(SYSTICK, -SYSTICK);
    SCR = 0;
}

static uint32_t third_wakes(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    if (++count == 3) {
        SCR = 0;
        SYST_CSR = 0;
    }
    return exc_return;
}

static void sleeponexit_keeps_the_thread_down(void)
{
    core_handlers[SYSTICK] = third_wakes;
    SCR = SCR_SLEEPONEXIT;
    core_tick_each(16000);
    wait_for_interrupt();
    CHECK(count, 3);
    TRACE_IS(SYSTICK, -SYSTICK, SYSTICK, -SYSTICK, SYSTICK, -SYSTICK);
}

CASES(CASE(wfi_ends_with_an_interrupt), CASE(cycles_are_not_counted_asleep), CASE(wfi_wakes_with_primask_set),
      CASE(basepri_counts_asleep), CASE(sev_lets_one_wfe_pass), CASE(an_exception_is_an_event), CASE(sevonpend),
      CASE(sleeponexit_keeps_the_thread_down));
