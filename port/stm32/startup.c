// SPDX-License-Identifier: MIT
// Vector table and C start-up of the bootloader, where no variable has an initial value but 0 (boot.ld sees to it).
// Armv7-M ARM B1.5.3.
#include "boot.h"
#include "drivers.h"
#include "port.h"

extern uint32_t _sbss[], _ebss[], _estack[];

void Reset_Handler(void) __attribute__((noreturn));
void fault_handler(void) __attribute__((noreturn));

void Reset_Handler(void)
{
    for (uint32_t *to = _sbss; to < _ebss;) {
        *to++ = 0;
    }
    fence_up();
    hf_boot();
}

// A fault in here is our own bug or failing silicon. Starting afresh is the best that can be done about either.
void fault_handler(void)
{
    hf_port.system.reset();
}

// NMI and the faults; nothing uses a system exception. Interrupts have a table of their own (interrupts.c).
__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))_estack,
    Reset_Handler,
    [2 ... 15] = fault_handler,
};
