// SPDX-License-Identifier: MIT
// Requests an update through RTC backup register 0 on the STM32F4. RM0090 Rev 21: 5.1.2 (backup domain access), 5.4.1
// (PWR_CR), 7.3.13 (RCC_APB1ENR), 7.3.20 (RCC_BDCR), 26.6.20 (RTC_BKPxR); ARM DDI 0403 B3.2.6 (AIRCR).
#include "hf_mailbox.h"
#include "holdfast.h"

#define REG(address) (*(volatile uint32_t *)(address))

void hf_app_request_update(void)
{
    REG(0x40023840u) |= 1u << 28; // RCC_APB1ENR.PWREN
    (void)REG(0x40023840u);
    REG(0x40007000u) |= 1u << 8;  // PWR_CR.DBP
    (void)REG(0x40007000u);       // the bridge buffers writes; RCC, on another bus, must not be reached first
    REG(0x40023870u) |= 1u << 15; // RCC_BDCR.RTCEN
    REG(0x40002850u) = HF_REQUEST_UPDATE;
    (void)REG(0x40002850u); // it must have arrived before the reset
    __asm__ volatile("dsb" ::: "memory");
    REG(0xE000ED0Cu) = 0x05FA0004u; // SCB_AIRCR: VECTKEY, SYSRESETREQ
    for (;;) {
    }
}
