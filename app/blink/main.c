// SPDX-License-Identifier: MIT
// Blink: toggles the LED every BLINK_MS milliseconds, timed by SysTick interrupts, so that a wrong vector table shows at
// once. Holding the button for 50 ms asks the bootloader for update mode. With BLINK_CONFIRMS it confirms itself after a
// second and feeds the watchdog; without, it is an image that does not work and ends as one that hangs.
#include <stdbool.h>

#include "board.h"
#include "gates.h"
#include "holdfast.h"

#define REG(address)         (*(volatile uint32_t *)(address))
#define GPIO(port, offset)   REG(HF_GPIO_BASE + 0x400u * (port) + (offset))
#define SYSTICK_CSR          REG(0xE000E010u)
#define SYSTICK_RVR          REG(0xE000E014u)
#define SYSTICK_CVR          REG(0xE000E018u)
#define BUTTON_MS            50u
#define CONFIRM_MS           1000u

static volatile uint32_t running_ms;

void SysTick_Handler(void);
int main(void);

static bool button_held(void)
{
    return ((GPIO(HF_BUTTON_PORT, 0x10) >> HF_BUTTON_PIN) & 1u) == HF_BUTTON_ACTIVE;
}

static void toggle_led(void)
{
    bool high = ((GPIO(HF_LED_PORT, 0x14) >> HF_LED_PIN) & 1u) != 0;
    GPIO(HF_LED_PORT, 0x18) = 1u << (HF_LED_PIN + (high ? 16 : 0));
}

// Pins start as inputs on some families and as analog on others.
static void set_mode(unsigned port, unsigned pin, uint32_t mode)
{
    GPIO(port, 0x00) = (GPIO(port, 0x00) & ~(3u << (2 * pin))) | mode << (2 * pin);
}

void SysTick_Handler(void)
{
    static uint32_t since_toggle;
    static uint32_t held;
    running_ms++;
    if (++since_toggle == BLINK_MS) {
        since_toggle = 0;
        toggle_led();
    }
    held = button_held() ? held + 1 : 0;
    if (held == BUTTON_MS) {
        hf_app_request_update();
    }
}

int main(void)
{
    gates_open(1u << HF_LED_PORT | 1u << HF_BUTTON_PORT);
    set_mode(HF_LED_PORT, HF_LED_PIN, 1);       // output
    set_mode(HF_BUTTON_PORT, HF_BUTTON_PIN, 0); // input
    GPIO(HF_BUTTON_PORT, 0x0C) |= (uint32_t)HF_BUTTON_PULL << (2 * HF_BUTTON_PIN);
    SYSTICK_RVR = HF_HSI_HZ / 1000u - 1;
    SYSTICK_CVR = 0;
    SYSTICK_CSR = 7; // core clock, interrupt, on
    for (bool confirmed = BLINK_CONFIRMS == 0;;) {
        __asm__ volatile("wfi");
        if (!confirmed && running_ms >= CONFIRM_MS) {
            confirmed = hf_app_confirm();
        }
        if (BLINK_CONFIRMS != 0) {
            hf_app_feed_watchdog();
        }
    }
}
