// SPDX-License-Identifier: MIT
// Sleeping until a controller is done, with an end to it: the interrupt only wakes the core and is never taken. Armv7-M
// ARM B1.5.19 (WFI wakes for what PRIMASK holds back), B3.3 (SysTick), B3.4 (NVIC).
#include "drivers.h"
#include "regs/cortex_m.h"

bool sleep_until_interrupt(unsigned irq)
{
    uint32_t line = 1u << (irq % 32), csr = SYSTICK->CSR;
    __asm__ volatile("cpsid i" ::: "memory");
    if ((csr & SYSTICK_CSR_ENABLE) == 0) {
        SYSTICK->RVR = SYSTICK_CVR_MASK;
        SYSTICK->CVR = 0;
    }
    SYSTICK->CSR = SYSTICK_CSR_ENABLE | SYSTICK_CSR_TICKINT;
    NVIC->ISER[irq / 32] = line;
    __asm__ volatile("dsb\n\twfi" ::: "memory");
    bool tick = (SCB->ICSR & SCB_ICSR_PENDSTSET) != 0;
    NVIC->ICER[irq / 32] = line;
    NVIC->ICPR[irq / 32] = line;
    SYSTICK->CSR = SYSTICK_CSR_ENABLE; // it goes on counting: the next call measures from where it stands
    SCB->ICSR = SCB_ICSR_PENDSTCLR;
    __asm__ volatile("dsb\n\tcpsie i\n\tisb" ::: "memory"); // what the links have waiting is served here
    return tick;
}
