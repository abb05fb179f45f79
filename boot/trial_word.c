// SPDX-License-Identifier: MIT
// The application confirms itself with a word of flash at the end of its own area, as with bank swap (formats/hf_bank.h): the
// journal is in an external flash that it need not know how to reach.
#include "bank.h"
#include "port.h"
#include "trial.h"

bool hf_trial_confirmed(void)
{
    return hf_bank_has(0, HF_BANK_CONFIRMED);
}

hf_err hf_trial_forget(void)
{
    if (hf_bank_is_fresh(0)) {
        return HF_OK;
    }
    hf_port.system.feed_watchdog(); // one sector may take seconds
    return hf_port.flash.erase(HF_BANK_RECORDS_END - HF_BANK_RECORDS_SIZE);
}
