// SPDX-License-Identifier: MIT
// Telemetry: an application with a serial line of its own. It blinks, confirms itself, says once a second how long it has
// been up, and listens for nothing but the serial escape: `holdfast flash --enter escape` brings it into update mode, without
// a finger on the button.
#include <stdbool.h>

#include "board.h"
#include "gates.h"
#include "holdfast.h"
#include "line.h"

#define REG(address)       (*(volatile uint32_t *)(address))
#define GPIO(port, offset) REG(HF_GPIO_BASE + 0x400u * (port) + (offset))
#define CONFIRM_MS         1000u
#define REPORT_MS          1000u

static volatile uint32_t now_ms;

void SysTick_Handler(void);
int main(void);

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

static void say(const char *text)
{
    while (*text != '\0') {
        line_send((uint8_t)*text++);
    }
}

static void say_number(uint32_t number)
{
    if (number >= 10) {
        say_number(number / 10);
    }
    line_send((uint8_t)('0' + number % 10));
}

static void report(uint32_t seconds)
{
    say("up ");
    say_number(seconds);
    say(" s\r\n");
}

static void listen(void)
{
    static struct hf_app_escape escape;
    for (int byte = line_receive(); byte >= 0; byte = line_receive()) {
        if (hf_app_escape_heard(&escape, (uint8_t)byte)) {
            hf_app_request_update();
        }
    }
}

int main(void)
{
    gates_open(1u << HF_LED_PORT);
    GPIO(HF_LED_PORT, 0x00) = (GPIO(HF_LED_PORT, 0x00) & ~(3u << (2 * HF_LED_PIN))) | 1u << (2 * HF_LED_PIN);
    REG(0xE000E014u) = HF_HSI_HZ / 1000u - 1; // SYST_RVR
    REG(0xE000E018u) = 0;
    REG(0xE000E010u) = 7; // SYST_CSR: core clock, interrupt, on
    line_open();
    uint32_t reported = 0;
    for (bool confirmed = false;;) {
        __asm__ volatile("wfi");
        hf_app_feed_watchdog();
        listen();
        if (now_ms / REPORT_MS != reported) {
            reported = now_ms / REPORT_MS;
            report(reported);
        }
        if (!confirmed && now_ms >= CONFIRM_MS) {
            confirmed = hf_app_confirm();
        }
    }
}
