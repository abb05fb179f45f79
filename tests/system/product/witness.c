// SPDX-License-Identifier: MIT
// An application whose first instructions store every register, and which then copies what the machine's registers hold.
// Linked twice: as a sealed application, and for the start of flash, where reset alone leads to it.
#include "guest.h"
#include "witness.h"

void Reset_Handler(void) __attribute__((naked, noreturn));
void look_around(void) __attribute__((noreturn, used));

__attribute__((section(".results"), used)) volatile witness_results seen;

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    (const void *)0x20020000u,
    (const void *)Reset_Handler,
};

// One register at a time by way of the only one that can be spared: r0, kept in a place that needs no register: the FPU is
// off, so it is the scratch word in the stack's first place.
void Reset_Handler(void)
{
    __asm__ volatile("push {r0}\n"
                     "ldr r0, =seen + 4\n"
                     "str r1, [r0, #4]\n"
                     "str r2, [r0, #8]\n"
                     "str r3, [r0, #12]\n"
                     "add r0, #16\n"
                     "stmia r0, {r4-r12}\n"
                     "pop {r1}\n"
                     "str r1, [r0, #-16]\n"
                     "str sp, [r0, #36]\n"
                     "str lr, [r0, #40]\n"
                     "b look_around\n");
}

static volatile uint32_t *copy(volatile uint32_t *to, uint32_t address, unsigned words)
{
    for (unsigned i = 0; i < words; i++) {
        *to++ = REG32(address + 4 * i);
    }
    return to;
}

// Peripherals that the product uses are looked at with their gates open; their content is what counts.
static void open_gates_before(uint32_t address)
{
    if (address == 0x40007000u) {
        REG32(0x40023840u) |= 1u << 28 | 1u << 17; // PWR, USART2
        (void)REG32(0x40023840u);
    }
    if (address == 0x40020000u) {
        REG32(0x40023830u) |= 1u << 0 | 1u << 3 | 1u << 12; // GPIOA, GPIOD, CRC
        REG32(0x40023834u) |= 1u << 7;                      // USB
        (void)REG32(0x40023834u);
    }
}

void look_around(void)
{
    seen.control = get_control();
    seen.primask = get_primask();
    seen.basepri = get_basepri();
    seen.faultmask = get_faultmask();
    seen.psp = get_psp();
    seen.ipsr = get_ipsr();
    seen.vtor = VTOR;
    volatile uint32_t *to = seen.memory;
#define COPY(name, address, words)                                                                                     \
    open_gates_before(address);                                                                                        \
    to = copy(to, address, words);
    WITNESS_BLOCKS(COPY)
    seen.done = WITNESS_DONE;
    for (;;) {
    }
}
