// SPDX-License-Identifier: MIT
// Milliseconds from SysTick, polled: ARM DDI 0403, B3.3. The counter runs freely at HCLK/8 (RM0090 7.2); what passes
// between two calls is added up, so only a gap longer than its period (0.8 s at 168 MHz) is lost.
#include "drivers.h"
#include "regs/cortex_m.h"

static uint32_t last;
static uint32_t ms;
static uint32_t ticks_per_ms;

void time_start(void)
{
    ticks_per_ms = clock_core_hz() / 8000u;
    SYSTICK->RVR = SYSTICK_CVR_MASK;
    SYSTICK->CVR = 0; // any write clears it
    SYSTICK->CSR = SYSTICK_CSR_ENABLE;
    last = SYSTICK->CVR;
}

uint32_t time_ticks(void)
{
    return ~SYSTICK->CVR & SYSTICK_CVR_MASK;
}

uint32_t time_now_ms(void)
{
    uint32_t passed = (last - SYSTICK->CVR) & SYSTICK_CVR_MASK; // it counts down
    uint32_t whole = passed / ticks_per_ms;
    last -= whole * ticks_per_ms;
    ms += whole;
    return ms;
}

void time_stop(void)
{
    SYSTICK->CSR = 0;
    SYSTICK->RVR = 0;
    SYSTICK->CVR = 0;
}
