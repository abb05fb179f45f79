// SPDX-License-Identifier: MIT
// What every guest needs: the words its test reads, registers by address, the core's special instructions.
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// results[0] becomes GUEST_DONE when main returns, GUEST_UNEXPECTED when an exception without handler came (its number
// is then in results[1]). The rest belongs to the guest. RAM is not cleared by a reset, so neither are the results.
#define GUEST_RESULTS    256u
#define GUEST_DONE       0x600D600Du
#define GUEST_UNEXPECTED 0xBAD0BAD0u
extern volatile uint32_t results[GUEST_RESULTS];
#define GUEST_DEFINE_RESULTS \
    __attribute__((section(".results"), used)) volatile uint32_t results[GUEST_RESULTS]

int main(void);

#define REG32(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define REG16(address) (*(volatile uint16_t *)(uintptr_t)(address))
#define REG8(address)  (*(volatile uint8_t *)(uintptr_t)(address))

// Put a function into RAM, to run while flash is busy.
#define RAM_CODE __attribute__((section(".ramcode"), noinline, long_call))

// System control space (Armv7-M ARM B3.2).
#define ACTLR      REG32(0xE000E008)
#define SYST_CSR   REG32(0xE000E010)
#define SYST_RVR   REG32(0xE000E014)
#define SYST_CVR   REG32(0xE000E018)
#define SYST_CALIB REG32(0xE000E01C)
#define NVIC_ISER(n) REG32(0xE000E100 + 4u * (n))
#define NVIC_ICER(n) REG32(0xE000E180 + 4u * (n))
#define NVIC_ISPR(n) REG32(0xE000E200 + 4u * (n))
#define NVIC_ICPR(n) REG32(0xE000E280 + 4u * (n))
#define NVIC_IABR(n) REG32(0xE000E300 + 4u * (n))
#define NVIC_IPR(n)  REG8(0xE000E400 + (n)) // one byte per interrupt
#define CPUID      REG32(0xE000ED00)
#define ICSR       REG32(0xE000ED04)
#define VTOR       REG32(0xE000ED08)
#define AIRCR      REG32(0xE000ED0C)
#define SCR        REG32(0xE000ED10)
#define CCR        REG32(0xE000ED14)
#define SHPR(n)    REG8(0xE000ED14 + (n)) // by exception number, 4..15
#define SHCSR      REG32(0xE000ED24)
#define CFSR       REG32(0xE000ED28)
#define HFSR       REG32(0xE000ED2C)
#define MMFAR      REG32(0xE000ED34)
#define BFAR       REG32(0xE000ED38)
#define CPACR      REG32(0xE000ED88)
#define STIR       REG32(0xE000EF00)
#define FPCCR      REG32(0xE000EF34)
#define FPCAR      REG32(0xE000EF38)
#define FPDSCR     REG32(0xE000EF3C)
#define DEMCR      REG32(0xE000EDFC)
#define DWT_CTRL   REG32(0xE0001000)
#define DWT_CYCCNT REG32(0xE0001004)

static inline void irq_enable(unsigned number)
{
    NVIC_ISER(number / 32) = 1u << (number % 32);
}

static inline void irq_pend(unsigned number)
{
    NVIC_ISPR(number / 32) = 1u << (number % 32);
}

#define GUEST_SPECIAL(name)                                                                        \
    static inline uint32_t get_##name(void)                                                        \
    {                                                                                              \
        uint32_t value;                                                                            \
        __asm volatile("mrs %0, " #name : "=r"(value)::"memory");                                  \
        return value;                                                                              \
    }                                                                                              \
    static inline void set_##name(uint32_t value)                                                  \
    {                                                                                              \
        __asm volatile("msr " #name ", %0\n isb" ::"r"(value) : "memory");                         \
    }

GUEST_SPECIAL(primask)
GUEST_SPECIAL(basepri)
GUEST_SPECIAL(faultmask)
GUEST_SPECIAL(control)
GUEST_SPECIAL(msp)
GUEST_SPECIAL(psp)

static inline uint32_t get_ipsr(void)
{
    uint32_t value;
    __asm volatile("mrs %0, ipsr" : "=r"(value));
    return value;
}

static inline void irqs_off(void)
{
    __asm volatile("cpsid i" ::: "memory");
}

static inline void irqs_on(void)
{
    __asm volatile("cpsie i\n isb" ::: "memory");
}

static inline void wait_for_interrupt(void)
{
    __asm volatile("dsb\n wfi" ::: "memory");
}

static inline void wait_for_event(void)
{
    __asm volatile("dsb\n wfe" ::: "memory");
}

static inline void send_event(void)
{
    __asm volatile("sev" ::: "memory");
}

static inline void barrier(void)
{
    __asm volatile("dsb\n isb" ::: "memory");
}

#endif
