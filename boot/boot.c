// SPDX-License-Identifier: MIT
// The boot decision. It is taken before any clock, link or interrupt is up, so that an application is started from a
// machine that is as good as fresh from reset.
#include "boot.h"

#include "board.h"
#include "hf_mailbox.h"
#include "image.h"
#include "install.h"
#include "port.h"
#include "protect.h"

void hf_boot(void)
{
    hf_protect();
    uint32_t request = hf_port.system.take_request();
    bool worked;
    hf_err fault = hf_install_run(&worked);
    if (worked && fault == HF_OK) {
        hf_port.system.put_request(request); // what was asked for is done on a machine that has done nothing else
        hf_port.system.reset();
    }
    if (request == HF_REQUEST_UPDATE) {
        hf_update_mode(HF_REASON_REQUEST);
    }
    // Update mode itself asks for the start after BOOT: the user's finger may still be on the button.
    if (request != HF_REQUEST_START && hf_port.system.button()) {
        hf_update_mode(HF_REASON_BUTTON);
    }
    if (request != HF_REQUEST_START && hf_install_rejected()) {
        hf_update_mode(HF_REASON_REJECTED);
    }
    if (fault == HF_OK && HF_RECOVERY_WINDOW_MS != 0 && request != HF_REQUEST_START) {
        hf_update_mode(HF_REASON_WINDOW);
    }
    if (fault == HF_OK) {
        fault = hf_install_starting();
    }
    if (fault == HF_OK) {
        hf_image_start(fault);
    }
    hf_update_mode(HF_REASON_BAD_IMAGE);
}
