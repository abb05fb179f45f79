// SPDX-License-Identifier: MIT
// Confirms a trial where the bootloader keeps records: one more record in its journal, by the bootloader's own rules and
// code (boot/records.c, boot/state.c). Safe against cuts: the trial is confirmed, or it is not.
#include "holdfast.h"
#include "records.h"
#include "state.h"

bool hf_app_on_trial(void)
{
    uint32_t detail;
    return hf_state_now(&detail) == HF_STATE_TRIED;
}

bool hf_app_confirm(void)
{
    if (hf_app_on_trial()) {
        return hf_state_enter(HF_STATE_IDLE, HF_BOOT_CONFIRMED) == HF_OK;
    }
    // A cut may have hit the confirmation: it reads well now, and must not be read differently after this returned true.
    return hf_records_certain() || hf_records_settle() == HF_OK;
}
