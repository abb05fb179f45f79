// SPDX-License-Identifier: MIT
// The fast protocol, host side (docs/uart-protocol.md).
#ifndef HF_HOST_FAST_H
#define HF_HOST_FAST_H

#include <stdbool.h>
#include <stdint.h>

#include "hf_fast.h"
#include "hf_image.h"
#include "hf_order.h"
#include "hf_status.h"
#include "transport.h"
#include "update.h"

typedef struct hf_fast_options {
    uint32_t baud;    // of the line when the device is met
    uint32_t faster;  // speed to change to, if the transport can; 0: none. It stays when the device is not heard there
    uint32_t wait_ms; // patience for the first answer to SYNC
    bool pack;        // send content packed where that saves time
    bool boot;        // start the application at the end
    bool force;       // send what stands there already, and whatever product the device says it is
} hf_fast_options;

// What a device tells of itself.
typedef struct hf_fast_device {
    struct hf_fast_info info;
    uint32_t next;                // where it awaits data: an update that broke off got so far; 0: there is none
    uint8_t installed, received;  // why the image is not valid: a device's error (hf_device_error), 0: it is
    struct hf_trailer installed_trailer, received_trailer; // of images that are valid
    bool keeps_records, takes_orders;
    struct hf_status status;     // when it keeps records
    struct hf_identity identity; // when it takes orders: protection, above all
} hf_fast_device;

// What came of knocking at a bootloader.
typedef struct hf_fast_meeting {
    bool speaks;              // the fast protocol; the rest is only known then
    struct hf_fast_info info;
    uint8_t tag;              // of the last frame sent
} hf_fast_meeting;

// Waits for a bootloader and finds out whether it speaks the fast protocol. HF_E_NO_ANSWER, HF_E_STRANGER, HF_E_LINK_LOST,
// HF_E_INTERRUPTED.
hf_error hf_fast_meet(hf_transport *transport, const hf_fast_options *options, const hf_listener *listener,
                      hf_fast_meeting *meeting, hf_problem *problem);

// Updates a device that speaks, right after hf_fast_meet has met it; it may go on where an earlier update broke off. HF_OK means
// that the device has compared its flash with the image (where images travel enciphered: read back what it programmed), found
// the image valid, and agreed to start it if that was asked for. *report is valid after failures too. HF_E_WRONG_TARGET,
// HF_E_TRANSIT, HF_E_TOO_BIG, HF_E_NAK (flash error), HF_E_SILENT, HF_E_VERIFY, HF_E_BOOT,
// HF_E_LINK_LOST, HF_E_INTERRUPTED, HF_E_MEMORY, HF_E_USAGE (nothing to send).
hf_error hf_flash_fast(hf_transport *transport, const hf_fast_meeting *meeting, const void *image, size_t size,
                       const hf_fast_options *options, const hf_listener *listener, hf_flash_report *report, hf_problem *problem);

// Asks a device that hf_fast_meet has met. HF_E_SILENT, HF_E_LINK_LOST, HF_E_INTERRUPTED.
hf_error hf_fast_ask_device(hf_transport *transport, const hf_fast_options *options, const hf_listener *listener,
                            hf_fast_device *device, hf_problem *problem);

// A device's error in words: 0x0A becomes "CRC: content and CRC-32 disagree".
const char *hf_device_error(uint8_t status);

#endif
