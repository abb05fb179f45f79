// SPDX-License-Identifier: MIT
// What the OTG_FS of the H7 asks for around the core (otg_core.c): its supply, an oscillator that is trimmed to the host's
// frames, and another register for VBUS. RM0433, 6.8.4 (CR3), 8.7.23 (USBSEL), 8.7.52 (AHB1LPENR), 9.6 (CRS), 57.14.2 (GOTGCTL, GCCFG).
#include "board.h"
#include "drivers.h"
#include "regs/crs_v1.h"
#include "regs/otg_dwc2.h"
#include "regs/pwr_h7.h"
#include "regs/rcc_h7.h"

#define OTG      ((struct otg_regs *)HF_USB_BASE)
#define PATIENCE 100000u

static void wait_for(const volatile uint32_t *reg, uint32_t mask)
{
    for (uint32_t turn = 0; turn < PATIENCE && (*reg & mask) == 0; turn++) {
    }
}

// HSI48 alone is within 1 % or so; full speed allows 0.25 %, which it keeps while it follows the start of each frame.
static void start_oscillator(void)
{
    RCC->CR |= RCC_CR_HSI48ON;
    wait_for(&RCC->CR, RCC_CR_HSI48RDY);
    RCC->APB1HENR |= RCC_APB1HENR_CRSEN;
    (void)RCC->APB1HENR;
    CRS->CFGR = (CRS->CFGR & ~CRS_CFGR_SYNCSRC_MASK) | CRS_CFGR_SYNCSRC_USB2;
    CRS->CR |= CRS_CR_AUTOTRIMEN | CRS_CR_CEN;
    RCC->D2CCIP2R |= RCC_D2CCIP2R_USBSEL_HSI48;
}

void otg_supply_on(void)
{
    PWR_CR3_BYTE3 = (uint8_t)(PWR_CR3_USB33DEN >> 24);
    wait_for(&PWR->CR3, PWR_CR3_USB33RDY);
    start_oscillator();
    // No ULPI is connected: with its clock left on for sleep the USB core would stop whenever the CPU waits for flash.
    RCC->AHB1LPENR &= ~RCC_AHB1LPENR_USB2OTGHSULPILPEN;
}

void otg_transceiver_on(void)
{
    // VBUS is not looked at: the bus powers the board, or its absence costs nothing.
    OTG->GOTGCTL |= OTG_GOTGCTL_BVALOEN | OTG_GOTGCTL_BVALOVAL;
    OTG->GCCFG = OTG_GCCFG_PWRDWN;
}
