// SPDX-License-Identifier: MIT
// The FPU in exceptions: when its registers are stacked, what a handler sees, FPU off. Armv7-M ARM (DDI 0403) B1.5.7,
// A2.5, B3.2.20 to B3.2.23. Stacking may be lazy or at once: the guest checks what both have in common.
#include "core.h"

#define CPACR_FULL (0xFu << 20)
#define FPCA       4u

static uint32_t seen_return, seen_control;


static void fpu_on(void)
{
    CPACR = CPACR_FULL;
    barrier();
}

static uint32_t look(uint32_t *frame, uint32_t exc_return)
{
    seen_return = exc_return;
    seen_control = get_control();
    (void)frame;
    return exc_return;
}

static void off_after_reset(void)
{
    core_catch_faults(true);
    CHECK(CPACR, 0);
    __asm volatile("vmov s0, r0");
    FAULT_IS(USAGE_FAULT, 1u << 19); // NOCP
    fpu_on();
    CHECK(CPACR, CPACR_FULL);
    fault_exception = 0;
    __asm volatile("vmov s0, r0");
    CHECK(fault_exception, 0);
    CPACR = 0;
    barrier();
    __asm volatile("vadd.f32 s0, s0, s0");
    FAULT_IS(USAGE_FAULT, 1u << 19);
}

static void control_tells_of_use(void)
{
    fpu_on();
    CHECK(get_control(), 0);
    __asm volatile("vmov s0, r0");
    CHECK(get_control(), FPCA);
    set_control(0); // gives the context up
    CHECK(get_control(), 0);
}

static void basic_frame_without_use(void)
{
    fpu_on();
    core_handlers[SVCALL] = look;
    svc();
    CHECK(seen_return, THREAD_MSP);
    CHECK(get_control(), 0);
}

static uint32_t frame_size;
static uint32_t measure(uint32_t *frame, uint32_t exc_return)
{
    frame_size = (uint32_t)(uintptr_t)frame;
    return look(frame, exc_return);
}

static void long_frame_after_use(void)
{
    fpu_on();
    core_handlers[SVCALL] = measure;
    __asm volatile("vmov s0, r0");
    uint32_t sp = get_msp();
    svc();
    CHECK(seen_return, 0xFFFFFFE9);
    CHECK(seen_control & FPCA, 0);
    CHECK(sp - frame_size, (sp & 4) != 0 ? 108 : 104);
    CHECK(get_control(), FPCA); // it is the thread's again
    CHECK(FPCAR, frame_size + 32);
    CHECK(get_msp(), sp);
}

static void aspen_off_stacks_nothing(void)
{
    fpu_on();
    CHECK(FPCCR & 0xC0000000, 0xC0000000);
    FPCCR = 0;
    core_handlers[SVCALL] = look;
    __asm volatile("vmov s0, r0");
    svc();
    CHECK(seen_return, THREAD_MSP);
    FPCCR = 0xC0000000;
}

static uint32_t spoil(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    __asm volatile("vmov.f32 s0, #31.0\n vmov.f32 s7, #31.0\n vmov.f32 s15, #31.0\n"
                   "vcmp.f32 s0, #0.0\n"
                   "vmsr fpscr, %0\n" ::"r"(0xF0C00000u)
                   : "s0", "s7", "s15");
    return exc_return;
}

static void a_handler_computes_too(void)
{
    uint32_t s0, s7, s15, fpscr;
    fpu_on();
    core_handlers[SVCALL] = spoil;
    __asm volatile("vmov s0, %4\n vmov s7, %5\n vmov s15, %6\n"
                   "mov r4, #0x400000\n"
                   "vmsr fpscr, r4\n"
                   "svc #0\n"
                   "vmov %0, s0\n vmov %1, s7\n vmov %2, s15\n vmrs %3, fpscr\n"
                   : "=&r"(s0), "=&r"(s7), "=&r"(s15), "=&r"(fpscr)
                   : "r"(0x11111111), "r"(0x22222222), "r"(0x33333333)
                   : "r0", "r1", "r2", "r3", "r4", "r12", "lr", "s0", "s7", "s15", "memory");
    CHECK(s0, 0x11111111);
    CHECK(s7, 0x22222222);
    CHECK(s15, 0x33333333);
    CHECK(fpscr, 0x400000);
    __asm volatile("vmsr fpscr, %0" ::"r"(0));
}

