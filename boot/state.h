// SPDX-License-Identifier: MIT
// Where an update stands: the journal's latest record of an installation.
#ifndef HF_BOOT_STATE_H
#define HF_BOOT_STATE_H

#include <stdint.h>

#include "error.h"
#include "hf_state.h"

// The state, and what is kept with it: steps done while INSTALLING or REVERTING, an hf_boot_reason while IDLE, else 0.
hf_state hf_state_now(uint32_t *detail);

// Records a state: in force, and certain, when this returns HF_OK. Errors are those of the flash.
hf_err hf_state_enter(hf_state state, uint32_t detail);

#endif
