// SPDX-License-Identifier: MIT
// Clocks of GPIO ports on the STM32F4: RM0090 Rev 21, 7.3.10.
#include "gates.h"

#define RCC_AHB1ENR (*(volatile uint32_t *)0x40023830u)

void gates_open(uint32_t ports)
{
    RCC_AHB1ENR |= ports;
    (void)RCC_AHB1ENR;
}
