// SPDX-License-Identifier: MIT
// Interrupts, for update mode alone: a vector table in RAM costs no flash for the interrupts nobody uses, and is made only
// when a driver wants one. ARM DDI 0403, B3.2.5 (VTOR), B3.4 (NVIC).
#include "board.h"
#include "drivers.h"
#include "regs/cortex_m.h"

#define SYSTEM_VECTORS 16u

// VTOR wants the table's size rounded up to a power of two; the chip with most vectors has 256.
static uint32_t table[HF_VECTORS] __attribute__((aligned(1024)));

void interrupt_enable(unsigned irq, void (*handler)(void))
{
    const uint32_t *in_flash = (const uint32_t *)HF_BOOT_ADDRESS;
    for (unsigned i = 0; i < SYSTEM_VECTORS; i++) {
        table[i] = in_flash[i];
    }
    table[SYSTEM_VECTORS + irq] = (uint32_t)handler;
    SCB->VTOR = (uint32_t)table;
    NVIC->ISER[irq / 32] = 1u << (irq % 32);
}
