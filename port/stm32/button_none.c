// SPDX-License-Identifier: MIT
// A product without a button.
#include "drivers.h"

bool button_held(void)
{
    return false;
}
