// SPDX-License-Identifier: MIT
// Backup registers in the RTC of F4, L4, F07x: RM0090 Rev 21, 26.6.20.
#ifndef HF_REGS_RTC_V2_H
#define HF_REGS_RTC_V2_H

#include <stdint.h>

struct rtc_regs {
    volatile uint32_t reserved[20], BKPR[20];
};

#endif
