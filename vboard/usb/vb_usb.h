// SPDX-License-Identifier: MIT
// The far end of a USB cable: a virtual host with one full-speed port.
//
// The host lives in the board's virtual time. Packets take their time on the wire (12 Mbit/s,
// stuffed bits counted), frames begin every millisecond, and what the device does not take yet
// (NAK) is tried again as host controllers do: a few times at once, then every 125 us. Interrupt
// endpoints are polled at their interval and go first in a frame; control and bulk transfers share
// the rest of it, packet by packet. Everything happens inside vb_run; callbacks come from there and
// may submit and cancel. There is no hub and one device.
#ifndef VB_USB_H
#define VB_USB_H

#include "model.h"

typedef struct vb_usb_host vb_usb_host;

// Opens the far end of a USB device controller ("otg_fs"), the cable not plugged in. NULL when the
// chip has no such controller, or memory is out. One host per controller; close it before the board
// is destroyed.
vb_usb_host *vb_usb_open(vb_board *board, const char *controller);
void vb_usb_close(vb_usb_host *host); // transfers under way are cancelled without a word

vb_time vb_usb_now(const vb_usb_host *host); // the board's time

// -- cable and port -----------------------------------------------------------------------------
typedef enum vb_usb_state {
    VB_USB_UNPLUGGED,
    VB_USB_EMPTY,     // plugged in, VBUS on, and nobody pulls D+ up, or not for 100 ms yet
    VB_USB_ATTACHED,  // there is a device; it must be reset before it talks
    VB_USB_RESETTING, // 50 ms of reset, 10 ms of recovery
    VB_USB_ENABLED,   // frames and transfers
    VB_USB_SUSPENDED, // the bus is idle
    VB_USB_RESUMING,  // 20 ms of resume signalling, 10 ms of recovery
} vb_usb_state;

void vb_usb_plug(vb_usb_host *host);
void vb_usb_unplug(vb_usb_host *host);
vb_usb_state vb_usb_port(const vb_usb_host *host);
bool vb_usb_settling(
    const vb_usb_host *host); // EMPTY, and ATTACHED within 100 ms if nothing changes

// Each needs a device at the port and is ignored without one. The port is ENABLED after reset and
// resume. A reset ends transfers under way (GONE). A device that asks for remote wake-up is resumed
// without asking.
void vb_usb_reset(vb_usb_host *host);
void vb_usb_suspend(vb_usb_host *host);
void vb_usb_resume(vb_usb_host *host);

// Called at each change of the port's state.
typedef void (*vb_usb_port_fn)(void *context, vb_usb_state state);
void vb_usb_on_port(vb_usb_host *host, vb_usb_port_fn fn, void *context);

unsigned vb_usb_frame(const vb_usb_host *host); // number of the frame under way, 0..2047

// -- transfers ----------------------------------------------------------------------------------
typedef enum vb_usb_kind { VB_USB_CONTROL, VB_USB_BULK, VB_USB_INTERRUPT } vb_usb_kind;

typedef enum vb_usb_status {
    VB_USB_DONE,
    VB_USB_PENDING,
    VB_USB_STALLED,
    VB_USB_NO_ANSWER, // three times in a row
    VB_USB_BABBLE,    // the device sent more than there is room for, or longer packets than its
                      // endpoint has
    VB_USB_SHORT,     // less than size, and short_is_error
    VB_USB_TIMED_OUT,
    VB_USB_CANCELLED,
    VB_USB_GONE, // detached, unplugged or reset
} vb_usb_status;

typedef struct vb_urb vb_urb;
typedef void (*vb_urb_fn)(vb_urb *urb, void *context);

// A transfer. The caller fills in the first part, owns it and the data, and leaves both alone until
// done is called.
struct vb_urb {
    vb_usb_kind kind;
    uint8_t address, endpoint; // endpoint without its direction bit
    bool in;                   // control transfers: taken from the set-up packet instead
    uint16_t max_packet;
    unsigned interval; // interrupt: ms between polls, 0 counts as 1
    uint8_t setup[8];  // control
    uint8_t *data;
    size_t size; // control: at least wLength
    bool short_is_error,
        zero_packet; // zero_packet: bulk out of whole packets ends with an empty one
    vb_time delay;   // before its first packet
    vb_time timeout; // 0: none
    vb_urb_fn done;  // may be NULL
    void *context;

    vb_usb_status status;
    size_t actual; // bytes moved

    vb_urb *next; // from here on the host's own
    vb_time start, deadline;
    unsigned generation;
    int stage;
};

void vb_usb_submit(vb_usb_host *host, vb_urb *urb); // without a device: done comes at once, GONE
void vb_usb_cancel(vb_usb_host *host,
                   vb_urb *urb); // done comes before it returns; nothing when it is not under way

// Submits, and runs the board until done; urb.done is called as well. A transfer without timeout
// gets 5 s.
vb_usb_status vb_usb_transfer(vb_usb_host *host, vb_urb *urb);

// The host puts toggles back to DATA0 by itself on reset, SET_CONFIGURATION and
// CLEAR_FEATURE(ENDPOINT_HALT). Who sends SET_INTERFACE knows which endpoints (with direction bit)
// it concerns.
void vb_usb_toggle_reset(vb_usb_host *host, uint8_t endpoint);

// -- single transactions
// -------------------------------------------------------------------------------------------- For
// tests of a device: one token, its data and the handshake, while no transfer is under way. Runs
// the board until it is over. SILENCE also when the port is not enabled. in: packet.size is filled
// in; ACK means there was data.
typedef enum vb_usb_token { VB_USB_SETUP, VB_USB_OUT, VB_USB_IN } vb_usb_token;
vb_usb_answer vb_usb_transaction(vb_usb_host *host, vb_usb_token token, vb_usb_packet *packet);

#endif
