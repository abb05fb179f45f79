// SPDX-License-Identifier: MIT
// Strategy "single": an image is received where it runs. Nothing is installed, so there is nothing to resume.
#include "install.h"

#include "board.h"
#include "floor.h"
#include "image.h"
#include "known.h"

hf_err hf_install_run(bool *worked)
{
    *worked = false;
    return HF_OK; // the image is looked at when it is started: a finger on the button should not have to wait for it
}

bool hf_install_rejected(void)
{
    return false;
}

hf_err hf_install_starting(void)
{
    hf_err err = hf_install_received();
    err = err == HF_OK ? hf_floor_raise() : err;
    return err == HF_OK ? hf_image_proven() : err;
}

hf_err hf_install_receiving(void)
{
    return hf_known_forget();
}

hf_err hf_install_received(void)
{
    hf_err err = hf_image_check();
    return err == HF_OK ? hf_floor_check(HF_APP_ADDRESS) : err;
}

hf_err hf_install_request(void)
{
    return HF_OK;
}
