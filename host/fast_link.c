// SPDX-License-Identifier: MIT
// Frames of the fast protocol, one by one.
#include "fast_link.h"

#include <string.h>

#include "bytes.h"
#include "classic.h"
#include "hf_failures.h"
#include "listener.h"

#define SLICE_MS 200u // how long a wish to stop may go unheard
#define TRY_MS   300u // an answer that takes longer was lost, unless flash is busy

uint32_t fast_frame_bytes(uint32_t size)
{
    return 1 + HF_FAST_REQUEST_SIZE + (size == 0 ? 0 : size + 2);
}

uint64_t fast_now(const fast_link *link)
{
    return link->transport->ops->now_ms(link->transport->context);
}

uint32_t fast_erase_ms(const fast_link *link)
{
    return link->info.erase_ms + 2000u;
}

uint32_t fast_wire_ms(const fast_link *link, uint32_t lead_ms)
{
    uint64_t now = fast_now(link) * 1000 + lead_ms * 1000ull;
    return link->wire_free_us > now ? (uint32_t)((link->wire_free_us - now + 999) / 1000) : 0;
}

hf_error fast_send(fast_link *link, uint8_t type, uint32_t argument, const void *payload, uint32_t size)
{
    uint8_t frame[1 + HF_FAST_REQUEST_SIZE + HF_FAST_PAYLOAD + 2];
    uint32_t bytes = fast_frame_bytes(size);
    frame[0] = HF_FAST_LEAD;
    frame[1] = type;
    frame[2] = ++link->tag;
    hf_put16(frame + 3, (uint16_t)size);
    hf_put32(frame + 5, argument);
    hf_put16be(frame + 9, hf_crc16(frame + 1, HF_FAST_REQUEST_SIZE - 2));
    if (size > 0) {
        memcpy(frame + 11, payload, size);
        hf_put16be(frame + 11 + size, hf_crc16(payload, size));
    }
    uint64_t now = fast_now(link) * 1000;
    link->wire_free_us = (link->wire_free_us > now ? link->wire_free_us : now) + bytes * 10ull * 1000000 / link->baud;
    link->report->wire += bytes;
    link->report->frames++;
    hf_tell_trace(link->listener, true, frame, bytes);
    return link->transport->ops->write(link->transport->context, frame, bytes, link->problem);
}

static void drop(fast_link *link, size_t bytes)
{
    link->heard_size -= bytes;
    memmove(link->heard, link->heard + bytes, link->heard_size);
}

// Takes a whole answer out of what was heard; drops what cannot be one.
static bool find_answer(fast_link *link, fast_answer *answer)
{
    while (link->heard_size > 0) {
        if (link->heard[0] != HF_FAST_LEAD) {
            drop(link, 1);
            continue;
        }
        if (link->heard_size < 1 + sizeof answer->head + 2) {
            return false;
        }
        uint32_t size = hf_get16(link->heard + 3), bytes = (uint32_t)sizeof answer->head + size + 2;
        if (size <= HF_FAST_ANSWER_MAX && link->heard_size < 1 + bytes) {
            return false;
        }
        if (size > HF_FAST_ANSWER_MAX || hf_crc16(link->heard + 1, bytes) != 0) {
            drop(link, 1);
            continue;
        }
        answer->head = (struct hf_fast_answer){link->heard[1], link->heard[2], (uint16_t)size, hf_get32(link->heard + 5)};
        memcpy(answer->payload, link->heard + 9, size);
        drop(link, 1 + bytes);
        return true;
    }
    return false;
}

// Reads what is there, waiting for it up to timeout_ms.
static hf_error listen(fast_link *link, uint32_t timeout_ms, size_t *got)
{
    if (hf_cancelled(link->listener)) {
        return hf_fail(link->problem, HF_E_INTERRUPTED, "interrupted");
    }
    uint8_t *to = link->heard + link->heard_size;
    hf_error error = link->transport->ops->read(link->transport->context, to, sizeof link->heard - link->heard_size,
                                                timeout_ms < SLICE_MS ? timeout_ms : SLICE_MS, got, link->problem);
    if (!error && *got > 0) {
        hf_tell_trace(link->listener, false, to, *got);
        link->heard_size += *got;
    }
    return error;
}

hf_error fast_receive(fast_link *link, uint32_t timeout_ms, fast_answer *answer, bool *got)
{
    uint64_t end = fast_now(link) + timeout_ms;
    for (;;) {
        *got = find_answer(link, answer);
        uint64_t now = fast_now(link);
        if (*got) {
            return HF_OK;
        }
        size_t count;
        hf_error error = listen(link, now < end ? (uint32_t)(end - now) : 0, &count);
        if (error || (count == 0 && fast_now(link) >= end)) {
            return error;
        }
    }
}

hf_error fast_ignore(fast_link *link)
{
    size_t got;
    hf_error error;
    do {
        link->heard_size = 0;
        error = listen(link, 0, &got);
    } while (!error && got > 0);
    link->heard_size = 0;
    return error;
}

static hf_error await(fast_link *link, uint32_t timeout_ms, uint32_t least, fast_answer *answer, bool *got)
{
    uint64_t end = fast_now(link) + timeout_ms;
    for (;;) {
        uint64_t now = fast_now(link);
        hf_error error = fast_receive(link, now < end ? (uint32_t)(end - now) : 0, answer, got);
        if (error || !*got || (answer->head.tag == link->tag && (answer->head.status != 0 || answer->head.size >= least))) {
            return error;
        }
    }
}

hf_error fast_ask(fast_link *link, uint8_t type, uint32_t argument, const void *payload, uint32_t size, uint32_t least,
                  uint32_t patience_ms, fast_answer *answer)
{
    uint64_t end = fast_now(link) + patience_ms;
    do {
        bool got;
        hf_error error = fast_send(link, type, argument, payload, size);
        error = error ? error : await(link, TRY_MS + fast_wire_ms(link, 0), least, answer, &got);
        if (error || got) {
            return error;
        }
        link->report->timeouts++;
        link->tag--; // a late answer to this try is one
    } while (fast_now(link) < end);
    return hf_fail(link->problem, HF_E_SILENT, "the device stopped answering");
}

const char *hf_device_error(uint8_t status)
{
    static const char *const words[256] = {
#define HF_WORDS(name, number, meaning) [number] = #name ": " meaning,
        HF_FAILURES(HF_WORDS)
#undef HF_WORDS
    };
    return words[status] != NULL ? words[status] : "an error this tool does not know";
}

hf_error fast_refused(fast_link *link, uint8_t status, const char *doing)
{
    return hf_fail(link->problem, HF_E_NAK, "%s failed: %s", doing, hf_device_error(status));
}
