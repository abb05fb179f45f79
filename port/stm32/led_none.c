// SPDX-License-Identifier: MIT
// A product without an LED.
#include "drivers.h"

void led_begin(void)
{
}

void led_set(bool on)
{
    (void)on;
}
