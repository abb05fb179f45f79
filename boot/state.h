// SPDX-License-Identifier: MIT
// Where an update stands: the journal's latest record of an installation.
#ifndef HF_BOOT_STATE_H
#define HF_BOOT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "hf_state.h"

// The state, and what is kept with it: steps done while INSTALLING or REVERTING, an hf_boot_reason while IDLE, else 0.
hf_state hf_state_now(uint32_t *detail);

// Records a state: in force, and certain, when this returns HF_OK. Errors are those of the flash.
hf_err hf_state_enter(hf_state state, uint32_t detail);

// STAGED: an update begins. What it replaces has proved itself when the state is IDLE, and is remembered as what it is until
// the next one begins: a way back to it ends in hf_state_as_before.
hf_err hf_state_begin(void);

// The application from before the update is the one again: IDLE for this reason, or REJECTED when it had not proved itself.
hf_err hf_state_as_before(hf_boot_reason reason);

// Nothing is under way: the application may be started, or waits for somebody who asks for it.
bool hf_state_rests(hf_state state);

#endif
