// SPDX-License-Identifier: MIT
// The state of an update is one record; whoever finds none, or one of a later version, has nothing under way.
#include "state.h"

#include "records.h"

#define UNPROVEN 0x80000000u // beside the detail: what the update replaces had not proved itself

static hf_state look(uint32_t *detail)
{
    uint32_t words[2];
    (void)hf_record_find(HF_RECORD_INSTALL, words);
    *detail = words[1];
    return words[0] < HF_STATES ? (hf_state)words[0] : HF_STATE_IDLE;
}

static uint32_t mark_now(void)
{
    uint32_t detail;
    (void)look(&detail);
    return detail & UNPROVEN;
}

hf_state hf_state_now(uint32_t *detail)
{
    hf_state state = look(detail);
    *detail &= ~UNPROVEN;
    return state;
}

hf_err hf_state_enter(hf_state state, uint32_t detail)
{
    return hf_record_append(HF_RECORD_INSTALL, state, detail | mark_now());
}

hf_err hf_state_begin(void)
{
    uint32_t detail;
    return hf_record_append(HF_RECORD_INSTALL, HF_STATE_STAGED, look(&detail) == HF_STATE_IDLE ? 0 : UNPROVEN);
}

hf_err hf_state_as_before(hf_boot_reason reason)
{
    return hf_state_enter(mark_now() != 0 ? HF_STATE_REJECTED : HF_STATE_IDLE, reason);
}

bool hf_state_rests(hf_state state)
{
    return state == HF_STATE_IDLE || state == HF_STATE_TRIAL || state == HF_STATE_REJECTED;
}
