// SPDX-License-Identifier: MIT
// Inside libholdfast: frames of the fast protocol on their way, and answers.
#ifndef HF_FAST_LINK_H
#define HF_FAST_LINK_H

#include "fast.h"
#include "pack.h"

typedef struct fast_link {
    hf_transport *transport;
    const hf_fast_options *options;
    const hf_listener *listener;
    hf_flash_report *report;
    hf_problem *problem;
    uint32_t baud;
    struct hf_fast_info info;
    packer *packer;        // NULL: content is sent as it is
    uint8_t tag;           // of the last frame sent
    uint64_t wire_free_us; // when all that was sent will have left
    uint8_t heard[512];    // bytes that are no frame yet
    size_t heard_size;
} fast_link;

typedef struct fast_answer {
    struct hf_fast_answer head;
    uint8_t payload[HF_FAST_ANSWER_MAX];
} fast_answer;

// Bytes of a frame with so much payload.
uint32_t fast_frame_bytes(uint32_t size);

uint64_t fast_now(const fast_link *link);
uint32_t fast_erase_ms(const fast_link *link); // how long a device may be deaf, and some

// How long until no more than lead_ms of what was sent is still on its way. Never send further ahead than that: what is
// queued cannot be called back when a frame is lost.
uint32_t fast_wire_ms(const fast_link *link, uint32_t lead_ms);

// Sends a frame and takes the next tag for it.
hf_error fast_send(fast_link *link, uint8_t type, uint32_t argument, const void *payload, uint32_t size);

// The next whole answer within timeout_ms; *got is false when there was none. HF_E_LINK_LOST, HF_E_INTERRUPTED.
hf_error fast_receive(fast_link *link, uint32_t timeout_ms, fast_answer *answer, bool *got);

// Sends a frame again and again until its answer has come with at least `least` bytes. HF_E_SILENT after patience_ms.
hf_error fast_ask(fast_link *link, uint8_t type, uint32_t argument, const void *payload, uint32_t size, uint32_t least,
                  uint32_t patience_ms, fast_answer *answer);

// Drops what was received so far.
hf_error fast_ignore(fast_link *link);

// Sends image[from, to) to address + from, which the device's flash is erased for on the way. HF_E_VERIFY (without words): the
// device has lost its place.
hf_error fast_send_run(fast_link *link, const uint8_t *image, uint32_t from, uint32_t to);

// What the device answered instead of success.
hf_error fast_refused(fast_link *link, uint8_t status, const char *doing);

#endif
