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

// A way back is about to be destroyed: that there is no need for it must not be read differently next time.
hf_err hf_install_receiving(void)
{
    uint32_t detail;
    if (received) {
        return HF_OK;
    }
    hf_err err = hf_state_now(&detail) == HF_STATE_IDLE ? hf_records_settle()
                                                        : hf_state_enter(HF_STATE_IDLE, HF_BOOT_ORDINARY);
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
    return err == HF_OK ? hf_state_enter(HF_STATE_STAGED, 0) : err;
}
