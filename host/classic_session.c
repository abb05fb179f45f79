// SPDX-License-Identifier: MIT
// The line of a classic session: bytes, answers, quiet, SYNC, single commands.
#include "classic_session.h"

#include <string.h>

#include "listener.h"

#define SLICE_MS     200u // how long a wish to stop may go unheard
#define SYNC_TRY_MS  400u // a live bootloader answers within 10 ms and the latency of an adapter
#define REFUSALS_MIN    3u // one or two may be what a waiting bootloader says by itself
#define SYNC_END_MS  50u  // an ACK is followed by silence; the letter 'y' of a text is not
#define SETTLE_MS    2000u

uint64_t session_now(session *s)
{
    return s->transport->ops->now_ms(s->transport->context);
}

uint32_t session_wire_ms(const session *s, uint32_t bytes)
{
    uint32_t baud = s->options->baud ? s->options->baud : 115200;
    return (uint32_t)((uint64_t)bytes * 10 * 1000 / baud) + 1; // 8N1: ten bits each
}

hf_error session_send(session *s, const void *bytes, size_t size)
{
    hf_tell_trace(s->listener, true, bytes, size);
    return s->transport->ops->write(s->transport->context, bytes, size, s->problem);
}

hf_error session_receive(session *s, uint32_t timeout_ms, int *byte)
{
    uint64_t end = session_now(s) + timeout_ms;
    *byte = -1;
    for (;;) {
        if (hf_cancelled(s->listener)) {
            return hf_fail(s->problem, HF_E_INTERRUPTED, "interrupted");
        }
        uint64_t now = session_now(s);
        uint32_t left = now < end ? (uint32_t)(end - now) : 0;
        uint8_t one;
        size_t got;
        hf_error error = s->transport->ops->read(s->transport->context, &one, 1, left < SLICE_MS ? left : SLICE_MS,
                                                 &got, s->problem);
        if (error) {
            return error;
        }
        if (got > 0) {
            hf_tell_trace(s->listener, false, &one, 1);
            *byte = one;
            return HF_OK;
        }
        if (session_now(s) >= end) {
            return HF_OK;
        }
    }
}

hf_error session_answer(session *s, uint32_t timeout_ms, answer *got)
{
    uint64_t end = session_now(s) + timeout_ms;
    *got = ANSWER_NONE;
    for (uint64_t now = session_now(s);; now = session_now(s)) {
        int byte;
        hf_error error = session_receive(s, now < end ? (uint32_t)(end - now) : 0, &byte);
        if (error) {
            return error;
        }
        if (byte < 0) {
            s->report->timeouts++;
            s->doubt = true;
            return HF_OK;
        }
        if (byte == HF_CLASSIC_ACK || byte == HF_CLASSIC_NAK) {
            *got = byte == HF_CLASSIC_ACK ? ANSWER_ACK : ANSWER_NAK;
            s->report->naks += *got == ANSWER_NAK;
            return HF_OK;
        }
    }
}

hf_error session_settle(session *s, uint32_t quiet_ms, unsigned *acks)
{
    uint64_t end = session_now(s) + quiet_ms + SETTLE_MS;
    *acks = 0;
    int byte;
    do {
        hf_error error = session_receive(s, quiet_ms, &byte);
        if (error) {
            return error;
        }
        *acks += byte == HF_CLASSIC_ACK;
        s->doubt |= byte == HF_CLASSIC_ACK || byte == HF_CLASSIC_NAK;
    } while (byte >= 0 && session_now(s) < end);
    return HF_OK;
}

static void remember(session *s, int byte)
{
    if (s->heard_count < sizeof s->heard) {
        s->heard[s->heard_count++] = (uint8_t)byte;
    }
}

// One SYNC and what follows. Text of an application or bootloader may stand before the ACK; an ACK is the last byte.
static hf_error try_sync(session *s, bool *synced)
{
    uint64_t end = session_now(s) + SYNC_TRY_MS;
    *synced = false;
    for (uint64_t now = session_now(s); now < end; now = session_now(s)) {
        int byte;
        hf_error error = session_receive(s, *synced ? SYNC_END_MS : (uint32_t)(end - now), &byte);
        if (error) {
            return error;
        }
        if (byte < 0) {
            break;
        }
        s->refusals += byte == HF_CLASSIC_NAK;
        if (byte != HF_CLASSIC_NAK) {
            remember(s, byte);
        }
        *synced = byte == HF_CLASSIC_ACK;
    }
    return HF_OK;
}

