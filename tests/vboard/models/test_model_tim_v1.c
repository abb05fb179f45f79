// SPDX-License-Identifier: MIT
// Timers of the F4 as counters: prescaler, reload, one pulse, update events. RM0090 Rev 21, 18.3, 18.4 and 20.4.
#include "rig.h"

enum { CR1 = 0x00, DIER = 0x0C, SR = 0x10, EGR = 0x14, CNT = 0x24, PSC = 0x28, ARR = 0x2C };
enum { CEN = 1, OPM = 8, UIE = 1, UIF = 1, UG = 1, TIM2_IRQ = 28 };
#define TIM2(offset) (RIG_TIM2 + (offset))
#define TIM6(offset) (RIG_TIM6 + (offset))

static rig *with_clocks(void)
{
    rig *r = rig_new();
    rig_clock_on(r, RIG_RCC_APB1ENR, 0);
    rig_clock_on(r, RIG_RCC_APB1ENR, 4);
    return r;
}

static void starts_as_the_manual_says(void **state)
{
    (void)state;
    rig *r = with_clocks();
    rig_expect(r, TIM2(CR1), 0);
    rig_expect(r, TIM2(CNT), 0);
    rig_expect(r, TIM2(PSC), 0);
    rig_expect(r, TIM2(ARR), 0xFFFFFFFF); // 32 bits
    rig_expect(r, TIM6(ARR), 0xFFFF);     // 16 bits
    rig_end(r);
}

// 16 MHz through 16000: a count each millisecond, an update each ten.
static void counts_at_the_prescaled_clock(void **state)
{
    (void)state;
    rig *r = with_clocks();
    rig_write(r, TIM2(PSC), 15999);
    rig_write(r, TIM2(ARR), 9);
    rig_write(r, TIM2(EGR), UG); // the prescaler is taken over at an update
    rig_write(r, TIM2(SR), 0);
    rig_write(r, TIM2(DIER), UIE);
    rig_write(r, TIM2(CR1), CEN);
    rig_pass(r, 4500 * VB_US);
    rig_expect(r, TIM2(CNT), 4);
    rig_expect(r, TIM2(SR) & ~0u, 0);
    assert_false(rig_irq_pending(r, TIM2_IRQ));
    rig_pass(r, 6 * VB_MS);
    assert_int_equal(rig_read(r, TIM2(SR)) & UIF, UIF);
    rig_expect(r, TIM2(CNT), 0);
    assert_true(rig_irq_pending(r, TIM2_IRQ));
    rig_end(r);
}

static void one_pulse_stops_by_itself(void **state)
{
    (void)state;
    rig *r = with_clocks();
    rig_write(r, TIM6(PSC), 15999);
    rig_write(r, TIM6(ARR), 4);
    rig_write(r, TIM6(EGR), UG);
    rig_write(r, TIM6(SR), 0);
    rig_write(r, TIM6(CR1), OPM | CEN);
    rig_pass(r, 8 * VB_MS);
    rig_expect(r, TIM6(CR1), OPM);
    rig_expect(r, TIM6(CNT), 0);
    assert_int_equal(rig_read(r, TIM6(SR)) & UIF, UIF);
    rig_write(r, TIM6(SR), 0); // cleared by writing 0
    rig_expect(r, TIM6(SR), 0);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(starts_as_the_manual_says),
        rig_test(counts_at_the_prescaled_clock),
        rig_test(one_pulse_stops_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
