// SPDX-License-Identifier: MIT
// Orders on the serial line (docs/orders.md): IDENTIFY and ORDER.
#include "boot.h"
#include "hf_classic.h"
#include "order.h"
#include "port.h"
#include "serial.h"

static void serve_identify(void)
{
    uint8_t bytes[sizeof(struct hf_identity)];
    uint32_t size = hf_order_identify(bytes);
    hf_serial_send(HF_CLASSIC_ACK);
    hf_serial_send_all(bytes, size);
}

static void serve_order(void)
{
    uint8_t bytes[sizeof(struct hf_signed_order)];
    if (hf_serial_answer(hf_session_begin(&hf_serial)) &&
        hf_serial_answer(hf_serial_receive_all(bytes, sizeof bytes, HF_CLASSIC_FRAME_MS) && hf_order_take(bytes) == HF_OK)) {
        hf_serial_port.flush();
        hf_order_finish();
    }
}

static void forget(void)
{
}

static bool serve(uint8_t code)
{
    if ((code != HF_SERIAL_IDENTIFY && code != HF_SERIAL_ORDER) || !hf_serial_is_quiet()) {
        return false;
    }
    if (code == HF_SERIAL_IDENTIFY) {
        serve_identify();
    } else {
        serve_order();
    }
    return true;
}

const struct hf_serial_protocol hf_orders = {serve, forget};
