// SPDX-License-Identifier: MIT
// Orders. The number of the last one that was obeyed is on record before anything is done: a cut right behind it costs the
// order, and nobody can use one twice.
#include "order.h"

#include "board.h"
#include "floor.h"
#include "hf_mailbox.h"
#include "port.h"
#include "protect.h"
#include "records.h"
#include "signature.h"

static bool reset_due;

// Number of the last order; whether one of them was to protect the chip.
enum { NUMBER, PROTECTS };

static uint32_t past(unsigned what)
{
    uint32_t history[2];
    (void)hf_record_find(HF_RECORD_ORDER, history);
    return history[what];
}

static bool is_ours(const struct hf_order *order)
{
    uint32_t device[3];
    hf_port.system.unique_id((uint8_t *)device);
    uint32_t differences = (order->magic ^ HF_ORDER_MAGIC) | (order->product_id ^ HF_PRODUCT_ID);
    for (unsigned i = 0; i < 3; i++) {
        differences |= order->device[i] ^ device[i];
    }
    return differences == 0 && order->number > past(NUMBER);
}

static hf_err judge(const struct hf_signed_order *envelope)
{
    if (!is_ours(&envelope->order)) {
        return HF_E_ORDER;
    }
    return hf_signature_check((uint32_t)(uintptr_t)envelope, sizeof envelope->order, &envelope->signature);
}

static hf_err obey(const struct hf_order *order)
{
    bool protects = HF_PROTECT_ORDERED && order->kind == HF_ORDER_PROTECT;
    if (!protects && order->kind != HF_ORDER_DOWNGRADE) {
        return HF_E_ORDER;
    }
    hf_err err = hf_record_append(HF_RECORD_ORDER, order->number, past(PROTECTS) | protects);
    if (err != HF_OK || protects) {
        reset_due = protects;
        return err;
    }
    return hf_floor_override(order->version);
}

hf_err hf_order_take(const uint8_t bytes[sizeof(struct hf_signed_order)])
{
    struct hf_signed_order envelope;
    __builtin_memcpy(&envelope, bytes, sizeof envelope); // words want alignment
    hf_err err = judge(&envelope);
    if (err == HF_OK) {
        err = judge(&envelope); // one fault must not be enough
    }
    return err == HF_OK ? obey(&envelope.order) : err;
}

void hf_order_finish(void)
{
    if (reset_due) {
        hf_port.system.put_request(HF_REQUEST_UPDATE);
        hf_port.system.reset();
    }
}

bool hf_order_protects(void)
{
    return past(PROTECTS) != 0;
}

uint32_t hf_order_identify(uint8_t to[sizeof(struct hf_identity)])
{
    struct hf_protection protection = hf_protection();
    struct hf_identity identity = {
        .last_number = past(NUMBER), .read_level = protection.read_level, .write = protection.write};
    hf_port.system.unique_id(identity.device);
    __builtin_memcpy(to, &identity, sizeof identity);
    return sizeof identity;
}
