// SPDX-License-Identifier: MIT
// Faults: status bits, addresses, escalation, lockup, privilege. Armv7-M ARM (DDI 0403) B1.5.14, B1.5.15, B3.2.15 to 18.
#include "core.h"

#define NOWHERE 0x30000000u // nothing answers there
#define CCR_DIV_0_TRP   (1u << 4)
#define CCR_UNALIGN_TRP (1u << 3)
#define CCR_BFHFNMIGN   (1u << 8)

// Runs one instruction at a known place; its address in here.
static uint32_t here;
#define AT(instruction, ...)                                                                               \
    __asm volatile("adr r4, 1f\n b 1f\n .balign 4\n 1: " instruction "\n mov %[place], r4\n"                  \
                   : [place] "=r"(here) : __VA_ARGS__ : "r0", "r1", "r2", "r3", "r4", "r5", "memory", "cc")

static void division_by_zero(void)
{
    core_catch_faults(true);
    uint32_t result = 5;
    __asm volatile("udiv %0, %1, %2" : "=r"(result) : "r"(7), "r"(0));
    CHECK(result, 0);
    CHECK(fault_exception, 0);
    CCR |= CCR_DIV_0_TRP;
    AT("udiv r0, r1, %[zero]", [zero] "r"(0));
    FAULT_IS(USAGE_FAULT, 1u << 25);
    CHECK(fault_pc, here);
    fault_exception = 0;
    AT("sdiv r0, r1, %[zero]", [zero] "r"(0));
    FAULT_IS(USAGE_FAULT, 1u << 25);
    __asm volatile("sdiv %0, %1, %2" : "=r"(result) : "r"(-7), "r"(2));
    CHECK(result, -3);
    CCR &= ~CCR_DIV_0_TRP;
    fault_exception = 0;
    __asm volatile("sdiv %0, %1, %2" : "=r"(result) : "r"(-7), "r"(0));
    CHECK(result, 0);
    CHECK(fault_exception, 0);
}

static uint32_t words[4] __attribute__((aligned(8))) = {0x03020100, 0x07060504, 0x0B0A0908, 0x0F0E0D0C};

static void unaligned_access(void)
{
    uint32_t value, address = (uint32_t)(uintptr_t)words + 1;
    core_catch_faults(true);
    __asm volatile("ldr %0, [%1]" : "=r"(value) : "r"(address));
    CHECK(value, 0x04030201);
    __asm volatile("ldrh %0, [%1]" : "=r"(value) : "r"(address + 2));
    CHECK(value, 0x0403);
    CHECK(fault_exception, 0);
    AT("ldrd r0, r1, [%[a]]", [a] "r"(address)); // pairs and lists never may be
    FAULT_IS(USAGE_FAULT, 1u << 24);
    CHECK(fault_pc, here);
    fault_exception = 0;
    AT("ldm %[a], {r0, r1}", [a] "r"(address));
    FAULT_IS(USAGE_FAULT, 1u << 24);
    fault_exception = 0;
    AT("stm %[a], {r0, r1}", [a] "r"(address));
    FAULT_IS(USAGE_FAULT, 1u << 24);
    CHECK(words[0], 0x03020100);
    fault_exception = 0;
    CCR |= CCR_UNALIGN_TRP;
    AT("ldr r0, [%[a]]", [a] "r"(address));
    FAULT_IS(USAGE_FAULT, 1u << 24);
    CHECK(fault_pc, here);
    fault_exception = 0;
    AT("strh r0, [%[a]]", [a] "r"(address));
    FAULT_IS(USAGE_FAULT, 1u << 24);
    fault_exception = 0;
    __asm volatile("ldrb %0, [%1]" : "=r"(value) : "r"(address));
    CHECK(value, 1);
    CHECK(fault_exception, 0);
    CCR &= ~CCR_UNALIGN_TRP;
}

