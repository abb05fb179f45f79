// SPDX-License-Identifier: MIT
// What the guests of the core's conformance suite share: cases, checks, and exception handlers that can be set.
#ifndef CORE_GUEST_H
#define CORE_GUEST_H

#include "guest.h"
#include "words.h"

typedef struct core_case {
    const char *name;
    void (*run)(void);
} core_case;

extern const core_case core_cases[];
extern const unsigned core_cases_count;
#define CASE(name) {#name, name}
#define CASES(...)                                       \
    const core_case core_cases[] = {__VA_ARGS__};        \
    const unsigned core_cases_count = sizeof core_cases / sizeof core_cases[0]

#define CHECK(found, expected) core_check(__LINE__, (uint32_t)(found), (uint32_t)(expected))
void core_check(unsigned line, uint32_t found, uint32_t expected);

// A handler: the frame that was stacked (r0-r3, r12, lr, pc, xpsr) and EXC_RETURN. Returns the EXC_RETURN to leave with.
typedef uint32_t (*core_handler)(uint32_t *frame, uint32_t exc_return);
enum { FRAME_R0, FRAME_R1, FRAME_R2, FRAME_R3, FRAME_R12, FRAME_LR, FRAME_PC, FRAME_XPSR };
enum { NMI = 2, HARD_FAULT = 3, MEM_MANAGE = 4, BUS_FAULT = 5, USAGE_FAULT = 6, SVCALL = 11, PENDSV = 14, SYSTICK = 15,
       IRQ0 = 16 };
extern core_handler core_handlers[IRQ0 + 8]; // NULL: nothing but the trace

// Exceptions in the order in which they were entered (n) and left (-n).
#define CORE_TRACE 32u
extern volatile int core_trace[CORE_TRACE];
extern volatile unsigned core_traced;
#define TRACE_IS(...)                                                                       \
    core_check_trace(__LINE__, (const int[]){__VA_ARGS__}, sizeof((int[]){__VA_ARGS__}) / sizeof(int))
void core_check_trace(unsigned line, const int *expected, unsigned count);

// The last fault a handler of core_note_fault saw.
extern volatile uint32_t fault_exception, fault_pc, fault_cfsr, fault_hfsr, fault_return;
void core_take_fault(uint32_t *frame, uint32_t exc_return);     // notes and clears it
uint32_t core_note_fault(uint32_t *frame, uint32_t exc_return); // notes it, clears it, goes on behind the instruction
void core_catch_faults(bool enabled);                           // all kinds with their own exception, or all as HardFault
#define FAULT_IS(exception, cfsr) (CHECK(fault_exception, exception), CHECK(fault_cfsr, cfsr))

void core_tick_each(uint32_t cycles);                           // SysTick's exception, from now on
uint32_t core_stop_ticks(uint32_t *frame, uint32_t exc_return); // its handler that wants no more of them

#define svc() __asm volatile("svc #0" ::: "memory")
#define ICSR_PENDSVSET (1u << 28)
#define ICSR_PENDSVCLR (1u << 27)
#define ICSR_PENDSTSET (1u << 26)
#define ICSR_PENDSTCLR (1u << 25)
#define ICSR_NMIPENDSET (1u << 31)
#define THREAD_MSP 0xFFFFFFF9u
#define THREAD_PSP 0xFFFFFFFDu
#define HANDLER    0xFFFFFFF1u

#endif
