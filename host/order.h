// SPDX-License-Identifier: MIT
// Signed orders to one device (formats/hf_order.h, docs/orders.md): making, reading and sending them.
#ifndef HF_HOST_ORDER_H
#define HF_HOST_ORDER_H

#include "classic.h"
#include "dfu.h"
#include "hf_order.h"
#include "signing_key.h"

#define HF_ORDER_SIZE  sizeof(struct hf_signed_order)
#define HF_DEVICE_TEXT 25 // 24 hexadecimal digits and the end

typedef struct hf_order_wish {
    const hf_board *board;
    hf_order_kind kind;
    uint8_t device[12];
    uint32_t number;
    uint32_t version; // HF_ORDER_DOWNGRADE
} hf_order_wish;

// Makes and signs an order. HF_E_USAGE (the board takes no orders, or none of this kind), HF_E_FOREIGN_KEY, HF_E_TOKEN,
// HF_E_MEMORY.
hf_error hf_order_make(const hf_order_wish *wish, const hf_signing_key *key, uint8_t order[HF_ORDER_SIZE],
                       hf_problem *problem);

// Reads the file that holds one; writes one. HF_E_READ, HF_E_MALFORMED; HF_E_WRITE.
hf_error hf_order_load(const char *path, uint8_t order[HF_ORDER_SIZE], hf_problem *problem);
hf_error hf_order_save(const char *path, const uint8_t order[HF_ORDER_SIZE], hf_problem *problem);

// A device in update mode, at one end of a cable.
typedef struct hf_order_link {
    hf_transport *transport;           // a serial line, or NULL
    const hf_classic_options *options; // of the serial line: speed and patience
    hf_dfu_device *usb;                // when there is no serial line
    const hf_listener *listener;
} hf_order_link;

// What the device tells of itself. HF_E_NO_ORDERS when its bootloader takes none, and the errors of the link.
hf_error hf_order_identify(const hf_order_link *link, struct hf_identity *identity, hf_problem *problem);

// Has the device obey an order. HF_E_ORDER_REFUSED, and the errors of the link.
hf_error hf_order_send(const hf_order_link *link, const uint8_t order[HF_ORDER_SIZE], hf_problem *problem);

// "0123456789ABCDEF01234567", as the device's USB serial number shows it. hf_device_parse: false when it is none.
void hf_device_text(const uint8_t device[12], char text[HF_DEVICE_TEXT]);
bool hf_device_parse(const char *text, uint8_t device[12]);

#endif
