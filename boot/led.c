// SPDX-License-Identifier: MIT
// Entering update mode is shown by six toggles of 100 ms, a USB host by blinking at 5 Hz. Neither stops while a host is
// served: nobody waits for a lamp.
#include "led.h"

#include "port.h"

#define TOGGLES   6u
#define TOGGLE_MS 100u

static uint32_t last_toggle;
static uint32_t toggles_left;
static bool blinking;
static bool lit;

void hf_led_begin(uint32_t now_ms)
{
    last_toggle = now_ms;
    toggles_left = TOGGLES;
}

void hf_led_blink(bool on)
{
    if (on == blinking) {
        return; // the toggles of the beginning are not to be cut short
    }
    blinking = on;
    toggles_left = lit ? 1 : 0; // when it ends, it ends dark
}

void hf_led_show(uint32_t now_ms)
{
    if (now_ms - last_toggle < TOGGLE_MS) {
        return;
    }
    last_toggle = now_ms;
    if (toggles_left > 0) {
        toggles_left--;
    } else if (!blinking) {
        return;
    }
    lit = !lit;
    hf_port.system.led(lit);
}
