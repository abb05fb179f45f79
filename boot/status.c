// SPDX-License-Identifier: MIT
// The latest record of each kind that people ask about.
#include "status.h"

#include "records.h"
#include "state.h"

static hf_boot_reason reason_of(hf_state state, uint32_t detail)
{
    if (state == HF_STATE_TRIED) {
        return HF_BOOT_TRIAL;
    }
    return state == HF_STATE_IDLE && detail < HF_BOOT_REASONS ? (hf_boot_reason)detail : HF_BOOT_ORDINARY;
}

void hf_status_read(struct hf_status *status)
{
    uint32_t detail, failure[2], floor[2], override[2];
    hf_state state = hf_state_now(&detail);
    (void)hf_record_find(HF_RECORD_FAILURE, failure);
    (void)hf_record_find(HF_RECORD_FLOOR, floor);
    (void)hf_record_find(HF_RECORD_OVERRIDE, override);
    *status = (struct hf_status){(uint8_t)state, (uint8_t)reason_of(state, detail), (uint16_t)failure[0], failure[1],
                                 floor[0], floor[1], override[0], override[1]};
}

uint32_t hf_status_tell(void *to)
{
    hf_status_read(to);
    return sizeof(struct hf_status);
}
