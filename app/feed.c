// SPDX-License-Identifier: MIT
// Feeding the independent watchdog: IWDG_KR is its first register on every family (RM0090 Rev 21, 21.4.1).
#include "board.h"
#include "holdfast.h"

void hf_app_feed_watchdog(void)
{
    *(volatile uint32_t *)HF_IWDG_BASE = 0xAAAAu;
}
