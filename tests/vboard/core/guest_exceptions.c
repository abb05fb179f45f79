// SPDX-License-Identifier: MIT
// Exception entry and return: stacked frame, stack pointers, EXC_RETURN. Armv7-M ARM (DDI 0403) B1.5.6 to B1.5.8.
#include "core.h"

static uint32_t seen_frame[8], seen_sp, seen_return, seen_ipsr, seen_control;

static uint32_t look(uint32_t *frame, uint32_t exc_return)
{
    for (unsigned i = 0; i < 8; i++) {
        seen_frame[i] = frame[i];
    }
    seen_sp = (uint32_t)(uintptr_t)frame;
    seen_return = exc_return;
    seen_ipsr = get_ipsr();
    seen_control = get_control();
    return exc_return;
}

// SVC with known registers. Returns the stack pointer before it; *behind is the address behind the SVC.
static uint32_t known_svc(uint32_t *behind)
{
    uint32_t sp, place;
    __asm volatile("mov r4, sp\n"
                   "adr r5, 1f\n"
                   "ldr r0, =0x10000001\n ldr r1, =0x20000002\n ldr r2, =0x30000003\n ldr r3, =0x40000004\n"
                   "ldr r12, =0xC000000C\n ldr lr, =0xE000000F\n"
                   "svc #42\n"
                   ".balign 4\n"
                   "1: mov %0, r4\n"
                   "mov %1, r5\n"
                   : "=r"(sp), "=r"(place)
                   :
                   : "r0", "r1", "r2", "r3", "r4", "r5", "r12", "lr", "memory", "cc");
    *behind = place;
    return sp;
}

static void frame_holds_the_registers(void)
{
    uint32_t behind;
    core_handlers[SVCALL] = look;
    uint32_t sp = known_svc(&behind);
    CHECK(seen_frame[FRAME_R0], 0x10000001);
    CHECK(seen_frame[FRAME_R1], 0x20000002);
    CHECK(seen_frame[FRAME_R2], 0x30000003);
    CHECK(seen_frame[FRAME_R3], 0x40000004);
    CHECK(seen_frame[FRAME_R12], 0xC000000C);
    CHECK(seen_frame[FRAME_LR], 0xE000000F);
    CHECK(behind - seen_frame[FRAME_PC] <= 2, 1); // the alignment behind the SVC
    CHECK(REG16(seen_frame[FRAME_PC] - 2), 0xDF2A); // the SVC, with its number
    CHECK(seen_frame[FRAME_XPSR] & 0x010001FF, 0x01000000);
    CHECK(seen_sp & 7, 0);
    CHECK(sp - seen_sp, (sp & 4) != 0 ? 36 : 32);
    CHECK(seen_return, THREAD_MSP);
    CHECK(seen_ipsr, SVCALL);
    CHECK(get_ipsr(), 0);
    TRACE_IS(SVCALL, -SVCALL);
}

