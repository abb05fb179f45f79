// SPDX-License-Identifier: MIT
// What the files of the USB/IP server share.
#ifndef VB_USBIP_IMPL_H
#define VB_USBIP_IMPL_H

#include "enumerate.h"
#include "usbip.h"

#define USBIP_CLIENTS    8
#define USBIP_BUS        1u
#define USBIP_DEVICE     1u         // device number, and its address on the virtual bus
#define USBIP_MAX_DATA   (1u << 20) // bytes in one transfer
#define USBIP_MAX_URBS   1024u      // under way at once
#define USBIP_INTERFACES 16

// -- bytes (usbip_bytes.c)
// ------------------------------------------------------------------------------------------ A
// queue of bytes that grows. lost: memory ran out.
typedef struct usbip_bytes {
    uint8_t *bytes;
    size_t used, room;
    bool lost;
} usbip_bytes;

uint8_t *usbip_grow(usbip_bytes *buffer,
                    size_t size); // room for size bytes at the end, counted as used; NULL: lost
void usbip_drop(usbip_bytes *buffer, size_t size); // from the front
void usbip_free(usbip_bytes *buffer);

static inline uint32_t usbip_get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline uint16_t usbip_get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline void usbip_put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

static inline void usbip_put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

// -- state --------------------------------------------------------------------------------------
typedef struct usbip_client {
    int fd;       // -1: this place is free
    bool ended;   // it will send nothing more
    bool broken;  // to be closed
    bool parting; // to be closed when everything has been sent
    usbip_bytes in, out;
} usbip_client;

typedef struct usbip_urb {
    vb_urb urb;
    struct vb_usbip *server;
    struct usbip_urb *next;
    uint32_t sequence;
    bool in;       // the data goes back to the importer
    bool unlinked; // no answer any more
    uint8_t data[];
} usbip_urb;

typedef enum usbip_state { USBIP_NOTHING, USBIP_LOOKING, USBIP_KNOWN } usbip_state;

struct vb_usbip {
    vb_usb_host *host;
    int door;
    usbip_state state;
    vb_time empty_since; // the port is plugged in and there was nobody from then on
    vb_usb_enumeration enumeration;
    usbip_client clients[USBIP_CLIENTS];
    usbip_client *importer;
    usbip_urb *urbs;
    unsigned urbs_count;
    // as the importer chose:
    uint8_t configuration;                // value, 0: none
    uint8_t alternates[USBIP_INTERFACES]; // by interface number
};

// usbip.c
bool usbip_wait_for_device(const vb_usbip *server); // whether there is one will be known soon
void usbip_importer_left(vb_usbip *server);

// usbip_ops.c: requests before an import. False: not a whole request yet, or not its time.
bool usbip_do_operation(vb_usbip *server, usbip_client *client);

// usbip_urbs.c: requests of the importer. False: not a whole request yet.
bool usbip_do_command(vb_usbip *server, usbip_client *client);
void usbip_forget_urbs(vb_usbip *server);

// usbip_device.c
typedef struct usbip_endpoint {
    vb_usb_kind kind;
    uint16_t max_packet;
    uint8_t interval;
} usbip_endpoint;

// The endpoint with this address as configured now. False: there is none, or it is isochronous.
bool usbip_find_endpoint(const vb_usbip *server, uint8_t address, usbip_endpoint *endpoint);
void usbip_follow_request(vb_usbip *server, const uint8_t *setup); // it was carried out

#endif