static uint32_t handler_fpscr;
static uint32_t read_fpscr(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    __asm volatile("vmov s0, r0\n vmrs %0, fpscr" : "=r"(handler_fpscr)::"s0");
    return exc_return;
}

// A handler's context begins with FPDSCR. Its bits are as after reset here: others are kept, but have no effect.
static void a_handler_starts_with_the_default_status(void)
{
    fpu_on();
    core_handlers[SVCALL] = read_fpscr;
    __asm volatile("vmov s0, r0\n vmsr fpscr, %0" ::"r"(0x01000000) : "s0");
    svc();
    CHECK(handler_fpscr, 0);
    uint32_t own;
    __asm volatile("vmrs %0, fpscr" : "=r"(own));
    CHECK(own, 0x01000000);
}

static uint32_t deepest(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    seen_return = exc_return;
    __asm volatile("vmov s1, %0\n vmov s15, %0" ::"r"(0xDEAD) : "s1", "s15");
    return exc_return;
}

static uint32_t middle_kept;
static uint32_t middle(uint32_t *frame, uint32_t exc_return)
{
    uint32_t kept;
    (void)frame;
    __asm volatile("vmov s1, %0" ::"r"(0xBEEF) : "s1");
    irq_pend(1);
    barrier();
    __asm volatile("vmov %0, s1" : "=r"(kept));
    middle_kept = kept;
    return exc_return;
}

static void three_levels_keep_their_own(void)
{
    uint32_t own, sixteen;
    fpu_on();
    NVIC_IPR(0) = 0x80;
    NVIC_IPR(1) = 0x40;
    NVIC_ISER(0) = 3;
    core_handlers[IRQ0] = middle;
    core_handlers[IRQ0 + 1] = deepest;
    __asm volatile("vmov s1, %0\n vmov s15, %1" ::"r"(0xCAFE), "r"(0x5678) : "s1", "s15");
    irq_pend(0);
    barrier();
    __asm volatile("vmov %0, s1\n vmov %1, s15" : "=r"(own), "=r"(sixteen));
    CHECK(own, 0xCAFE);
    CHECK(sixteen, 0x5678);
    CHECK(middle_kept, 0xBEEF);
    CHECK(seen_return, 0xFFFFFFE1); // to a handler that uses the FPU
}

static volatile unsigned ticks;
static float tick_sum;
static uint32_t tick(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    core_traced = 0;
    ticks++;
    tick_sum += 0.5f;
    return exc_return;
}

// Thread and interrupt compute at the same time.
static void interrupts_in_the_middle_of_sums(void)
{
    fpu_on();
    core_handlers[SYSTICK] = tick;
    SYST_RVR = 397;
    SYST_CVR = 0;
    SYST_CSR = 7;
    volatile float result;
    float sum = 0, factor = 1;
    for (unsigned i = 0; i < 20000; i++) {
        sum += factor;
        factor = factor == 1 ? 2 : 1;
    }
    SYST_CSR = 0;
    result = sum;
    CHECK((uint32_t)result, 30000);
    CHECK(ticks > 100, 1);
    CHECK((uint32_t)(tick_sum * 2), ticks);
    core_traced = 0;
}

CASES(CASE(off_after_reset), CASE(control_tells_of_use), CASE(basic_frame_without_use), CASE(long_frame_after_use),
      CASE(aspen_off_stacks_nothing), CASE(a_handler_computes_too), CASE(a_handler_starts_with_the_default_status),
      CASE(three_levels_keep_their_own), CASE(interrupts_in_the_middle_of_sums));
