// SPDX-License-Identifier: MIT
// An LED on a pin.
#include "board.h"
#include "drivers.h"

void led_begin(void)
{
    gpio_output(HF_LED_PORT, HF_LED_PIN);
    led_set(false);
}

void led_set(bool on)
{
    gpio_write(HF_LED_PORT, HF_LED_PIN, on == (HF_LED_ACTIVE != 0));
}
