// SPDX-License-Identifier: MIT
// Vector table offset, resets by software, exclusives, bit-banding, and who the core is. Armv7-M ARM (DDI 0403) A3.4,
// B3.1, B3.2; PM0214 2.2.5.
#include "core.h"

static uint32_t table[128] __attribute__((aligned(512)));
extern const uint32_t vectors[];

static volatile unsigned mine;
static void my_service(void)
{
    mine++;
}

static void copy_table(void)
{
    for (unsigned i = 0; i < 98; i++) {
        table[i] = vectors[i];
    }
    table[SVCALL] = (uint32_t)(uintptr_t)my_service;
}

static void vectors_in_ram(void)
{
    copy_table();
    CHECK(VTOR, 0);
    VTOR = (uint32_t)(uintptr_t)table;
    CHECK(VTOR, (uint32_t)(uintptr_t)table);
    svc();
    CHECK(mine, 1);
    TRACE_IS();
    table[SVCALL] = vectors[SVCALL]; // a change counts at once
    svc();
    CHECK(mine, 1);
    TRACE_IS(SVCALL, -SVCALL);
}

static void vectors_in_flash(void)
{
    VTOR = (uint32_t)(uintptr_t)vectors; // where they really are, not at the alias
    CHECK(VTOR, 0x08000000);
    svc();
    TRACE_IS(SVCALL, -SVCALL);
    VTOR = 0x08000000 | 0x7F;
    CHECK(VTOR, 0x08000000); // the low bits do not exist
}

// A reset keeps RAM and takes everything else back.
static void a_reset_by_software(void)
{
    if (results[CORE_STARTS] == 1) {
        copy_table();
        VTOR = (uint32_t)(uintptr_t)table;
        NVIC_ISER(0) = 7;
        NVIC_IPR(0) = 0x40;
        CCR |= 1u << 4;
        SHCSR = 7u << 16;
        SYST_RVR = 99;
        results[CORE_OWN] = 0x1234;
        AIRCR = 4; // no key: nothing happens
        barrier();
        CHECK(results[CORE_STARTS], 1);
        set_basepri(0x40);
        irqs_off();
        AIRCR = 0x05FA0004;
        barrier();
        for (;;) {
        }
    }
    CHECK(results[CORE_STARTS], 2);
    CHECK(results[CORE_OWN], 0x1234);
    CHECK(VTOR, 0);
    CHECK(NVIC_ISER(0), 0);
    CHECK(NVIC_IPR(0), 0);
    CHECK(CCR, 0x200);
    CHECK(SHCSR, 0);
    CHECK(get_primask(), 0);
    CHECK(get_basepri(), 0);
    CHECK(get_control(), 0);
    CHECK(REG32(0x40023874) & 1u << 28, 1u << 28); // RCC_CSR.SFTRSTF
}

static uint32_t from_a_handler(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    AIRCR = 0x05FA0004;
    barrier();
    for (;;) {
    }
    return exc_return;
}

static void a_reset_out_of_a_handler(void)
{
    if (results[CORE_STARTS] == 1) {
        core_handlers[SVCALL] = from_a_handler;
        svc();
    }
    CHECK(results[CORE_STARTS], 2);
    CHECK(get_ipsr(), 0);
    CHECK(ICSR & 0x1FF, 0);
    CHECK(SHCSR, 0);
}

// -- exclusives -----------------------------------------------------------------------------------------------------

static uint32_t load_exclusive(volatile uint32_t *place)
{
    uint32_t value;
    __asm volatile("ldrex %0, [%1]" : "=r"(value) : "r"(place) : "memory");
    return value;
}

static uint32_t store_exclusive(volatile uint32_t *place, uint32_t value)
{
    uint32_t failed;
    __asm volatile("strex %0, %2, [%1]" : "=&r"(failed) : "r"(place), "r"(value) : "memory");
    return failed;
}

static volatile uint32_t lock;

static void exclusives(void)
{
    lock = 7;
    CHECK(store_exclusive(&lock, 1), 1); // nothing was loaded
    CHECK(lock, 7);
    CHECK(load_exclusive(&lock), 7);
    CHECK(store_exclusive(&lock, 8), 0);
    CHECK(lock, 8);
    CHECK(store_exclusive(&lock, 9), 1); // used up
    CHECK(lock, 8);
    load_exclusive(&lock);
    __asm volatile("clrex");
    CHECK(store_exclusive(&lock, 9), 1);
    uint32_t value, failed;
    __asm volatile("ldrexb %0, [%2]\n strexb %1, %3, [%2]" : "=&r"(value), "=&r"(failed) : "r"(&lock), "r"(0x55) : "memory");
    CHECK(value, 8);
    CHECK(failed, 0);
    __asm volatile("ldrexh %0, [%2]\n strexh %1, %3, [%2]" : "=&r"(value), "=&r"(failed) : "r"(&lock), "r"(0x1234) : "memory");
    CHECK(value, 0x55);
    CHECK(failed, 0);
    CHECK(lock, 0x1234);
}

