// SPDX-License-Identifier: MIT
// Protection at each boot: a product that left the factory without it, or lost it to a cut of the supply in the middle
// of the change, gets it at the next start. Where the board file wants it ordered, an order on record says so.
#include "protect.h"

#include "board.h"
#include "order.h"
#include "port.h"

void hf_protect(void)
{
    if ((HF_PROTECT_ORDERED && !hf_order_protects()) || hf_protection_port.in_force()) {
        return;
    }
    hf_port.system.feed_watchdog();
    hf_protection_port.enforce(); // when that fails the board runs all the same: it must stay reachable
}

struct hf_protection hf_protection(void)
{
    return hf_protection_port.now();
}
