// SPDX-License-Identifier: MIT
// Independent watchdog: RM0090 Rev 21, 21.3. It runs here only when the option byte WDG_SW selects the hardware
// watchdog: a reset stops one that software started. Its 512 ms at reset are shorter than a sector erase, during which
// the core stalls and cannot feed it.
#include "board.h"
#include "drivers.h"
#include "regs/iwdg_v1.h"

#define IWDG ((struct iwdg_regs *)HF_IWDG_BASE)

void watchdog_feed(void)
{
    IWDG->KR = IWDG_KR_RELOAD;
}

void watchdog_slow_down(void)
{
    // Not waited for: the registers take the values when their clock runs, and without it there is no watchdog. While
    // they have not, they must not be written again (21.4.2), and a second call has nothing to add.
    if (IWDG->SR != 0) {
        return;
    }
    IWDG->KR = IWDG_KR_UNLOCK;
    IWDG->PR = IWDG_PR_DIV256;
    IWDG->RLR = IWDG_RLR_MAX;
    watchdog_feed();
}

// Turns of a polling loop, eight cycles each at full speed at the most: 10 ms. Five periods of the slow clock are 0.3 ms.
#define PATIENCE (HF_HCLK_HZ / 1000u * 10u / 8u)

static void wait_until_taken_over(void)
{
    for (uint32_t turn = 0; turn < PATIENCE && IWDG->SR != 0; turn++) {
    }
}

void watchdog_start(uint32_t ms)
{
    IWDG->KR = IWDG_KR_START; // its clock runs now, and takes over what was written before
    wait_until_taken_over();
    IWDG->KR = IWDG_KR_UNLOCK;
    IWDG->PR = IWDG_PR_DIV256;
    IWDG->RLR = ms / 8; // 256 periods of the 32 kHz oscillator, which may be half as fast or twice as fast
    wait_until_taken_over(); // feeding earlier would load the old value, half a minute
    watchdog_feed();
}