static void undefined_instruction(void)
{
    core_catch_faults(true);
    AT("udf #3", "r"(0));
    FAULT_IS(USAGE_FAULT, 1u << 16);
    CHECK(fault_pc, here);
    AT("udf.w #3", "r"(0));
    FAULT_IS(USAGE_FAULT, 1u << 16);
    CHECK(fault_pc, here);
}

static uint32_t to_lr(uint32_t *frame, uint32_t exc_return)
{
    core_take_fault(frame, exc_return);
    frame[FRAME_PC] = frame[FRAME_LR] & ~1u;
    frame[FRAME_XPSR] |= 1u << 24;
    return exc_return;
}

static void jump_without_the_thumb_bit(void)
{
    core_catch_faults(true);
    core_handlers[USAGE_FAULT] = to_lr;
    __asm volatile("blx %0" ::"r"((uint32_t)(uintptr_t)undefined_instruction & ~1u) : "r0", "r1", "r2", "r3", "r12", "lr");
    FAULT_IS(USAGE_FAULT, 1u << 17);
    CHECK(fault_pc, (uint32_t)(uintptr_t)undefined_instruction & ~1u);
}

static void load_and_store_to_nothing(void)
{
    core_catch_faults(true);
    AT("ldr r0, [%[a]]", [a] "r"(NOWHERE + 8));
    FAULT_IS(BUS_FAULT, 1u << 9 | 1u << 15); // PRECISERR, BFARVALID
    CHECK(BFAR, NOWHERE + 8);
    CHECK(fault_pc, here);
    fault_exception = 0;
    AT("strb r0, [%[a], #3]\n dsb", [a] "r"(NOWHERE));
    CHECK(fault_exception, BUS_FAULT);
    CHECK(CFSR, 0); // writing ones cleared it
}

static void fetch_from_nothing(void)
{
    core_catch_faults(true);
    core_handlers[BUS_FAULT] = to_lr;
    __asm volatile("blx %0" ::"r"(NOWHERE | 1u) : "r0", "r1", "r2", "r3", "r12", "lr");
    FAULT_IS(BUS_FAULT, 1u << 8); // IBUSERR
    CHECK(fault_pc, NOWHERE);
}

static void peripherals_hold_no_code(void)
{
    core_catch_faults(true);
    core_handlers[MEM_MANAGE] = to_lr;
    __asm volatile("blx %0" ::"r"(0x40020001u) : "r0", "r1", "r2", "r3", "r12", "lr");
    FAULT_IS(MEM_MANAGE, 1u << 0); // IACCVIOL
    CHECK(fault_pc, 0x40020000);
}

static void a_disabled_one_becomes_a_hard_fault(void)
{
    core_catch_faults(false);
    AT("ldr r0, [%[a]]", [a] "r"(NOWHERE));
    FAULT_IS(HARD_FAULT, 1u << 9 | 1u << 15);
    CHECK(fault_hfsr, 1u << 30); // FORCED
    CHECK(HFSR, 0);
    AT("udf #0", "r"(0));
    FAULT_IS(HARD_FAULT, 1u << 16);
}

static uint32_t faults_itself(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    __asm volatile("udf #0");
    return exc_return;
}

static uint32_t faults_once_more(uint32_t *frame, uint32_t exc_return)
{
    frame[FRAME_PC] += 2;
    return faults_itself(frame, exc_return);
}

static void a_fault_in_its_own_handler_becomes_a_hard_fault(void)
{
    core_catch_faults(true);
    core_handlers[USAGE_FAULT] = faults_once_more;
    __asm volatile("udf #0");
    CHECK(fault_exception, HARD_FAULT);
    CHECK(fault_return, HANDLER);
    TRACE_IS(USAGE_FAULT, HARD_FAULT, -HARD_FAULT, -USAGE_FAULT);
}

static void a_fault_in_an_urgent_handler_becomes_a_hard_fault(void)
{
    core_catch_faults(true);
    SHPR(USAGE_FAULT) = 0x80;
    NVIC_IPR(0) = 0x40;
    irq_enable(0);
    core_handlers[IRQ0] = faults_itself;
    irq_pend(0);
    barrier();
    CHECK(fault_exception, HARD_FAULT);
    TRACE_IS(IRQ0, HARD_FAULT, -HARD_FAULT, -IRQ0);
    SHPR(USAGE_FAULT) = 0;
    irq_pend(0);
    barrier();
    TRACE_IS(IRQ0, USAGE_FAULT, -USAGE_FAULT, -IRQ0);
}

