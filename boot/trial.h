// SPDX-License-Identifier: MIT
// Where an application says that it works, when it cannot write into the journal itself.
#ifndef HF_TRIAL_H
#define HF_TRIAL_H

#include <stdbool.h>

#include "error.h"

// Has the application that stands there confirmed itself outside the journal?
bool hf_trial_confirmed(void);

// Another image is about to take its place: what the old one said is no longer. HF_OK, or a flash error.
hf_err hf_trial_forget(void);

#endif
