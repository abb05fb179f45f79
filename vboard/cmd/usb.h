// SPDX-License-Identifier: MIT
// The board's USB socket: a USB/IP server that a Linux machine attaches.
#ifndef VB_CMD_USB_H
#define VB_CMD_USB_H

#include "cmd.h"
#include "pollset.h"
#include "usb/usbip.h"

typedef struct cmd_usb {
    vb_usb_host *host; // NULL: no --usbip
    vb_usbip *server;
} cmd_usb;

// Plugs the board into a virtual host and offers what it finds on this port; *port 0 lets the
// system choose and then holds its choice. False with words in why.
bool cmd_usb_open(cmd_usb *usb, vb_board *board, uint16_t *port, char *why, size_t size);
void cmd_usb_close(cmd_usb *usb);

void cmd_usb_prepare(const cmd_usb *usb, pollset *set);
void cmd_usb_serve(cmd_usb *usb);
bool cmd_usb_present(const cmd_usb *usb); // somebody uses the device, or waits for it

// -- the control command --------------------------------------------------------------------------
bool cmd_usb_plugged(const cmd_usb *usb);
void cmd_usb_plug(cmd_usb *usb, bool in);
const char *cmd_usb_describe(const cmd_usb *usb, char text[32]);

#endif
