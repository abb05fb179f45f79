// SPDX-License-Identifier: MIT
// Who goes first: priorities, groups, masks, tail-chaining, and the NVIC's registers. Armv7-M ARM (DDI 0403) B1.5.4, B3.4.
#include "core.h"

#define I0 IRQ0
#define I1 (IRQ0 + 1)
#define I2 (IRQ0 + 2)

static unsigned pends[8], pends_count;

// Pends the interrupts in pends.
static uint32_t pend_others(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    for (unsigned i = 0; i < pends_count; i++) {
        irq_pend(pends[i]);
    }
    barrier();
    return exc_return;
}

static void set_up(uint8_t first, uint8_t second, uint8_t third)
{
    NVIC_IPR(0) = first;
    NVIC_IPR(1) = second;
    NVIC_IPR(2) = third;
    NVIC_ISER(0) = 7;
    pends[0] = 1;
    pends[1] = 2;
    pends_count = 2;
    core_handlers[I0] = pend_others;
}

static void pend_first(void)
{
    irq_pend(0);
    barrier();
}

static void higher_preempts_lower_waits(void)
{
    set_up(0x80, 0xC0, 0x40);
    pend_first();
    TRACE_IS(I0, I2, -I2, -I0, I1, -I1);
}

static void equal_does_not_preempt(void)
{
    set_up(0x80, 0x80, 0x80);
    pend_first();
    TRACE_IS(I0, -I0, I1, -I1, I2, -I2); // the lower number first
}

// Bits 7 and 6 are the group: 0x50 and 0x40 differ only below.
static void subpriority_orders_but_does_not_preempt(void)
{
    AIRCR = 0x05FA0000u | 5u << 8;
    CHECK(AIRCR, 0xFA050000u | 5u << 8);
    set_up(0x70, 0x60, 0x50);
    pend_first();
    TRACE_IS(I0, -I0, I2, -I2, I1, -I1);
    AIRCR = 0x05FA0000u | 7u << 8; // no bit is left for the group
    set_up(0xF0, 0x00, 0x10);
    pend_first();
    TRACE_IS(I0, -I0, I1, -I1, I2, -I2);
}

static void without_the_key_nothing_changes(void)
{
    AIRCR = 5u << 8;
    CHECK(AIRCR, 0xFA050000u);
}

static unsigned own_pends;
static uint32_t pend_the_third_and_itself(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    irq_pend(2);
    if (own_pends++ == 0) {
        irq_pend(1);
    }
    barrier();
    return exc_return;
}

static void three_deep(void)
{
    set_up(0xC0, 0x80, 0x40);
    pends_count = 1;
    core_handlers[I1] = pend_the_third_and_itself;
    pend_first();
    TRACE_IS(I0, I1, I2, -I2, -I1, I1, I2, -I2, -I1, -I0); // an active one that is pended anew waits for its own end
}

static uint32_t frames[4];
static unsigned frames_count;
static uint32_t keep_frame(uint32_t *frame, uint32_t exc_return)
{
    frames[frames_count++ % 4] = (uint32_t)(uintptr_t)frame;
    return exc_return;
}

// Both enter with the same frame: between them nothing was popped, and the thread did not advance.
static void tail_chaining_keeps_the_frame(void)
{
    set_up(0x80, 0x80, 0x80);
    core_handlers[I0] = core_handlers[I1] = core_handlers[I2] = keep_frame;
    irqs_off();
    NVIC_ISPR(0) = 7;
    irqs_on();
    TRACE_IS(I0, -I0, I1, -I1, I2, -I2);
    CHECK(frames_count, 3);
    CHECK(frames[1], frames[0]);
    CHECK(frames[2], frames[0]);
}

// What comes late is served first when it matters more.
static void the_most_urgent_of_several_goes_first(void)
{
    set_up(0xC0, 0x80, 0x40);
    core_handlers[I0] = NULL;
    irqs_off();
    irq_pend(0);
    irq_pend(1);
    irq_pend(2);
    irqs_on();
    TRACE_IS(I2, -I2, I1, -I1, I0, -I0);
}