static void an_exception_closes_the_monitor(void)
{
    lock = 7;
    load_exclusive(&lock);
    svc();
    CHECK(store_exclusive(&lock, 9), 1);
    CHECK(lock, 7);
}

static void so_does_one_that_ends_sleep(void)
{
    core_handlers[SYSTICK] = core_stop_ticks;
    lock = 7;
    core_tick_each(1000);
    load_exclusive(&lock);
    wait_for_interrupt();
    CHECK(store_exclusive(&lock, 9), 1);
    CHECK(lock, 7);
}

static volatile uint32_t counter;
static void add_one(void)
{
    do {
    } while (store_exclusive(&counter, load_exclusive(&counter) + 1) != 0);
}

static volatile unsigned ticks;
static uint32_t add_in_handler(uint32_t *frame, uint32_t exc_return)
{
    (void)frame;
    core_traced = 0;
    ticks++;
    add_one();
    return exc_return;
}

static void atomic_in_thread_and_handler(void)
{
    core_handlers[SYSTICK] = add_in_handler;
    SYST_RVR = 211;
    SYST_CVR = 0;
    SYST_CSR = 7;
    for (unsigned i = 0; i < 5000; i++) {
        add_one();
    }
    SYST_CSR = 0;
    core_traced = 0;
    CHECK(ticks > 50, 1);
    CHECK(counter, 5000 + ticks);
}

// -- bit-banding ----------------------------------------------------------------------------------------------------

#define BAND(address, bit) \
    REG32(((address)&0xF0000000u) + 0x02000000u + (((address)&0xFFFFFu) * 32u) + (bit)*4u)

static volatile uint32_t banded;

static void bits_of_ram(void)
{
    uint32_t address = (uint32_t)(uintptr_t)&banded;
    banded = 0x80000001;
    CHECK(BAND(address, 0), 1);
    CHECK(BAND(address, 1), 0);
    CHECK(BAND(address, 31), 1);
    BAND(address, 4) = 1;
    CHECK(banded, 0x80000011);
    BAND(address, 0) = 0xFFFFFFFE; // only bit 0 of what is written counts
    CHECK(banded, 0x80000010);
    BAND(address, 31) = 0;
    CHECK(banded, 0x10);
    CHECK(BAND(address + 1, 4), 0); // a byte's bits follow those of the byte before
    banded = 0x1000;
    CHECK(BAND(address + 1, 4), 1);
}

static void bits_of_peripherals(void)
{
    BAND(0x40023830u, 3) = 1; // RCC_AHB1ENR.GPIODEN
    CHECK(REG32(0x40023830) & 1u << 3, 1u << 3);
    BAND(0x40020C14u, 12) = 1; // GPIOD_ODR
    CHECK(REG32(0x40020C14), 1u << 12);
    CHECK(BAND(0x40020C14u, 12), 1);
    BAND(0x40020C14u, 12) = 0;
    CHECK(REG32(0x40020C14), 0);
}

// -- who it is --------------------------------------------------------------------------------------------------------

static void tells_what_it_is(void)
{
    CHECK(CPUID, 0x410FC241); // Cortex-M4 r0p1, PM0214 4.4.2
    CHECK(REG32(0xE000E004), 2); // ICTR: up to 96 interrupts
    CHECK(CCR, 0x200);
    CHECK(AIRCR, 0xFA050000);
    CHECK(get_msp() != 0, 1);
    CHECK(REG32(0xE0042000) & 0xFFF, 0x413); // DBGMCU_IDCODE
}

// Code in RAM runs, and a change of it is seen.
static void code_in_ram(void)
{
    static uint16_t code[4] __attribute__((aligned(4)));
    uint32_t (*run)(void) = (uint32_t(*)(void))((uintptr_t)code | 1u);
    for (unsigned value = 0; value < 20; value++) {
        code[0] = (uint16_t)(0x2000 | value); // MOVS R0, #value
        code[1] = 0x4770;                     // BX LR
        barrier();
        CHECK(run(), value);
    }
}

CASES(CASE(vectors_in_ram), CASE(vectors_in_flash), CASE(a_reset_by_software), CASE(a_reset_out_of_a_handler),
      CASE(exclusives), CASE(an_exception_closes_the_monitor), CASE(so_does_one_that_ends_sleep),
      CASE(atomic_in_thread_and_handler), CASE(bits_of_ram), CASE(bits_of_peripherals), CASE(tells_what_it_is),
      CASE(code_in_ram));
