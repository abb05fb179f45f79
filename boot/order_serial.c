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
    for (uint32_t i = 0; i < size; i++) {
        hf_serial_send(bytes[i]);
    }
}

static void serve_order(void)
{
    uint8_t bytes[sizeof(struct hf_signed_order)];
    if (!hf_session_begin(&hf_serial)) {
        hf_serial_refuse();
        return;
    }
    hf_serial_send(HF_CLASSIC_ACK);
    if (!hf_serial_receive_all(bytes, sizeof bytes, HF_CLASSIC_FRAME_MS) || hf_order_take(bytes) != HF_OK) {
        hf_serial_refuse();
        return;
    }
    hf_serial_send(HF_CLASSIC_ACK);
    hf_serial_port.flush();
    hf_order_finish();
}

static void forget(void)
{
}

static const struct hf_command commands[] = {
    {HF_SERIAL_IDENTIFY, true, serve_identify},
    {HF_SERIAL_ORDER, true, serve_order},
};

const struct hf_serial_protocol hf_orders = {commands, sizeof commands / sizeof commands[0], forget};
