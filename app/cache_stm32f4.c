// SPDX-License-Identifier: MIT
// The data cache of the STM32F4's flash interface: RM0090 Rev 21, 3.5.2 and 3.9.1. It keeps what was stored, not what the
// array made of it, and an erase does not empty it.
#include "drivers.h"
#include "machine.h"
#include "regs/flash_f4.h"

bool hf_app_cache_off(void)
{
    bool was_on = (FLASH->ACR & FLASH_ACR_DCEN) != 0;
    flash_cache(false);
    return was_on;
}

void hf_app_cache_restore(bool was_on)
{
    if (was_on) {
        flash_cache(true);
    }
}
