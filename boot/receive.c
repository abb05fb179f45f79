// SPDX-License-Identifier: MIT
// The way in of strategies that stage: what is received, by the bootloader's links or by the application, becomes a
// staged image when it may be installed. Moving it in is the engine's (install.c), after the next reset.
#include "install.h"

#include "board.h"
#include "floor.h"
#include "image.h"
#include "records.h"
#include "state.h"

static bool received; // something was, since the reset or the last request

hf_err hf_install_judge(uint32_t base)
{
    hf_err err = hf_image_check_at(base);
    return err == HF_OK ? hf_floor_check(base) : err;
}

// A way back is about to be destroyed: that there is no need for it must not be read differently next time. What the
// application is does not change by it: whoever is on trial still is, and whoever was rejected.
static hf_err give_way(void)
{
    uint32_t detail;
    hf_state state = hf_state_now(&detail);
    if (hf_state_rests(state)) {
        return hf_records_settle();
    }
    if (state == HF_STATE_STAGED) {
        return hf_state_as_before(HF_BOOT_ORDINARY);
    }
    return hf_state_enter(state == HF_STATE_TRIED ? HF_STATE_REJECTED : HF_STATE_INSTALLED, 0); // flash has failed there
}

hf_err hf_install_receiving(void)
{
    hf_err err = received ? HF_OK : give_way();
    received = err == HF_OK;
    return err;
}

hf_err hf_install_received(void)
{
    return hf_install_judge(received ? HF_RECEIVE_ADDRESS : HF_APP_ADDRESS);
}

hf_err hf_install_request(void)
{
    if (!received) {
        return HF_OK;
    }
    received = false; // what comes from now on is another image
    hf_err err = hf_install_judge(HF_RECEIVE_ADDRESS);
    return err == HF_OK ? hf_state_begin() : err;
}
