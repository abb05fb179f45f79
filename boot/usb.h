// SPDX-License-Identifier: MIT
// A USB device with nothing but its control endpoint: chapter 9 of USB 2.0, and the door to the DFU class.
#ifndef HF_USB_H
#define HF_USB_H

#include <stdbool.h>
#include <stdint.h>

struct hf_link;
extern const struct hf_link hf_usb;

#define HF_USB_PACKET 64u // bytes of the control endpoint's largest packet

// A SETUP packet (USB 2.0, 9.3), little-endian as on the wire.
struct hf_usb_setup {
    uint8_t bmRequestType, bRequest;
    uint16_t wValue, wIndex, wLength;
};
_Static_assert(sizeof(struct hf_usb_setup) == 8, "a SETUP packet is a wire format");

// What is to be done about a request.
typedef enum hf_usb_answer {
    HF_USB_STALL,  // not supported, or not now
    HF_USB_STATUS, // done, no data
    HF_USB_SEND,   // reply->data, reply->size go to the host
    HF_USB_TAKE,   // wLength bytes come to reply->data, then the taker is called
    HF_USB_LATER,  // ask again: the host is kept waiting (NAK) meanwhile
} hf_usb_answer;

struct hf_usb_reply {
    uint8_t *data; // USB only reads it for HF_USB_SEND; valid until the next request
    uint16_t size;
};

// The class: dfu.c.
hf_usb_answer hf_dfu_request(const struct hf_usb_setup *setup, struct hf_usb_reply *reply);
void hf_dfu_taken(const struct hf_usb_setup *setup); // the data of a HF_USB_TAKE has arrived
void hf_dfu_done(void);  // the transfer of the last request has ended well, status stage included
void hf_dfu_reset(void); // the bus was reset
void hf_dfu_poll(bool between_transfers); // work: programming, erasing (between transfers only), leaving
void hf_dfu_forget(void); // no host is there yet, or it has gone

// Makes this the reply, and returns HF_USB_SEND: usb.c. The bytes stay where they are until the transfer has ended.
hf_usb_answer hf_usb_send(struct hf_usb_reply *reply, const void *data, uint16_t size);

// Descriptors: usb_descriptors.c. which: type and index as in GET_DESCRIPTOR's wValue. HF_USB_STALL when there is none.
hf_usb_answer hf_usb_descriptor(uint16_t which, struct hf_usb_reply *reply);
// The Microsoft OS 2.0 descriptor set, asked for by this vendor request with this wIndex.
hf_usb_answer hf_usb_ms_descriptor_set(struct hf_usb_reply *reply);
#define HF_USB_VENDOR_MS           0x20u
#define HF_USB_MS_DESCRIPTOR_INDEX 7u

#endif
