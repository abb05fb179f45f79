// SPDX-License-Identifier: MIT
// Constants and structures of the fast protocol, specified in docs/uart-protocol.md. Numbers are little-endian but the
// CRC-16 (HF_CRC16_POLY, HF_CRC16_INIT in hf_classic.h), whose remainder over what it guards and itself is then zero.
#ifndef HF_FAST_H
#define HF_FAST_H

#include <stddef.h>
#include <stdint.h>

#include "hf_image.h"

#define HF_FAST_VERSION 1u

#define HF_FAST_LEAD 0xF5u // begins every frame, in both directions; no other protocol's command

// What a host asks. The argument is an address unless it is said otherwise.
#define HF_FAST_HELLO  0u // who are you? Answer: struct hf_fast_info
#define HF_FAST_POLL   1u // nothing: the answer tells that all before it has been looked at
#define HF_FAST_DIGEST 2u // what stands there? Payload: size. Answer: struct hf_fast_digest
#define HF_FAST_BEGIN  3u // data will follow from there on
#define HF_FAST_DATA   4u // payload: content for there
#define HF_FAST_PACKED 5u // payload: the same, packed (hf_packed.h)
#define HF_FAST_IMAGE  6u // argument: 0 installed, 1 received. Is it valid? Answer: struct hf_fast_image when it is
#define HF_FAST_CHECK  7u // may what was received be started?
#define HF_FAST_START  8u // the same, and if so, start it
#define HF_FAST_BAUD   9u // argument: bits per second from the answer on
#define HF_FAST_STATUS 10u // Answer: struct hf_status (hf_status.h), or nothing where no records are kept
#define HF_FAST_IDENTITY 11u // Answer: struct hf_identity (hf_order.h), or nothing where no orders are taken
#define HF_FAST_REQUESTS 12u

#define HF_FAST_PAYLOAD 1024u // of a frame, at most, packed or not

// Timing, in milliseconds.
#define HF_FAST_FRAME_MS   1000u // a frame must be complete
#define HF_FAST_SILENCE_MS 3000u // no good frame for so long: the session is over, the next host may have another speed
#define HF_FAST_TRIAL_MS   500u  // no good frame for so long after BAUD: the old speed again

// A host's frame, behind the lead-in: this, then, unless size is 0, the payload and its CRC-16.
struct hf_fast_request {
    uint8_t type;
    uint8_t tag;   // the answer repeats it
    uint16_t size; // of the payload
    uint32_t argument;
    uint8_t crc16[2];
};
#define HF_FAST_REQUEST_SIZE 10u // on the wire

// The device's frame, behind the lead-in: this, size bytes of payload, then the CRC-16 of all that.
struct hf_fast_answer {
    uint8_t tag;    // of the frame it answers
    uint8_t status; // 0, or an hf_err
    uint16_t size;
    uint32_t next; // where data is awaited
};

#define HF_FAST_ANSWER_MAX 68u // bytes of payload in an answer

struct hf_fast_info {
    uint8_t version;       // of the protocol
    uint8_t program_bytes; // data comes in multiples of this
    uint16_t chip_id;      // DEV_ID
    uint32_t window;       // bytes of frames that may be under way
    uint32_t product_id;
    uint32_t address, size;   // of the application, as it is linked
    uint16_t erase_ms;        // one sector, at worst
    uint8_t received_apart;   // 1: an image is received elsewhere and then installed
    uint8_t enciphered;       // 1: images are, and nothing is read back: DIGEST is refused, IMAGE's digest is 0
    uint8_t unique_id[12];
};

struct hf_fast_digest {
    uint32_t size; // bytes that were looked at: not beyond the end of the sectors that are erased together
    uint32_t digest;
};

struct hf_fast_image {
    struct hf_trailer trailer;
    uint32_t digest; // of the whole image, trailer and signature included
};

// The digest of content. No CRC: those of contents that carry their own CRC are all the same.
#define HF_FAST_DIGEST_START 0u
static inline uint32_t hf_fast_digest_step(uint32_t digest, uint32_t word)
{
    digest = (digest ^ word) * 0x9E3779B1u;
    return digest >> 15 | digest << 17;
}

_Static_assert(offsetof(struct hf_fast_request, crc16) == 8, "a request is a wire format");
_Static_assert(sizeof(struct hf_fast_answer) == 8, "an answer is a wire format");
_Static_assert(sizeof(struct hf_fast_info) == 36, "so is what the device tells of itself");

#endif
