// SPDX-License-Identifier: MIT
// Boards that take no orders.
#include "order.h"

hf_err hf_order_take(const uint8_t bytes[sizeof(struct hf_signed_order)])
{
    (void)bytes;
    return HF_E_ORDER;
}

void hf_order_finish(void)
{
}

bool hf_order_protects(void)
{
    return false;
}

uint32_t hf_order_identify(uint8_t to[sizeof(struct hf_identity)])
{
    (void)to;
    return 0;
}
