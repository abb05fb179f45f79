// SPDX-License-Identifier: MIT
// The frames of a classic session: one or two in flight, retries, and the doubt a lost answer leaves.
//
// Frames carry no number. Answers come in the order of the frames, so each belongs to the oldest one outstanding. After
// anything else than an ACK the host stops, waits for quiet and counts: when every outstanding frame was acknowledged
// after all, it goes on; when none was, it sends them again; when only some were, a frame stands in the wrong place.
#include <string.h>

#include "bytes.h"
#include "classic_session.h"
#include "listener.h"

#define LATENCY_MS 1000u // of adapters and schedulers, on top of the device's own patience
#define QUIET_MS   100u  // the device answers within 10 ms of quiet; the rest is latency
#define LATE_MS    1000u // a NAK this late may be the device's impatience after an ACK that was lost

typedef struct transfer {
    session *s;
    uint32_t frames;      // in the image
    uint32_t acked, sent; // of them; sent - acked are in flight
    unsigned failures;    // of the oldest frame, in a row
} transfer;

uint16_t hf_crc16(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint16_t crc = HF_CRC16_INIT;
    for (size_t i = 0; i < size; i++) {
        crc ^= (uint16_t)(at[i] << 8);
        for (int bit = 0; bit < 8; bit++) {
            crc = (uint16_t)((uint32_t)crc << 1 ^ (crc & 0x8000 ? HF_CRC16_POLY : 0));
        }
    }
    return crc;
}

static uint32_t frame_size(const session *s)
{
    return 1 + s->payload + (s->options->classroom ? 0 : 2);
}

static void build_frame(const session *s, uint32_t number, uint8_t *frame)
{
    uint32_t from = number * s->payload;
    uint32_t length = s->size - from < s->payload ? s->size - from : s->payload;
    frame[0] = HF_CLASSIC_DATA;
    memset(frame + 1, 0xFF, s->payload);
    memcpy(frame + 1, s->image + from, length);
    if (!s->options->classroom) {
        hf_put16be(frame + 1 + s->payload, hf_crc16(frame + 1, s->payload));
    }
}

static hf_error send_next(transfer *t)
{
    session *s = t->s;
    uint8_t frame[SESSION_FRAME_MAX];
    build_frame(s, t->sent, frame);
    if (t->sent + 1 == s->options->inject_frame && !s->report->injected) {
        frame[1 + s->payload / 2] ^= 0x10; // behind the CRC's back
        s->report->injected = true;
        hf_tell_log(s->listener, "frame %u: one bit flipped on purpose", (unsigned)t->sent + 1);
    }
    t->sent++;
    return session_send(s, frame, frame_size(s));
}

static hf_error give_up(transfer *t, answer last)
{
    session *s = t->s;
    if (s->doubt && last == ANSWER_NAK) {
        return HF_E_VERIFY; // a doubled frame may have run into the end of the slot
    }
    if (last == ANSWER_NAK) {
        return hf_fail(s->problem, HF_E_NAK, "NAK after retries: the device refused frame %u of %u %u times",
                       (unsigned)t->acked + 1, (unsigned)t->frames, t->failures);
    }
    return hf_fail(s->problem, HF_E_SILENT, "the device stopped answering at frame %u of %u", (unsigned)t->acked + 1,
                   (unsigned)t->frames);
}

static void accept(transfer *t, uint32_t count)
{
    session *s = t->s;
    t->acked += count;
    t->failures = 0;
    uint32_t done = t->acked * s->payload;
    hf_tell_progress(s->listener, HF_PHASE_WRITE, done < s->size ? done : s->size, s->size);
}

// After a NAK or silence: finds out what became of the frames in flight.
static hf_error recover(transfer *t, answer got)
{
    session *s = t->s;
    uint32_t outstanding = t->sent - t->acked;
    unsigned acks;
    if (got == ANSWER_NAK && t->acked + 1 == s->options->inject_frame) {
        s->report->injected_nak = s->report->injected;
    }
    hf_error error = session_settle(s, QUIET_MS + session_wire_ms(s, outstanding * frame_size(s)), &acks);
    if (error) {
        return error;
    }
    s->window = 1;
    if (acks == outstanding) { // that NAK was the end of an earlier silence
        accept(t, outstanding);
        return HF_OK;
    }
    if (acks > 0) {
        hf_tell_log(s->listener, "frame %u: refused, but a later one was taken", (unsigned)t->acked + 1);
        return HF_E_VERIFY;
    }
    if (++t->failures > HF_CLASSIC_RETRIES) {
        return give_up(t, got);
    }
    s->report->resent += outstanding;
    hf_tell_log(s->listener, "frame %u: %s, sent again", (unsigned)t->acked + 1, got == ANSWER_NAK ? "NAK" : "no answer");
    t->sent = t->acked;
    return HF_OK;
}

static hf_error step(transfer *t)
{
    session *s = t->s;
    hf_error error = HF_OK;
    if (t->sent == t->acked) {
        unsigned acks; // what came unasked answers no frame
        error = session_settle(s, 0, &acks);
    }
    while (!error && t->sent < t->frames && t->sent - t->acked < s->window) {
        error = send_next(t);
    }
    answer got = ANSWER_NONE;
    if (!error) {
        uint32_t wire = session_wire_ms(s, (t->sent - t->acked) * frame_size(s));
        uint64_t asked = session_now(s);
        error = session_answer(s, HF_CLASSIC_FRAME_MS + LATENCY_MS + wire, &got);
        s->doubt |= session_now(s) - asked > LATE_MS;
    }
    if (error) {
        return error;
    }
    if (got != ANSWER_ACK) {
        return recover(t, got);
    }
    accept(t, 1);
    return HF_OK;
}

hf_error session_transfer(session *s)
{
    transfer t = {.s = s, .frames = (s->size + s->payload - 1) / s->payload};
    uint64_t start = session_now(s);
    s->report->frames = t.frames;
    hf_tell_progress(s->listener, HF_PHASE_WRITE, 0, s->size);
    hf_error error = HF_OK;
    while (!error && t.acked < t.frames) {
        error = step(&t);
    }
    s->report->write_ms = (uint32_t)(session_now(s) - start);
    return error;
}
