// SPDX-License-Identifier: MIT
// The in-process USB cable: libholdfast's DFU talks to a virtual board in the same program, in virtual time.
#ifndef HF_USB_LINK_H
#define HF_USB_LINK_H

#include "dfu.h"
#include "usb/enumerate.h"
#include "vboard.h"

#define USB_LINK_ADDRESS 5

typedef struct usb_link {
    vb_board *board;
    vb_usb_host *host;
    vb_usb_enumeration enumeration;
    int enumerated; // 0 not yet, 1 known, -1 failed
} usb_link;

// Opens the far end of the board's USB, not plugged in. False when the chip has none.
bool usb_link_open(usb_link *link, vb_board *board);
void usb_link_close(usb_link *link);

// Plugs in when necessary, enumerates and configures, within two virtual seconds.
bool usb_link_plug(usb_link *link);
bool usb_link_attached(const usb_link *link);

// Makes a device for hf_flash_dfu of it, its memory map read.
bool usb_link_dfu(usb_link *link, hf_dfu_device *device);

// One control transfer.
vb_usb_status usb_link_control(usb_link *link, uint8_t type, uint8_t request, uint16_t value, uint16_t index, void *data,
                               uint16_t length, size_t *actual);

// A string descriptor as ASCII; empty when there is none.
void usb_link_string(usb_link *link, uint8_t index, char *text, size_t size);

#endif
