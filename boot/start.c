// SPDX-License-Identifier: MIT
// Starting the application, for products whose enemy is chance: it has just been checked.
#include "board.h"
#include "image.h"
#include "port.h"

void hf_image_start(hf_err checked)
{
    (void)checked; // the caller has looked at it
    hf_port.system.start(HF_APP_ADDRESS);
}
