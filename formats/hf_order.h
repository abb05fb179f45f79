// SPDX-License-Identifier: MIT
// A signed order: what somebody who holds a key of the board tells one device to do, once. Specified in docs/orders.md.
// All fields are little-endian.
#ifndef HF_ORDER_H
#define HF_ORDER_H

#include <stdint.h>

#include "hf_image.h"

#define HF_ORDER_MAGIC 0x444F4648u // "HFOD" in memory order: no stack pointer, so that no order is an image, nor the reverse

typedef enum hf_order_kind {
    HF_ORDER_DOWNGRADE = 1, // versions from version on may be installed again; the security counter never falls
    HF_ORDER_PROTECT = 2,   // the chip's protection, as the board file has it
} hf_order_kind;

struct hf_order {
    uint32_t magic;            // HF_ORDER_MAGIC
    uint32_t kind;             // hf_order_kind
    uint32_t product_id;       // as in the image's trailer
    uint32_t device[3];        // unique id of the chip it is for
    uint32_t number;           // above that of every order the device has obeyed: each is obeyed once
    uint32_t version;          // HF_ORDER_DOWNGRADE, else 0
    uint32_t reserved[8];      // 0
};

// What travels. The signature covers the order and its own first 32 bytes, as that of an image does.
struct hf_signed_order {
    struct hf_order order;
    struct hf_signature signature;
};

_Static_assert(sizeof(struct hf_order) == 64, "an order is a wire format");
_Static_assert(sizeof(struct hf_signed_order) == 192, "so is its envelope");

// What a device tells of itself to whoever wants to write it an order.
struct hf_identity {
    uint8_t device[12];   // unique id of the chip
    uint32_t last_number; // of the last order it has obeyed; 0: none
    uint8_t read_level;   // of the chip's read protection: 0, 1, 2; HF_IDENTITY_UNTOLD: this build does not look
    uint8_t write;        // 1: the bootloader's sectors are write-protected; HF_IDENTITY_UNTOLD
    uint8_t reserved[2];  // 0
};

_Static_assert(sizeof(struct hf_identity) == 20, "an identity is a wire format");

#define HF_IDENTITY_UNTOLD 0xFFu

// On the serial line. IDENTIFY: ACK, then the identity. ORDER: ACK, the host sends the envelope, then ACK or NAK.
#define HF_SERIAL_IDENTIFY 0x49u // 'I'
#define HF_SERIAL_ORDER    0x4Fu // 'O'

#endif
