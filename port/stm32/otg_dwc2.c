// SPDX-License-Identifier: MIT
// What the OTG_FS of F2, F4 and F7 asks for around the core (otg_core.c): RM0090 Rev 21, 34.16.2 (GCCFG).
#include "board.h"
#include "drivers.h"
#include "regs/otg_dwc2.h"

#define OTG ((struct otg_regs *)HF_USB_BASE)

void otg_supply_on(void)
{
    // Supply and the PLL's 48 MHz are there already.
}

void otg_transceiver_on(void)
{
    // VBUS is not looked at: the bus powers the board, or its absence costs nothing.
    OTG->GCCFG = OTG_GCCFG_PWRDWN | OTG_GCCFG_NOVBUSSENS;
}
