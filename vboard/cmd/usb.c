// SPDX-License-Identifier: MIT
// The board's USB socket.
#include <errno.h>
#include <string.h>

#include "model.h"
#include "usb.h"

// The first controller of the chip that can be a device.
static vb_usb_host *open_host(vb_board *board)
{
    const hf_chip *chip = &vb_description(board)->chip;
    for (size_t i = 0; i < chip->peripherals_count; i++) {
        vb_usb_host *host = vb_usb_open(board, chip->peripherals[i].name);
        if (host != NULL) {
            return host;
        }
    }
    return NULL;
}

bool cmd_usb_open(cmd_usb *usb, vb_board *board, uint16_t *port, char *why, size_t size)
{
    usb->host = open_host(board);
    if (usb->host == NULL) {
        snprintf(why, size, "this chip has no USB controller that is modelled");
        return false;
    }
    usb->server = vb_usbip_open(usb->host, port);
    if (usb->server == NULL) {
        snprintf(why, size, "port %u: %s", *port, strerror(errno));
        return false;
    }
    vb_usb_plug(usb->host);
    return true;
}

void cmd_usb_close(cmd_usb *usb)
{
    vb_usbip_close(usb->server);
    vb_usb_close(usb->host);
    *usb = (cmd_usb){NULL};
}

void cmd_usb_prepare(const cmd_usb *usb, pollset *set)
{
    struct pollfd fds[VB_USBIP_FDS];
    size_t count = usb->server != NULL ? vb_usbip_fds(usb->server, fds) : 0;
    for (size_t i = 0; i < count; i++) {
        pollset_add(set, fds[i].fd, fds[i].events);
    }
}

void cmd_usb_serve(cmd_usb *usb)
{
    if (usb->server != NULL) {
        vb_usbip_serve(usb->server);
    }
}

bool cmd_usb_present(const cmd_usb *usb)
{
    return usb->server != NULL && (vb_usbip_imported(usb->server) || vb_usbip_busy(usb->server));
}

bool cmd_usb_plugged(const cmd_usb *usb)
{
    return vb_usb_port(usb->host) != VB_USB_UNPLUGGED;
}

void cmd_usb_plug(cmd_usb *usb, bool in)
{
    if (in) {
        vb_usb_plug(usb->host);
    } else {
        vb_usb_unplug(usb->host);
    }
}

const char *cmd_usb_describe(const cmd_usb *usb, char text[32])
{
    return vb_usbip_describe(usb->server, text);
}
