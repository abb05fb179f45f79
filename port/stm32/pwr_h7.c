// SPDX-License-Identifier: MIT
// The way into the backup domain on the STM32H7: RM0433, 6.4.4 and 8.7.39. PWR needs no clock gate here, and the RTC's bus
// interface is on after reset.
#include "board.h"
#include "drivers.h"
#include "regs/pwr_h7.h"
#include "regs/rcc_h7.h"

// The highest threshold of the voltage detector below what the product guarantees (DS12110, table 22: falling edges, with
// room for their spread).
#define PLS                                                                                                            \
    (HF_SUPPLY_MIN_MV >= 2950u   ? 6u                                                                                  \
     : HF_SUPPLY_MIN_MV >= 2800u ? 5u                                                                                  \
     : HF_SUPPLY_MIN_MV >= 2650u ? 4u                                                                                  \
     : HF_SUPPLY_MIN_MV >= 2500u ? 3u                                                                                  \
     : HF_SUPPLY_MIN_MV >= 2350u ? 2u                                                                                  \
     : HF_SUPPLY_MIN_MV >= 2200u ? 1u                                                                                  \
                                 : 0u)

#define DETECTOR     (7u << PWR_CR1_PLS_POS | PWR_CR1_PVDEN)
#define SETTLE_TURNS 300u // it takes a few microseconds to start

// From the first look on it stays on, or its start would cost every word of an image a quarter of its time.
bool supply_is_good(void)
{
    uint32_t found = PWR->CR1, watching = (found & ~DETECTOR) | PLS << PWR_CR1_PLS_POS | PWR_CR1_PVDEN;
    PWR->CR1 = watching;
    for (volatile uint32_t turn = found == watching ? SETTLE_TURNS : 0; turn < SETTLE_TURNS; turn++) {
    }
    return (PWR->CSR1 & PWR_CSR1_PVDO) == 0;
}

void supply_release(void)
{
    PWR->CR1 &= ~DETECTOR;
}

static uint32_t bdcr;

void backup_open(void)
{
    PWR->CR1 |= PWR_CR1_DBP;
    (void)PWR->CR1;
    bdcr = RCC->BDCR;
    RCC->BDCR = bdcr | RCC_BDCR_RTCEN;
}

void backup_close(void)
{
    RCC->BDCR = bdcr; // the RTC belongs to the application: its clock is as we found it
    PWR->CR1 &= ~PWR_CR1_DBP;
}
