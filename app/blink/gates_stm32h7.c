// SPDX-License-Identifier: MIT
// Clocks of GPIO ports on the STM32H7: RM0433, 8.7.43.
#include "gates.h"

#define RCC_AHB4ENR (*(volatile uint32_t *)0x580244E0u)

void gates_open(uint32_t ports)
{
    RCC_AHB4ENR |= ports;
    (void)RCC_AHB4ENR;
}
