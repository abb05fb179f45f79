// SPDX-License-Identifier: MIT
// Independent watchdog of F1, F2, F4: RM0090 Rev 21, 21.4.
#ifndef HF_REGS_IWDG_V1_H
#define HF_REGS_IWDG_V1_H

#include <stdint.h>

struct iwdg_regs {
    volatile uint32_t KR, PR, RLR, SR;
};
#define IWDG_KR_RELOAD 0xAAAAu
#define IWDG_KR_UNLOCK 0x5555u
#define IWDG_KR_START  0xCCCCu
#define IWDG_PR_DIV256 6u
#define IWDG_RLR_MAX   0xFFFu

#endif
