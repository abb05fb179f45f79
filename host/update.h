// SPDX-License-Identifier: MIT
// What all updates share, whatever the protocol: phases, who listens, what is told at the end.
#ifndef HF_UPDATE_H
#define HF_UPDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum hf_phase { HF_PHASE_SYNC, HF_PHASE_ENTER, HF_PHASE_COMPARE, HF_PHASE_ERASE, HF_PHASE_WRITE, HF_PHASE_VERIFY, HF_PHASE_BOOT } hf_phase;
const char *hf_phase_name(hf_phase phase); // "sync", "erase", ...

// Who wants to know. Each function may be NULL. They are called from inside hf_flash_...
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
    const char *protocol; // "classic", "fast" or "dfu"
    uint32_t baud;        // of the transfer
    bool entered;         // the bootloader had to be brought about first
    // The fast protocol's.
    uint32_t skipped;     // bytes that stood there already
    uint32_t wire;        // bytes of frames sent, repetitions included
    uint32_t packed;      // bytes of the image that travelled packed
    uint32_t resumed;     // bytes an earlier transfer had left
    uint32_t reconnects;
    bool unchanged;       // the device has this image installed: nothing was sent
} hf_flash_report;

#endif
