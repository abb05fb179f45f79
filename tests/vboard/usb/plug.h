// SPDX-License-Identifier: MIT
// A board that runs a guest with OTG_FS, plugged into the virtual host and enumerated.
#ifndef USB_PLUG_H
#define USB_PLUG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "usb/enumerate.h"

#define PLUG_ADDRESS 5

typedef struct usb_plug {
    hf_board description;
    vb_board *board;
    vb_usb_host *host;
    vb_usb_enumeration enumeration;
    int enumerated; // 0 not yet, 1 known, -1 failed
} usb_plug;

// Loads the guest's ELF, switches the board on, opens the host; the cable is not plugged in.
// Reports are printed.
void plug_open(usb_plug *plug, const char *elf);
void plug_close(usb_plug *plug);
void plug_run(usb_plug *plug, vb_time time);
// Plugs in when necessary and enumerates. SET_CONFIGURATION(1) at the end.
void plug_enumerate(usb_plug *plug);
// Runs until the port is in this state; fails after two seconds.
void plug_wait(usb_plug *plug, vb_usb_state state);

vb_usb_status plug_control(usb_plug *plug, uint8_t type, uint8_t request, uint16_t value,
                           uint16_t index, void *data, uint16_t size, size_t *actual);
vb_urb plug_bulk(uint8_t address, void *data, size_t size); // address with direction bit
uint32_t plug_result(usb_plug *plug, unsigned nth);         // a word of the guest's results
void plug_expect_clean(usb_plug *plug);                     // no report of any kind

#endif
