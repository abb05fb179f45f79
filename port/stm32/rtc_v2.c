// SPDX-License-Identifier: MIT
// The request mailbox in RTC backup register 0: RM0090 Rev 21, 26.6.20; RM0433, 46.6.21.
#include "board.h"
#include "drivers.h"
#include "regs/rtc_v2.h"

#define RTC ((struct rtc_regs *)HF_RTC_BASE)

void mailbox_put(uint32_t request)
{
    backup_open();
    RTC->BKPR[0] = request;
    (void)RTC->BKPR[0]; // the bridge buffers writes: this one must have arrived before the way is closed
    backup_close();
}

uint32_t mailbox_take(void)
{
    uint32_t request = RTC->BKPR[0];
    if (request != 0) {
        mailbox_put(0);
    }
    return request;
}
