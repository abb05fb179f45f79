// SPDX-License-Identifier: MIT
// States of an update, as the bootloader's journal keeps them and the application finds them. docs/design.md.
#ifndef HF_STATE_H
#define HF_STATE_H

typedef enum hf_state {
    HF_STATE_IDLE = 0,   // the application is the one that is wanted
    HF_STATE_STAGED,     // a verified image waits for its installation
    HF_STATE_INSTALLING, // it is being moved in, step by step
    HF_STATE_TRIAL,      // it has been, and was not started yet
    HF_STATE_TRIED,      // it was started, and has not been confirmed yet
    HF_STATE_REVERTING,  // the previous one is being moved back, step by step
    HF_STATE_REJECTED,   // its trial failed, and there is nothing to go back to
    HF_STATES,
} hf_state;

#endif
