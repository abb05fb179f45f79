// SPDX-License-Identifier: MIT
// Requests an update through RTC backup register 0 on the STM32H7. RM0433: 6.4.4 (backup domain access), 6.8.1 (PWR_CR1),
// 8.7.19 (RCC_BDCR), 46.6.21 (RTC_BKPxR); ARM DDI 0403 B3.2.6 (AIRCR).
#include "hf_mailbox.h"
#include "holdfast.h"

#define REG(address) (*(volatile uint32_t *)(address))

void hf_app_request_update(void)
{
    REG(0x58024800u) |= 1u << 8;  // PWR_CR1.DBP
    (void)REG(0x58024800u);
    REG(0x58024470u) |= 1u << 15; // RCC_BDCR.RTCEN
    REG(0x58004050u) = HF_REQUEST_UPDATE;
    (void)REG(0x58004050u);
    __asm__ volatile("dsb" ::: "memory");
    REG(0xE000ED0Cu) = 0x05FA0004u; // SCB_AIRCR: VECTKEY, SYSRESETREQ
    for (;;) {
    }
}