// The caller's stack pointer is off by 4: the frame is aligned, bit 9 of the stacked xPSR says so, and return undoes it.
static void stack_is_aligned_to_8(void)
{
    uint32_t before, after;
    core_handlers[SVCALL] = look;
    __asm volatile("mov r4, sp\n"
                   "and r5, r4, #4\n"
                   "sub sp, sp, r5\n" // to a multiple of 8
                   "sub sp, sp, #4\n"
                   "mov r5, sp\n"
                   "svc #0\n"
                   "mov r6, sp\n"
                   "mov sp, r4\n"
                   "mov %0, r5\n"
                   "mov %1, r6\n"
                   : "=r"(before), "=r"(after)
                   :
                   : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r12", "lr", "memory", "cc");
    CHECK(before & 7, 4);
    CHECK(after, before);
    CHECK(before - seen_sp, 36);
    CHECK(seen_frame[FRAME_XPSR] & 1u << 9, 1u << 9);
}

static uint32_t change(uint32_t *frame, uint32_t exc_return)
{
    frame[FRAME_R0] += 5;
    frame[FRAME_R12] = 0xABCD;
    frame[FRAME_XPSR] |= 1u << 29; // C
    frame[FRAME_PC] += 2;          // over the next instruction
    return exc_return;
}

static void return_takes_the_frame(void)
{
    uint32_t r0, r12, carry;
    core_handlers[SVCALL] = change;
    __asm volatile("movs r0, #10\n"
                   "mov r12, #0\n"
                   "cmn r0, r0\n" // clears C
                   "svc #0\n"
                   "movs r0, #99\n" // left out
                   "mov %0, r0\n"
                   "mov %1, r12\n"
                   "mov %2, #0\n"
                   "adc %2, %2, #0\n"
                   : "=&r"(r0), "=&r"(r12), "=&r"(carry)
                   :
                   : "r0", "r1", "r2", "r3", "r12", "lr", "memory", "cc");
    CHECK(r0, 15);
    CHECK(r12, 0xABCD);
    CHECK(carry, 1);
}

static uint32_t process_stack[64] __attribute__((aligned(8)));
#define PROCESS_TOP ((uint32_t)(uintptr_t)(process_stack + 64))

// Calls fn on the process stack.
static void on_process_stack(void (*fn)(void))
{
    set_psp(PROCESS_TOP);
    __asm volatile("mrs r0, control\n"
                   "orr r0, r0, #2\n"
                   "msr control, r0\n"
                   "isb\n"
                   "blx %0\n"
                   "mrs r0, control\n"
                   "bic r0, r0, #2\n"
                   "msr control, r0\n"
                   "isb\n"
                   :
                   : "r"(fn)
                   : "r0", "r1", "r2", "r3", "r12", "lr", "memory", "cc");
}

static uint32_t thread_control, main_before, main_after, process_before, process_after;

static void ask_service(void)
{
    thread_control = get_control();
    main_before = get_msp();
    process_before = get_psp();
    svc();
    process_after = get_psp();
    main_after = get_msp();
}

static void thread_on_the_process_stack(void)
{
    core_handlers[SVCALL] = look;
    on_process_stack(ask_service);
    CHECK(thread_control & 3, 2);
    CHECK(seen_return, THREAD_PSP);
    CHECK(seen_control & 3, 0); // handlers use the main stack
    CHECK(seen_sp < PROCESS_TOP && seen_sp >= PROCESS_TOP - sizeof process_stack, 1);
    CHECK(process_before - seen_sp, (process_before & 4) != 0 ? 36 : 32);
    CHECK(process_after, process_before);
    CHECK(main_after, main_before);
    CHECK(get_control() & 3, 0);
}

static uint32_t nested_return;

static uint32_t nested(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    nested_return = exc_return;
    CHECK(ICSR & 1u << 11, 0); // RETTOBASE: another one is active
    return exc_return;
}

static uint32_t pends_another(uint32_t *frame, uint32_t exc_return)
{
    look(frame, exc_return);
    CHECK(ICSR & 1u << 11, 1u << 11);
    irq_pend(1);
    barrier();
    return exc_return;
}

static void nested_handler_returns_to_a_handler(void)
{
    core_handlers[IRQ0] = pends_another;
    core_handlers[IRQ0 + 1] = nested;
    NVIC_IPR(0) = 0x80;
    NVIC_IPR(1) = 0x40;
    irq_enable(0);
    irq_enable(1);
    irq_pend(0);
    barrier();
    CHECK(seen_return, THREAD_MSP);
    CHECK(nested_return, HANDLER);
    TRACE_IS(IRQ0, IRQ0 + 1, -(IRQ0 + 1), -IRQ0);
}

static uint32_t bad_return_with;
static uint32_t bad_return(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    (void)exc_return;
    return bad_return_with;
}

// The fault is entered without stacking anew: the frame of the SVC is still there, LR tells the bad value.
static uint32_t mend(uint32_t *frame, uint32_t exc_return)
{
    fault_exception = get_ipsr();
    fault_cfsr = CFSR;
    fault_return = exc_return;
    CFSR = fault_cfsr;
    (void)frame;
    return THREAD_MSP;
}

static void wrong_exc_return_faults(void)
{
    static const uint32_t wrong[] = {0xFFFFFFF1, 0xFFFFFFF5, 0xFFFFFFF3, 0xFFFFFFFF, 0xFFFFFFFB};
    SHCSR = 7u << 16;
    core_handlers[SVCALL] = bad_return;
    core_handlers[USAGE_FAULT] = mend;
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        bad_return_with = wrong[i];
        fault_exception = 0;
        uint32_t sp = get_msp();
        svc();
        FAULT_IS(USAGE_FAULT, 1u << 18); // INVPC
        CHECK(fault_return, wrong[i]);
        CHECK(get_msp(), sp);
        CHECK(SHCSR & 0xFFF, 0); // nothing is active any more
    }
}

// A scheduler's switch: the handler prepares a frame on the process stack and returns into it.
static volatile uint32_t task_ran, task_argument;
static void task(uint32_t argument)
{
    task_argument = argument;
    task_ran = get_control() & 3;
    svc(); // back to where the first one came from
    for (;;) {
    }
}

static uint32_t switches;
static uint32_t switch_task(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    if (switches++ != 0) {
        CHECK(exc_return, THREAD_PSP);
        return THREAD_MSP;
    }
    uint32_t *fresh = process_stack + 64 - 8;
    fresh[FRAME_R0] = 0x1234;
    fresh[FRAME_LR] = 0;
    fresh[FRAME_PC] = (uint32_t)(uintptr_t)task & ~1u;
    fresh[FRAME_XPSR] = 1u << 24;
    set_psp((uint32_t)(uintptr_t)fresh);
    return THREAD_PSP;
}

static void a_handler_switches_tasks(void)
{
    core_handlers[SVCALL] = switch_task;
    svc();
    CHECK(switches, 2);
    CHECK(task_argument, 0x1234);
    CHECK(task_ran, 2);
    CHECK(get_control() & 2, 0);
}

// An exception in the middle of an IT block: the state in the stacked xPSR finishes the block after the return.
static void it_block_goes_on(void)
{
    uint32_t value = 0;
    core_handlers[SVCALL] = look;
    __asm volatile("movs %0, #0\n"
                   "cmp %0, #0\n"
                   "ittet eq\n"
                   "addeq %0, #1\n"
                   "svceq #0\n"
                   "addne %0, #16\n"
                   "addeq %0, #4\n"
                   : "+l"(value)
                   :
                   : "r0", "r1", "r2", "r3", "r12", "lr", "memory", "cc");
    CHECK(value, 5);
    CHECK((seen_frame[FRAME_XPSR] & 0x0600FC00) != 0, 1);
    TRACE_IS(SVCALL, -SVCALL);
}

CASES(CASE(frame_holds_the_registers), CASE(stack_is_aligned_to_8), CASE(return_takes_the_frame),
      CASE(thread_on_the_process_stack), CASE(nested_handler_returns_to_a_handler), CASE(wrong_exc_return_faults),
      CASE(a_handler_switches_tasks), CASE(it_block_goes_on));