static void a_pending_one_changes_its_priority(void)
{
    set_up(0x80, 0x90, 0xA0);
    core_handlers[I0] = NULL;
    irqs_off();
    NVIC_ISPR(0) = 7;
    NVIC_IPR(2) = 0x10;
    irqs_on();
    TRACE_IS(I2, -I2, I0, -I0, I1, -I1);
}

static void primask_holds_all_but_nmi_and_hard_fault(void)
{
    set_up(0x00, 0x80, 0x80);
    core_handlers[I0] = NULL;
    core_handlers[HARD_FAULT] = core_note_fault;
    irqs_off();
    pend_first();
    TRACE_IS();
    CHECK(NVIC_ISPR(0), 1);
    ICSR = ICSR_NMIPENDSET;
    barrier();
    TRACE_IS(NMI, -NMI);
    __asm volatile("udf #0");
    TRACE_IS(HARD_FAULT, -HARD_FAULT);
    CHECK(get_primask(), 1);
    irqs_on();
    TRACE_IS(I0, -I0);
}

static void basepri_holds_what_is_not_above(void)
{
    set_up(0x30, 0x40, 0x50);
    core_handlers[I0] = NULL;
    set_basepri(0x40);
    CHECK(get_basepri(), 0x40);
    NVIC_ISPR(0) = 7;
    barrier();
    TRACE_IS(I0, -I0);
    __asm volatile("msr basepri_max, %0\n isb" ::"r"(0x50) : "memory"); // only raises
    CHECK(get_basepri(), 0x40);
    __asm volatile("msr basepri_max, %0\n isb" ::"r"(0x20) : "memory");
    CHECK(get_basepri(), 0x20);
    set_basepri(0x50);
    barrier();
    TRACE_IS(I1, -I1);
    set_basepri(0);
    barrier();
    TRACE_IS(I2, -I2);
}

static uint32_t raise_faultmask(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    set_faultmask(1);
    CHECK(get_faultmask(), 1);
    irq_pend(1);
    barrier();
    return exc_return;
}

static void faultmask_holds_all_and_falls_at_return(void)
{
    set_up(0x80, 0x00, 0x80);
    core_handlers[I0] = raise_faultmask;
    pend_first();
    CHECK(get_faultmask(), 0);
    TRACE_IS(I0, -I0, I1, -I1);
    __asm volatile("cpsid f" ::: "memory");
    irq_pend(1);
    ICSR = ICSR_PENDSVSET;
    barrier();
    TRACE_IS();
    __asm volatile("cpsie f\n isb" ::: "memory");
    TRACE_IS(PENDSV, -PENDSV, I1, -I1); // equal: the lower number first
}

static void pendsv_comes_when_all_is_done(void)
{
    set_up(0x80, 0xC0, 0x40);
    SHPR(PENDSV) = 0xF0;
    CHECK(SHPR(PENDSV), 0xF0);
    pends_count = 1;
    irqs_off();
    ICSR = ICSR_PENDSVSET;
    CHECK(ICSR & ICSR_PENDSVSET, ICSR_PENDSVSET);
    irq_pend(0);
    irqs_on();
    TRACE_IS(I0, -I0, I1, -I1, PENDSV, -PENDSV);
    irqs_off();
    ICSR = ICSR_PENDSVSET;
    ICSR = ICSR_PENDSVCLR;
    CHECK(ICSR & ICSR_PENDSVSET, 0);
    ICSR = ICSR_PENDSTSET;
    CHECK(ICSR & ICSR_PENDSTSET, ICSR_PENDSTSET);
    ICSR = ICSR_PENDSTCLR;
    CHECK(ICSR & ICSR_PENDSTSET, 0);
    irqs_on();
    TRACE_IS();
}

static uint32_t asks_service(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    svc();
    return exc_return;
}

static void svc_preempts_only_below_its_priority(void)
{
    set_up(0x80, 0, 0);
    SHPR(SVCALL) = 0x40;
    core_handlers[I0] = asks_service;
    pend_first();
    TRACE_IS(I0, SVCALL, -SVCALL, -I0);
    SHPR(SVCALL) = 0x80; // not above its caller: it becomes a HardFault
    core_handlers[HARD_FAULT] = core_note_fault;
    pend_first();
    CHECK(fault_exception, HARD_FAULT);
    CHECK(fault_hfsr, 1u << 30);
}