static void a_fault_in_a_hard_fault_locks_up(void)
{
    core_handlers[HARD_FAULT] = faults_itself;
    results[CORE_ENDS_LOCKED] = 1;
    CHECK(1, 1);
    __asm volatile("udf #0");
    results[CORE_ENDS_LOCKED] = 0;
}

static void breakpoint_without_a_debugger(void)
{
    core_catch_faults(true);
    AT("bkpt #0", "r"(0));
    CHECK(fault_exception, HARD_FAULT);
    CHECK(fault_hfsr, 1u << 31); // DEBUGEVT
}

// A HardFault handler that probes memory.
static uint32_t probed;
static uint32_t probes(uint32_t *frame, uint32_t exc_return)
{
    core_note_fault(frame, exc_return);
    CCR |= CCR_BFHFNMIGN;
    probed = REG32(NOWHERE);
    REG32(NOWHERE) = 5;
    probed++;
    CCR &= ~CCR_BFHFNMIGN;
    return exc_return;
}

static void bus_faults_can_be_ignored(void)
{
    core_handlers[HARD_FAULT] = probes;
    __asm volatile("udf #0");
    CHECK(fault_exception, HARD_FAULT);
    TRACE_IS(HARD_FAULT, -HARD_FAULT);
}

static void vector_table_where_nothing_is(void)
{
    results[CORE_ENDS_LOCKED] = 1;
    CHECK(VTOR, 0);
    VTOR = NOWHERE;
    CHECK(VTOR, NOWHERE);
    svc();
    results[CORE_ENDS_LOCKED] = 0;
}

static uint32_t unstacked;
static uint32_t stack_gone(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    fault_exception = get_ipsr();
    fault_cfsr = CFSR;
    CFSR = fault_cfsr;
    unstacked = exc_return;
    set_psp((uint32_t)(uintptr_t)(words - 64)); // not used: the thread goes on elsewhere
    extern void after_stack_gone(void);
    static uint32_t fresh[8] __attribute__((aligned(8)));
    fresh[FRAME_PC] = (uint32_t)(uintptr_t)after_stack_gone & ~1u;
    fresh[FRAME_XPSR] = 1u << 24;
    set_psp((uint32_t)(uintptr_t)fresh);
    return THREAD_PSP;
}

void after_stack_gone(void);
void after_stack_gone(void)
{
    set_control(0);
    FAULT_IS(BUS_FAULT, 1u << 12); // STKERR
    CHECK(unstacked, THREAD_PSP);
    results[0] = GUEST_DONE;
    for (;;) {
    }
}

static void no_memory_for_the_frame(void)
{
    core_catch_faults(true);
    core_handlers[BUS_FAULT] = stack_gone;
    set_psp(NOWHERE + 0x100);
    __asm volatile("msr control, %0\n isb\n svc #0" ::"r"(2) : "memory");
}

// -- privilege ----------------------------------------------------------------------------------------------------

static uint32_t give_back(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    set_control(get_control() & ~1u);
    return exc_return;
}

static void unprivileged_code_is_held_off(void)
{
    core_catch_faults(true);
    core_handlers[SVCALL] = give_back;
    set_control(1);
    CHECK(get_control(), 1);
    uint32_t dummy = REG32(0xE000ED00);
    (void)dummy;
    uint32_t exception = fault_exception;
    irqs_off();             // ignored
    set_basepri(0x40);      // ignored
    set_control(0);         // ignored
    uint32_t control = get_control();
    svc();
    CHECK(exception, BUS_FAULT);
    CHECK(control, 1);
    CHECK(get_primask(), 0);
    CHECK(get_basepri(), 0);
    CHECK(get_control(), 0);
}

