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

// Why the application that runs is the one that runs. Kept with HF_STATE_IDLE until the next update.
typedef enum hf_boot_reason {
    HF_BOOT_ORDINARY = 0, // no update has ended since it was put there, or one was begun and never completed
    HF_BOOT_INSTALLED,    // the last update installed it; this product has no trials
    HF_BOOT_TRIAL,        // the last update installed it, and it has not been confirmed
    HF_BOOT_CONFIRMED,    // the last update installed it, and it was confirmed
    HF_BOOT_REVERTED,     // the last update was taken back: this is the image from before
    HF_BOOT_REFUSED,      // the last update was refused when it was to be installed: this is the image from before
    HF_BOOT_REASONS,
} hf_boot_reason;

#endif
