// SPDX-License-Identifier: MIT
// Signed orders to this one device (docs/orders.md): order.c, or order_none.c for boards that take none.
#ifndef HF_BOOT_ORDER_H
#define HF_BOOT_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "hf_order.h"

// Obeys an order, given as it travels, when it is for this device, newer than all before, and signed by a key that counts.
// HF_OK: on record, and done or to be done by hf_order_finish. HF_E_ORDER, HF_E_KEY, HF_E_DIGEST, HF_E_SIGNATURE: it is not
// to be obeyed. Else a flash error.
hf_err hf_order_take(const uint8_t bytes[sizeof(struct hf_signed_order)]);

// Call it when the host has its answer: resets the board, into update mode, when the order takes effect at a reset.
void hf_order_finish(void);

// An order to protect the chip has been obeyed.
bool hf_order_protects(void);

// What an order must know of this device, and how its chip is protected. Returns the size; 0: this board takes no orders.
uint32_t hf_order_identify(uint8_t to[sizeof(struct hf_identity)]);

#endif