// -- the MPU's registers -----------------------------------------------------------------------------------------

static void mpu_registers_are_kept(void)
{
    CHECK(REG32(0xE000ED90), 8u << 8);
    for (uint32_t region = 0; region < 8; region++) {
        REG32(0xE000ED98) = region;
        REG32(0xE000ED9C) = 0x20000000 + region * 0x1000;
        REG32(0xE000EDA0) = 0x03000017 + (region << 16);
    }
    for (uint32_t region = 0; region < 8; region++) {
        REG32(0xE000ED98) = region;
        CHECK(REG32(0xE000ED98), region);
        CHECK(REG32(0xE000ED9C), (0x20000000 + region * 0x1000) | region);
        CHECK(REG32(0xE000EDA0), 0x03000017 + (region << 16));
    }
    REG32(0xE000ED9C) = 0x08000000 | 0x10 | 5; // VALID: the region is in the value
    CHECK(REG32(0xE000ED98), 5);
    REG32(0xE000ED94) = 4;
    CHECK(REG32(0xE000ED94), 4);
}

static uint16_t routine[16] __attribute__((aligned(32))); // in RAM, the smallest region there is

// True when it came to a MemManage fault.
static bool calling_faults(void)
{
    fault_exception = 0;
    __asm volatile("blx %0" ::"r"((uint32_t)(uintptr_t)routine | 1u) : "r0", "r1", "r2", "r3", "r12", "lr");
    bool faulted = fault_exception != 0;
    if (faulted) {
        FAULT_IS(MEM_MANAGE, 1u << 0); // IACCVIOL
        CHECK(fault_pc, (uint32_t)(uintptr_t)routine);
    }
    return faulted;
}

static void the_mpu_forbids_to_execute(void)
{
    core_catch_faults(true);
    core_handlers[MEM_MANAGE] = to_lr;
    routine[0] = 0x4770; // bx lr
    barrier();
    CHECK(calling_faults(), false);
    REG32(0xE000ED9C) = 0x20000000 | 0x10 | 0;
    REG32(0xE000EDA0) = 1u << 28 | 3u << 24 | 28u << 1 | 1; // XN: 512 MB
    REG32(0xE000ED94) = 5;
    CHECK(calling_faults(), true);
    REG32(0xE000ED9C) = (uint32_t)(uintptr_t)routine | 0x10 | 1;
    REG32(0xE000EDA0) = 3u << 24 | 4u << 1 | 1; // 32 bytes that may be executed, with a higher number
    CHECK(calling_faults(), false);
    REG32(0xE000EDA0) = 0;
    CHECK(calling_faults(), true);
    // As CubeMX has it: nobody has access to 4 GB but for the subregions 0, 1, 2 and 7, where the default map counts. The
    // region changes with the unit off: its new address and its old size would forbid this code.
    REG32(0xE000ED94) = 0;
    REG32(0xE000ED9C) = 0x10 | 0;
    REG32(0xE000EDA0) = 0x1000873F;
    REG32(0xE000ED94) = 5;
    CHECK(calling_faults(), false);
    REG32(0xE000ED94) = 0;
    CHECK(calling_faults(), false);
}

CASES(CASE(division_by_zero), CASE(unaligned_access), CASE(undefined_instruction), CASE(jump_without_the_thumb_bit),
      CASE(load_and_store_to_nothing), CASE(fetch_from_nothing), CASE(peripherals_hold_no_code),
      CASE(a_disabled_one_becomes_a_hard_fault), CASE(a_fault_in_its_own_handler_becomes_a_hard_fault),
      CASE(a_fault_in_an_urgent_handler_becomes_a_hard_fault), CASE(a_fault_in_a_hard_fault_locks_up),
      CASE(breakpoint_without_a_debugger), CASE(bus_faults_can_be_ignored), CASE(vector_table_where_nothing_is),
      CASE(no_memory_for_the_frame), CASE(unprivileged_code_is_held_off), CASE(mpu_registers_are_kept),
      CASE(the_mpu_forbids_to_execute));
