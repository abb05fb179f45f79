// SPDX-License-Identifier: MIT
// Telemetry: an application with a serial line of its own. It blinks, confirms itself, says once a second how long it has
// been up, and listens for nothing but the serial escape: `holdfast flash --enter escape` brings it into update mode, without
// a finger on the button.
#include <stdbool.h>

#include "beat.h"
#include "holdfast.h"
#include "line.h"

#define CONFIRM_MS 1000u
#define REPORT_MS  1000u

int main(void);

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
    beat_start();
    line_open();
    uint32_t reported = 0;
    for (bool confirmed = false;;) {
        __asm__ volatile("wfi");
        hf_app_feed_watchdog();
        listen();
        uint32_t seconds = beat_ms() / REPORT_MS;
        if (seconds != reported) {
            reported = seconds;
            report(seconds);
        }
        if (!confirmed && beat_ms() >= CONFIRM_MS) {
            confirmed = hf_app_confirm();
        }
    }
}
