// SPDX-License-Identifier: MIT
// A USB/IP server: what is at the virtual host's port becomes a device of a real Linux machine.
//
// Protocol 1.1.1 as the kernel documents it (Documentation/usb/usbip_protocol.rst), on 127.0.0.1,
// one importer at a time. The server finds out by itself what the device is; an importer then talks
// to it at the address it got. When the device goes, the importer's connection is closed, which its
// kernel takes for a pulled plug. Isochronous transfers are refused.
#ifndef VB_USBIP_H
#define VB_USBIP_H

#include <poll.h>

#include "vb_usb.h"

typedef struct vb_usbip vb_usbip;

#define VB_USBIP_BUSID "1-1"
#define VB_USBIP_FDS   9 // at most so many descriptors

// Listens on this port, 0 lets the system choose; *port is where it listens. The host's port
// call-back is the server's from now on. NULL with errno set. The server is closed before the host.
vb_usbip *vb_usbip_open(vb_usb_host *host, uint16_t *port);
void vb_usbip_close(vb_usbip *server);

// Fills in what to poll for, at most VB_USBIP_FDS, and returns how many there are.
size_t vb_usbip_fds(const vb_usbip *server, struct pollfd *fds);
// Does what can be done without waiting: clients, requests, answers. Call it after each poll and
// after each vb_run.
void vb_usbip_serve(vb_usbip *server);

bool vb_usbip_imported(const vb_usbip *server); // a client uses the device
// A client is waiting for something that only comes as virtual time passes.
bool vb_usbip_busy(const vb_usbip *server);
// For people: "unplugged", "no device", "looking", "1209:0001", "1209:0001 in use". text holds 32
// bytes.
const char *vb_usbip_describe(const vb_usbip *server, char *text);

#endif
