// SPDX-License-Identifier: MIT
// The USB cable of the bench board, as the host sees it: control transfers packet by packet, and DFU requests made of
// them. Packets take their time at full speed; who breaks a transfer off says after how many packets.
#ifndef HF_TEST_BENCH_USB_H
#define HF_TEST_BENCH_USB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hf_dfu.h"

typedef enum usb_end {
    USB_DONE,
    USB_STALLED,
    USB_CUT,       // the host broke it off, as usb_cut_after told it to
    USB_TIMED_OUT, // kept waiting for 5 s
} usb_end;

#define USB_IN  0x80u
#define USB_ALL 0xFFFFFFFFu

// A bus reset, then SET_ADDRESS and SET_CONFIGURATION.
void usb_plug(void);
void usb_bus_reset(void);

// One control transfer. *actual: bytes moved; may be NULL.
usb_end usb_control(uint8_t type, uint8_t request, uint16_t value, uint16_t index, void *data, uint16_t length,
                    size_t *actual);
// The next transfers end after this many packets, the SETUP counted; USB_ALL: not any more.
void usb_cut_after(uint32_t packets);
// Announces `length` bytes of an OUT transfer, sends fewer: a host with a bug.
usb_end usb_control_short(uint8_t request, uint16_t value, const void *data, uint16_t length, uint16_t sent);

bool usb_attached(void); // the device pulls D+ up
uint8_t usb_address(void);

typedef struct dfu_status {
    hf_dfu_status status;
    uint32_t poll_ms;
    hf_dfu_state state;
} dfu_status;

usb_end dfu_get_status(dfu_status *status);
hf_dfu_state dfu_state(void); // by GETSTATE, which changes nothing
usb_end dfu_request(uint8_t request, uint16_t value, void *data, uint16_t length, size_t *actual);
usb_end dfu_download(uint16_t number, const void *data, uint16_t size);

// As dfu-util does: a request, then GETSTATUS until the device is not busy, waiting as long as it says.
dfu_status dfu_settle(void);
dfu_status dfu_command(uint8_t command, uint32_t address);
dfu_status dfu_write(uint32_t address, const void *data, uint32_t size); // set address and block 2, piece by piece
dfu_status dfu_update(const void *image, uint32_t size); // erases what it needs, writes, aborts to dfuIDLE
usb_end dfu_leave(void); // zero-length DNLOAD, then the status that says dfuMANIFEST

#endif
