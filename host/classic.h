// SPDX-License-Identifier: MIT
// The classic UART protocol, host side (docs/uart-protocol.md).
#ifndef HF_HOST_CLASSIC_H
#define HF_HOST_CLASSIC_H

#include <stdbool.h>
#include <stdint.h>

#include "hf_layout.h"
#include "transport.h"
#include "update.h"

typedef struct hf_classic_options {
    uint32_t baud;         // of the line, to know how long a frame takes
    bool classroom;        // 64-byte frames without CRC-16
    bool pipeline;         // two frames in flight (standard profile only)
    bool boot;             // start the application at the end
    uint32_t wait_ms;      // patience for the first answer to SYNC
    uint32_t erase_ms;     // the longest an erase may take
    uint32_t inject_frame; // flip one bit of this frame (from 1) in its first transmission; 0: none
} hf_classic_options;

// Sensible options for any board; with a board (may be NULL) its speed, profile and erase time.
hf_classic_options hf_classic_defaults(const hf_board *board);

// Updates the device behind transport: SYNC, ERASE, DATA, VERIFY, BOOT. Frames that are refused or not answered are sent
// up to HF_CLASSIC_RETRIES times again; when VERIFY fails it starts over from ERASE up to twice. *report is valid after
// failures too. HF_E_NO_ANSWER, HF_E_STRANGER, HF_E_ERASE, HF_E_NAK, HF_E_SILENT, HF_E_VERIFY, HF_E_BOOT,
// HF_E_LINK_LOST, HF_E_INTERRUPTED, HF_E_USAGE (nothing to send, or no such frame to inject an error into).
hf_error hf_flash_classic(hf_transport *transport, const void *image, size_t size, const hf_classic_options *options,
                          const hf_listener *listener, hf_flash_report *report, hf_problem *problem);

// CRC-16/CCITT-FALSE.
uint16_t hf_crc16(const void *bytes, size_t size);

#endif
