// SPDX-License-Identifier: MIT
// The way into the backup domain on the STM32F4: RM0090 Rev 21, 5.1.2 and 7.3.20.
#include "drivers.h"
#include "regs/pwr_f4.h"
#include "regs/rcc_f4.h"

// Brown-out reset guards the F4: its detector would have to be set up before each operation for nothing more.
bool supply_is_good(void)
{
    return true;
}

void supply_release(void)
{
}

static uint32_t bdcr;

void backup_open(void)
{
    RCC->APB1ENR |= RCC_APB1ENR_PWREN;
    (void)RCC->APB1ENR;
    PWR->CR |= PWR_CR_DBP;
    (void)PWR->CR; // the bridge to this bus buffers writes; RCC, on another bus, must not be reached first
    bdcr = RCC->BDCR;
    RCC->BDCR = bdcr | RCC_BDCR_RTCEN;
}

void backup_close(void)
{
    RCC->BDCR = bdcr; // the RTC belongs to the application: its clock is as we found it
    PWR->CR &= ~PWR_CR_DBP;
    RCC->APB1ENR &= ~RCC_APB1ENR_PWREN;
}
