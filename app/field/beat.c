// SPDX-License-Identifier: MIT
// The LED and the time by SysTick's interrupts: RM0090 Rev 21, 8.4 (GPIO); PM0214, 4.5 (SysTick).
#include "beat.h"

#include <stdbool.h>

#include "board.h"
#include "gates.h"

#define REG(address)       (*(volatile uint32_t *)(address))
#define GPIO(port, offset) REG(HF_GPIO_BASE + 0x400u * (port) + (offset))

static volatile uint32_t now_ms;

void SysTick_Handler(void);

void SysTick_Handler(void)
{
    static uint32_t since_toggle;
    now_ms++;
    if (++since_toggle == BLINK_MS) {
        since_toggle = 0;
        bool high = (GPIO(HF_LED_PORT, 0x14) >> HF_LED_PIN & 1u) != 0;
        GPIO(HF_LED_PORT, 0x18) = 1u << (HF_LED_PIN + (high ? 16 : 0));
    }
}

void beat_start(void)
{
    gates_open(1u << HF_LED_PORT);
    GPIO(HF_LED_PORT, 0x00) = (GPIO(HF_LED_PORT, 0x00) & ~(3u << (2 * HF_LED_PIN))) | 1u << (2 * HF_LED_PIN);
    REG(0xE000E014u) = HF_HSI_HZ / 1000u - 1; // SYST_RVR
    REG(0xE000E018u) = 0;
    REG(0xE000E010u) = 7; // SYST_CSR: core clock, interrupt, on
}

uint32_t beat_ms(void)
{
    return now_ms;
}