static void only_enabled_ones_come(void)
{
    CHECK(NVIC_ISER(0), 0);
    irq_pend(0);
    barrier();
    TRACE_IS();
    CHECK(NVIC_ISPR(0), 1);
    CHECK(NVIC_ICPR(0), 1);
    CHECK(ICSR & 1u << 22, 1u << 22); // ISRPENDING
    irq_enable(1);
    CHECK(NVIC_ISER(0), 2);
    irq_enable(0);
    barrier();
    TRACE_IS(I0, -I0);
    CHECK(NVIC_ISPR(0), 0);
    CHECK(NVIC_ISER(0), 3);
    CHECK(NVIC_ICER(0), 3);
    NVIC_ICER(0) = 1;
    CHECK(NVIC_ISER(0), 2);
    irq_pend(0);
    NVIC_ICPR(0) = 1;
    CHECK(NVIC_ISPR(0), 0);
    NVIC_ISER(0) = 0; // zeros do nothing
    CHECK(NVIC_ISER(0), 2);
}

static uint32_t active, vectactive, vectpending;
static uint32_t look(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    active = NVIC_IABR(0);
    vectactive = ICSR & 0x1FF;
    vectpending = ICSR >> 12 & 0x1FF;
    return exc_return;
}

static void the_active_one_shows(void)
{
    set_up(0x80, 0xC0, 0);
    core_handlers[I0] = look;
    irqs_off();
    irq_pend(0);
    irq_pend(1);
    CHECK(ICSR >> 12 & 0x1FF, I0);
    irqs_on();
    CHECK(active, 1);
    CHECK(vectactive, I0);
    CHECK(vectpending, I1);
    CHECK(NVIC_IABR(0), 0);
    CHECK(ICSR & 0x1FF, 0);
}

static void stir_pends(void)
{
    set_up(0x80, 0x80, 0x80);
    core_handlers[I0] = NULL;
    STIR = 2;
    barrier();
    TRACE_IS(I2, -I2);
}

// 82 interrupts with four bits of priority each.
static void only_what_exists_is_kept(void)
{
    NVIC_ICER(2) = UINT32_MAX;
    irqs_off();
    NVIC_ISER(2) = UINT32_MAX;
    CHECK(NVIC_ISER(2), 0x0003FFFF);
    NVIC_ISPR(2) = UINT32_MAX;
    CHECK(NVIC_ISPR(2), 0x0003FFFF);
    NVIC_ICPR(2) = UINT32_MAX;
    NVIC_IPR(5) = 0xFF;
    CHECK(NVIC_IPR(5), 0xF0);
    REG32(0xE000E404) = 0x12345678;
    CHECK(REG32(0xE000E404), 0x10305070);
    SHPR(SYSTICK) = 0xFF;
    CHECK(SHPR(SYSTICK), 0xF0);
    set_basepri(0xFF);
    CHECK(get_basepri(), 0xF0);
    set_basepri(0);
    irqs_on();
    irq_pend(81);
    barrier();
    TRACE_IS(IRQ0 + 81, -(IRQ0 + 81));
}

CASES(CASE(higher_preempts_lower_waits), CASE(equal_does_not_preempt), CASE(subpriority_orders_but_does_not_preempt),
      CASE(without_the_key_nothing_changes), CASE(three_deep), CASE(tail_chaining_keeps_the_frame),
      CASE(the_most_urgent_of_several_goes_first), CASE(a_pending_one_changes_its_priority),
      CASE(primask_holds_all_but_nmi_and_hard_fault), CASE(basepri_holds_what_is_not_above),
      CASE(faultmask_holds_all_and_falls_at_return), CASE(pendsv_comes_when_all_is_done),
      CASE(svc_preempts_only_below_its_priority), CASE(only_enabled_ones_come), CASE(the_active_one_shows),
      CASE(stir_pends), CASE(only_what_exists_is_kept));
