// SPDX-License-Identifier: MIT
// Confirming where no image is on trial: nothing to do.
#include "holdfast.h"

bool hf_app_confirm(void)
{
    return true;
}

bool hf_app_on_trial(void)
{
    return false;
}
