// SPDX-License-Identifier: MIT
// The classic UART protocol, host side (docs/uart-protocol.md).
#ifndef HF_HOST_CLASSIC_H
#define HF_HOST_CLASSIC_H

#include <stdbool.h>
#include <stdint.h>

#include "hf_layout.h"
#include "transport.h"

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

typedef enum hf_phase { HF_PHASE_SYNC, HF_PHASE_ERASE, HF_PHASE_WRITE, HF_PHASE_VERIFY, HF_PHASE_BOOT } hf_phase;
const char *hf_phase_name(hf_phase phase); // "sync", "erase", ...

// Who wants to know. Each function may be NULL. They are called from inside hf_flash_classic.
typedef struct hf_listener {
    void *context;
    void (*progress)(void *context, hf_phase phase, uint32_t done, uint32_t total); // bytes; once when a phase begins
    void (*log)(void *context, const char *text);                       // retries and the like, one line each
    void (*trace)(void *context, bool sent, const void *bytes, size_t size); // everything on the line
    bool (*cancelled)(void *context);                                   // true: stop soon
} hf_listener;

typedef struct hf_flash_report {
    uint32_t bytes;       // of the image
    uint32_t frames;
    uint32_t resent;      // frames sent again
    uint32_t naks, timeouts;
    uint32_t restarts;    // times it started over from ERASE
    uint32_t crc32;       // of the image padded with 0xFF to whole frames: what VERIFY compared
    uint32_t write_ms;    // first frame sent to last frame acknowledged, in the pass that counted
    uint32_t total_ms;
    bool injected;        // the bit was flipped
    bool injected_nak;    // and the device answered that frame with NAK
    bool booted;
} hf_flash_report;

// Updates the device behind transport: SYNC, ERASE, DATA, VERIFY, BOOT. Frames that are refused or not answered are sent
// up to HF_CLASSIC_RETRIES times again; when VERIFY fails it starts over from ERASE up to twice. *report is valid after
// failures too. HF_E_NO_ANSWER, HF_E_STRANGER, HF_E_ERASE, HF_E_NAK, HF_E_SILENT, HF_E_VERIFY, HF_E_BOOT,
// HF_E_LINK_LOST, HF_E_INTERRUPTED, HF_E_USAGE (nothing to send, or no such frame to inject an error into).
hf_error hf_flash_classic(hf_transport *transport, const void *image, size_t size, const hf_classic_options *options,
                          const hf_listener *listener, hf_flash_report *report, hf_problem *problem);

// CRC-16/CCITT-FALSE.
uint16_t hf_crc16(const void *bytes, size_t size);

#endif
