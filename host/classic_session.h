// SPDX-License-Identifier: MIT
// Inside libholdfast: a session of the classic protocol, and its dealings with the line.
#ifndef HF_CLASSIC_SESSION_H
#define HF_CLASSIC_SESSION_H

#include "classic.h"
#include "hf_classic.h"

#define SESSION_FRAME_MAX (1 + HF_CLASSIC_PAYLOAD + 2)
#define SESSION_HEARD_MAX 24

typedef struct session {
    hf_transport *transport;
    const hf_classic_options *options;
    const hf_listener *listener;
    hf_flash_report *report;
    hf_problem *problem;
    const uint8_t *image;
    uint32_t size;
    uint32_t payload; // bytes per frame
    unsigned window;  // frames in flight
    bool doubt;       // since ERASE an answer was late, missing or too many: the next ones may belong to something else
    uint8_t heard[SESSION_HEARD_MAX]; // what came instead of an answer to SYNC
    size_t heard_count;
    unsigned refusals; // NAKs to SYNC
} session;

typedef enum answer { ANSWER_NONE, ANSWER_ACK, ANSWER_NAK } answer;

uint64_t session_now(session *s);

// How long this many bytes take on the wire, rounded up.
uint32_t session_wire_ms(const session *s, uint32_t bytes);

hf_error session_send(session *s, const void *bytes, size_t size);

// Waits for one byte. *byte is -1 when none came in time.
hf_error session_receive(session *s, uint32_t timeout_ms, int *byte);

// Exactly size bytes, each within timeout_ms; HF_E_SILENT when they stop before.
hf_error session_receive_all(session *s, void *to, size_t size, uint32_t timeout_ms);

// SYNC, then a command of one byte that is asked once. *got is ANSWER_ACK, or ANSWER_NAK: it is not known. HF_E_SILENT.
hf_error session_ask(session *s, uint8_t command, uint32_t timeout_ms, answer *got);

// Waits for ACK or NAK; other bytes are noise and ignored. Counts NAKs and time-outs; a time-out raises doubt.
hf_error session_answer(session *s, uint32_t timeout_ms, answer *got);

// Reads until the line was quiet for quiet_ms, at most 2 s longer; counts the ACKs that came. An answer nobody
// waited for raises doubt.
hf_error session_settle(session *s, uint32_t quiet_ms, unsigned *acks);

// Sends 7F until the bootloader answers.
hf_error session_sync(session *s);

// Sends 7F once and waits for an ACK, without making sure that it was no letter of a text. Remembers what else came.
hf_error session_knock(session *s, uint32_t timeout_ms, bool *acknowledged);

// Nobody there, or no bootloader: HF_E_NO_ANSWER or HF_E_STRANGER.
hf_error session_explain_silence(session *s);

// Sends a command until it is acknowledged: again after up to refusals NAKs and silences time-outs. *got is the last
// answer.
hf_error session_command(session *s, const void *bytes, size_t size, uint32_t timeout_ms, unsigned refusals,
                         unsigned silences, answer *got);

// Sends all frames of the image. HF_E_VERIFY (without words) when what the device wrote is in doubt: start over.
hf_error session_transfer(session *s);

#endif
