// SPDX-License-Identifier: MIT
// A button on a pin, read once after reset.
#include "board.h"
#include "drivers.h"

// The pull charges the trace and a debouncing capacitor of up to 100 nF: through 40 kOhm that takes 4 ms. A turn of the
// loop takes at least eight cycles.
#define SETTLE_TURNS (HF_HSI_HZ / 1000u * 5u / 8u)

bool button_held(void)
{
    gpio_input(HF_BUTTON_PORT, HF_BUTTON_PIN, HF_BUTTON_PULL);
    for (uint32_t turn = 0; turn < SETTLE_TURNS; turn++) {
        if (gpio_read(HF_BUTTON_PORT, HF_BUTTON_PIN) != (HF_BUTTON_ACTIVE != 0)) {
            return false;
        }
    }
    return true;
}
