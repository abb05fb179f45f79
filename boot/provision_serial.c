// SPDX-License-Identifier: MIT
// Provisioning on the serial line (docs/provisioning.md): TELL and PROVISION.
#include "boot.h"
#include "hf_classic.h"
#include "provision.h"
#include "serial.h"

static void serve_tell(void)
{
    struct hf_provision it;
    if (!hf_provision_read(&it)) {
        __builtin_memset(&it, 0xFF, sizeof it);
    }
    hf_serial_send(HF_CLASSIC_ACK);
    hf_serial_send_all(&it, sizeof it);
}

static void serve_provision(void)
{
    struct hf_provision it;
    if (hf_serial_answer(hf_session_begin(&hf_serial))) {
        (void)hf_serial_answer(hf_serial_receive_all(&it, sizeof it, HF_CLASSIC_FRAME_MS) &&
                               hf_provision_write(&it) == HF_OK);
    }
}

static void forget(void)
{
}

static bool serve(uint8_t code)
{
    if ((code != HF_SERIAL_TELL && code != HF_SERIAL_PROVISION) || !hf_serial_is_quiet()) {
        return false;
    }
    if (code == HF_SERIAL_TELL) {
        serve_tell();
    } else {
        serve_provision();
    }
    return true;
}

const struct hf_serial_protocol hf_provisioning = {serve, forget};
