// SPDX-License-Identifier: MIT
// Protection at each boot: a product that left the factory without it, or lost it to a cut of the supply in the middle
// of the change, gets it at the next start.
#include "protect.h"

#include "port.h"

void hf_protect(void)
{
    if (hf_protection_port.in_force()) {
        return;
    }
    hf_port.system.feed_watchdog();
    hf_protection_port.enforce(); // when that fails the board runs all the same: it must stay reachable
}
