// SPDX-License-Identifier: MIT
// Finding out what is at the virtual host's port: reset, address, descriptors.
#ifndef VB_USB_ENUMERATE_H
#define VB_USB_ENUMERATE_H

#include "vb_usb.h"

#define VB_USB_CONFIGURATIONS     4
#define VB_USB_CONFIGURATION_SIZE 1024

// What a device says of itself.
typedef struct vb_usb_known {
    uint8_t address;
    uint8_t device[18];     // device descriptor
    uint8_t configurations; // how many of those below are filled in
    uint16_t sizes[VB_USB_CONFIGURATIONS];
    uint8_t descriptors[VB_USB_CONFIGURATIONS]
                       [VB_USB_CONFIGURATION_SIZE]; // configurations with all that is in them
} vb_usb_known;

typedef void (*vb_usb_enumerated_fn)(void *context, bool known);

// An enumeration under way. It owns nothing but lives until it is over or the host is closed.
typedef struct vb_usb_enumeration {
    vb_usb_host *host;
    vb_usb_enumerated_fn done;
    void *context;
    vb_usb_known known;
    int step;
    unsigned tries;
    vb_urb urb;
    uint8_t data[VB_USB_CONFIGURATION_SIZE];
} vb_usb_enumeration;

// Begins; the port has a device. Address is what the device gets, 1 to 127. done comes once, from
// within vb_run: false when three attempts have failed. No configuration is chosen. Tell it of
// every change of the port's state.
void vb_usb_enumerate(vb_usb_enumeration *run, vb_usb_host *host, uint8_t address,
                      vb_usb_enumerated_fn done, void *context);
void vb_usb_enumerate_port(vb_usb_enumeration *run, vb_usb_state state);
// Forgets an enumeration under way; done does not come.
void vb_usb_enumerate_stop(vb_usb_enumeration *run);

// -- descriptors --------------------------------------------------------------------------------
// The configuration with this bConfigurationValue; NULL when there is none. size is its total
// length.
const uint8_t *vb_usb_configuration(const vb_usb_known *known, uint8_t value, size_t *size);

// Walks descriptors: *at is 0 at first. NULL at the end, or where the chain of lengths breaks.
const uint8_t *vb_usb_descriptor(const uint8_t *all, size_t size, size_t *at);

#endif
