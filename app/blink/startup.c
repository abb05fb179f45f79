// SPDX-License-Identifier: MIT
// Start-up in the manner of CubeMX: g_pfnVectors in .isr_vector, SystemInit that leaves VTOR alone, .data, .bss, main.
// Nothing in here knows of a bootloader.
#include <stdint.h>

#include "board.h"

extern uint32_t _sidata[], _sdata[], _edata[], _sbss[], _ebss[], _estack[];

int main(void);
void SysTick_Handler(void);
void Reset_Handler(void);
void Default_Handler(void);
void Peripheral_Handler(void) __attribute__((weak, alias("Default_Handler"))); // of whoever enables one, and one only
void SystemInit(void);

void Default_Handler(void)
{
    for (;;) {
    }
}

void SystemInit(void)
{
    *(volatile uint32_t *)0xE000ED88u |= 0xFu << 20; // SCB->CPACR: full access to the FPU
}

void Reset_Handler(void)
{
    SystemInit();
    const uint32_t *from = _sidata;
    for (uint32_t *to = _sdata; to < _edata;) {
        *to++ = *from++;
    }
    for (uint32_t *to = _sbss; to < _ebss;) {
        *to++ = 0;
    }
    main();
    Default_Handler();
}

__attribute__((section(".isr_vector"), used)) void (*const g_pfnVectors[HF_VECTORS])(void) = {
    (void (*)(void))_estack,
    Reset_Handler,
    Default_Handler, // NMI
    Default_Handler, // HardFault
    Default_Handler, // MemManage
    Default_Handler, // BusFault
    Default_Handler, // UsageFault
    [11] = Default_Handler, // SVCall
    [12] = Default_Handler, // DebugMonitor
    [14] = Default_Handler, // PendSV
    [15] = SysTick_Handler,
    [16 ... HF_VECTORS - 1] = Peripheral_Handler,
};