hf_error session_explain_silence(session *s)
{
    if (s->refusals >= REFUSALS_MIN) {
        return hf_fail(s->problem, HF_E_OCCUPIED, "the bootloader answers, but takes no session: %u times NAK to SYNC",
                       s->refusals);
    }
    if (s->heard_count == 0) {
        return hf_fail(s->problem, HF_E_NO_ANSWER, "no bootloader answered within %u s", s->options->wait_ms / 1000);
    }
    char text[SESSION_HEARD_MAX + 1];
    for (size_t i = 0; i < s->heard_count; i++) {
        text[i] = s->heard[i] >= ' ' && s->heard[i] < 0x7F ? (char)s->heard[i] : '.';
    }
    text[s->heard_count] = '\0';
    return hf_fail(s->problem, HF_E_STRANGER, "something answers, but it is no bootloader: \"%s\" (0x%02X ...)", text,
                   s->heard[0]);
}

hf_error session_knock(session *s, uint32_t timeout_ms, bool *acknowledged)
{
    static const uint8_t command = HF_CLASSIC_SYNC;
    unsigned acks;
    hf_error error = session_settle(s, 0, &acks); // what came before the question is no answer
    error = error ? error : session_send(s, &command, 1);
    uint64_t end = session_now(s) + timeout_ms;
    *acknowledged = false;
    for (uint64_t now = session_now(s); !error && !*acknowledged && now < end; now = session_now(s)) {
        int byte;
        error = session_receive(s, (uint32_t)(end - now), &byte);
        *acknowledged = byte == HF_CLASSIC_ACK;
        s->refusals += byte == HF_CLASSIC_NAK;
        if (byte >= 0 && byte != HF_CLASSIC_NAK && byte != HF_CLASSIC_ACK) {
            remember(s, byte);
        }
    }
    return error;
}

hf_error session_sync(session *s)
{
    static const uint8_t command = HF_CLASSIC_SYNC;
    uint64_t end = session_now(s) + s->options->wait_ms;
    bool synced = false;
    unsigned acks;
    hf_tell_progress(s->listener, HF_PHASE_SYNC, 0, 0);
    while (!synced) {
        hf_error error = session_settle(s, 0, &acks); // what came before the question is no answer
        error = error ? error : session_send(s, &command, 1);
        error = error ? error : try_sync(s, &synced);
        if (error) {
            return error;
        }
        if (!synced && session_now(s) >= end) {
            return session_explain_silence(s);
        }
    }
    return HF_OK;
}

hf_error session_command(session *s, const void *bytes, size_t size, uint32_t timeout_ms, unsigned refusals,
                         unsigned silences, answer *got)
{
    for (;;) {
        unsigned acks;
        hf_error error = session_settle(s, 0, &acks);
        error = error ? error : session_send(s, bytes, size);
        error = error ? error : session_answer(s, timeout_ms, got);
        if (error || *got == ANSWER_ACK) {
            return error;
        }
        unsigned *left = *got == ANSWER_NAK ? &refusals : &silences;
        if (*left == 0) {
            return HF_OK;
        }
        (*left)--;
        hf_tell_log(s->listener, "%s: sent again", *got == ANSWER_NAK ? "NAK" : "no answer");
        error = session_settle(s, SYNC_END_MS, &acks);
        if (error) {
            return error;
        }
    }
}

hf_error session_receive_all(session *s, void *to, size_t size, uint32_t timeout_ms)
{
    for (size_t i = 0; i < size; i++) {
        int byte;
        hf_error error = session_receive(s, timeout_ms, &byte);
        if (error) {
            return error;
        }
        if (byte < 0) {
            return hf_fail(s->problem, HF_E_SILENT, "the device stopped in the middle of an answer");
        }
        ((uint8_t *)to)[i] = (uint8_t)byte;
    }
    return HF_OK;
}

hf_error session_ask(session *s, uint8_t command, uint32_t timeout_ms, answer *got)
{
    hf_error error = session_sync(s);
    error = error ? error : session_command(s, &command, 1, timeout_ms, 1, 1, got);
    return error || *got != ANSWER_NONE ? error : hf_fail(s->problem, HF_E_SILENT, "the device does not answer");
}
