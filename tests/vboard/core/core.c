// SPDX-License-Identifier: MIT
// Runs one case of a guest of the core's conformance suite, and catches every exception for it.
#include "core.h"

GUEST_DEFINE_RESULTS;

core_handler core_handlers[IRQ0 + 8];
volatile int core_trace[CORE_TRACE];
volatile unsigned core_traced;
volatile uint32_t fault_exception, fault_pc, fault_cfsr, fault_hfsr, fault_return;

void core_check(unsigned line, uint32_t found, uint32_t expected)
{
    results[CORE_CHECKS]++;
    if (found != expected && results[CORE_FAILED_LINE] == 0) {
        results[CORE_FAILED_LINE] = line;
        results[CORE_FOUND] = found;
        results[CORE_EXPECTED] = expected;
    }
}

void core_check_trace(unsigned line, const int *expected, unsigned count)
{
    for (unsigned i = 0; i < count && i < CORE_TRACE; i++) {
        core_check(line, i < core_traced ? (uint32_t)core_trace[i] : 0, (uint32_t)expected[i]);
    }
    core_check(line, core_traced, count);
    core_traced = 0;
}

static void note(int what)
{
    uint32_t masked = get_primask();
    irqs_off();
    if (core_traced < CORE_TRACE) {
        core_trace[core_traced] = what;
    }
    core_traced++;
    set_primask(masked);
}

__attribute__((used)) uint32_t core_dispatch(uint32_t exception, uint32_t exc_return, uint32_t *frame)
{
    note((int)exception);
    if (exception < sizeof core_handlers / sizeof core_handlers[0] && core_handlers[exception] != NULL) {
        exc_return = core_handlers[exception](frame, exc_return);
    }
    note(-(int)exception);
    return exc_return;
}

// Every vector leads here.
__attribute__((naked, used)) void core_entry(void)
{
    __asm volatile("mrs r0, ipsr\n"
                   "mov r1, lr\n"
                   "tst lr, #4\n"
                   "ite eq\n"
                   "mrseq r2, msp\n"
                   "mrsne r2, psp\n"
                   "push {r4, lr}\n"
                   "bl core_dispatch\n"
                   "pop {r4, lr}\n"
                   "bx r0\n");
}

#define HANDLED(name) void name(void) __attribute__((alias("core_entry")))
HANDLED(NMI_Handler);
HANDLED(HardFault_Handler);
HANDLED(MemManage_Handler);
HANDLED(BusFault_Handler);
HANDLED(UsageFault_Handler);
HANDLED(SVC_Handler);
HANDLED(DebugMon_Handler);
HANDLED(PendSV_Handler);
HANDLED(SysTick_Handler);
HANDLED(irq0);
HANDLED(irq1);
HANDLED(irq2);
HANDLED(irq3);
HANDLED(irq81);

static uint32_t size_at(uint32_t pc)
{
    return (REG16(pc) & 0xF800u) >= 0xE800u ? 4 : 2;
}

void core_take_fault(uint32_t *frame, uint32_t exc_return)
{
    fault_exception = get_ipsr();
    fault_pc = frame[FRAME_PC];
    fault_cfsr = CFSR;
    fault_hfsr = HFSR;
    fault_return = exc_return;
    CFSR = fault_cfsr;
    HFSR = fault_hfsr;
}

uint32_t core_note_fault(uint32_t *frame, uint32_t exc_return)
{
    core_take_fault(frame, exc_return);
    frame[FRAME_PC] += size_at(fault_pc);
    frame[FRAME_XPSR] &= ~0x0600FC00u; // behind an instruction in an IT block comes one without condition
    return exc_return;
}

void core_catch_faults(bool enabled)
{
    for (unsigned exception = HARD_FAULT; exception <= USAGE_FAULT; exception++) {
        core_handlers[exception] = core_note_fault;
    }
    SHCSR = enabled ? 7u << 16 : 0;
}

uint32_t core_stop_ticks(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    SYST_CSR = 0;
    return exc_return;
}

void core_tick_each(uint32_t cycles)
{
    SYST_CSR = 0;
    SYST_RVR = cycles - 1;
    SYST_CVR = 0;
    SYST_CSR = 7;
}

int main(void)
{
    unsigned which = results[CORE_CASE];
    results[CORE_COUNT] = core_cases_count;
    results[CORE_STARTS]++;
    if (which < core_cases_count) {
        results[CORE_NAME] = (uint32_t)(uintptr_t)core_cases[which].name;
        core_cases[which].run();
    }
    return 0;
}
