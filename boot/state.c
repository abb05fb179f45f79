// SPDX-License-Identifier: MIT
// The state of an update is one record; whoever finds none, or one of a later version, has nothing under way.
#include "state.h"

#include "records.h"

hf_state hf_state_now(uint32_t *detail)
{
    uint32_t words[2] = {HF_STATE_IDLE, 0};
    (void)hf_record_find(HF_RECORD_INSTALL, words);
    *detail = words[1];
    return words[0] < HF_STATES ? (hf_state)words[0] : HF_STATE_IDLE;
}

hf_err hf_state_enter(hf_state state, uint32_t detail)
{
    return hf_record_append(HF_RECORD_INSTALL, state, detail);
}
