// SPDX-License-Identifier: MIT
// From a received image to the one that runs: the states an update goes through, and what is done in each. One engine
// for every strategy that stages; how a step moves flash is the strategy's (steps_*.c). The table of states is in
// docs/design.md.
#ifndef HF_INSTALL_H
#define HF_INSTALL_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

// The state of an image that was installed and not started yet. Takes board.h.
#define HF_STATE_INSTALLED (HF_TRIAL ? HF_STATE_TRIAL : HF_STATE_IDLE)

// Finishes what has been begun: installs a staged image, ends a trial that was not confirmed, resumes either after a
// cut; fetches the application back when it is damaged and another image is at hand. *worked: flash was changed.
// HF_OK when nothing speaks against starting the application, else what does: the image's fault, HF_E_VERSION,
// HF_E_COUNTER, or the flash error that stopped an installation. Strategies that stage have checked the application then;
// where nothing is installed hf_install_starting does.
hf_err hf_install_run(bool *worked);

// A trial failed and nothing else is at hand: start it only for somebody who asks for it.
bool hf_install_rejected(void);

// The application is about to be started: checks it unless hf_install_run has, and begins its trial, if it is to have
// one, or lets the floor rise. An error keeps it from being started.
hf_err hf_install_starting(void);

// Something is about to be received: what was staged, or kept for a way back, is no longer.
hf_err hf_install_receiving(void);

// Is what was received an image that may be installed; when nothing was, may the application be started?
hf_err hf_install_received(void);

// Whoever sends is done: an image that may be installed will be, at the next reset. HF_OK, also when nothing was received;
// else what speaks against it, or a flash error. Nothing is installed then, and the application stays as it is.
hf_err hf_install_request(void);

// May the image at base be installed or started? It is valid and not below the floor.
hf_err hf_install_judge(uint32_t base);

#endif
