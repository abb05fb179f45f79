// SPDX-License-Identifier: MIT
// Content on its way by the fast protocol: frames in flight, what their answers say, and going back.
//
// The line keeps the order, so the answer to one frame tells about all before it: they are there, or `next` says where
// something is missing. From there on everything is sent again. Answers to frames from before that moment say nothing new.
#include <string.h>

#include "fast_link.h"
#include "listener.h"

#define LEAD_MS     40u  // sent ahead of the wire
#define POLL_MS     100u // silence after which the device is asked where it stands
#define FLIGHTS     120u // frames in flight: the tag has one byte
#define FRAME_MIN   128u
#define CALM        32u  // good frames after which they become larger again

typedef struct flight {
    uint8_t tag;
    uint32_t bytes; // on the wire
    uint32_t end;   // offset behind its content; 0: it has none, or was sent again since
} flight;

typedef struct run {
    fast_link *link;
    const uint8_t *image;
    uint32_t to;                  // offset behind the last byte
    uint32_t acked, sent;         // offsets the device and the host have come to
    uint32_t expected;            // offset the frames that were answered for should have brought the device to
    flight flights[FLIGHTS];      // oldest first
    uint32_t flying, outstanding; // how many, how many bytes of the device's window
    uint32_t frame;               // bytes of content in a frame
    uint32_t calm;                // good frames since the last loss
    uint64_t heard_ms, polled_ms;
} run;

static hf_error fly(run *r, uint8_t type, uint32_t offset, const void *payload, uint32_t size, uint32_t end)
{
    hf_error error = fast_send(r->link, type, r->link->info.address + offset, payload, size);
    r->flights[r->flying++] = (flight){r->link->tag, fast_frame_bytes(size), end};
    r->outstanding += fast_frame_bytes(size);
    return error;
}

static uint32_t next_size(const run *r)
{
    uint32_t left = r->to - r->sent;
    return left < r->frame ? left : r->frame;
}

static bool may_send(const run *r)
{
    return r->sent < r->to && r->flying + 4 < FLIGHTS &&
           r->outstanding + fast_frame_bytes(next_size(r)) <= r->link->info.window;
}

static hf_error send_next(run *r)
{
    uint32_t size = next_size(r);
    uint8_t packed[HF_FAST_PAYLOAD];
    uint32_t packed_size = r->link->packer != NULL ? packer_pack(r->link->packer, r->sent, size, packed) : 0;
    hf_error error = packed_size > 0 ? fly(r, HF_FAST_PACKED, r->sent, packed, packed_size, r->sent + size)
                                     : fly(r, HF_FAST_DATA, r->sent, r->image + r->sent, size, r->sent + size);
    r->link->report->packed += packed_size > 0 ? size : 0;
    r->sent += size;
    return error;
}

static void go_back(run *r, uint32_t to)
{
    r->link->report->resent += r->flying + 1;
    r->sent = r->expected = to;
    for (uint32_t i = 0; i < r->flying; i++) {
        r->flights[i].end = 0;
    }
    r->frame = r->frame / 2 < FRAME_MIN ? FRAME_MIN : r->frame / 2;
    r->calm = 0;
}

// All frames up to the one with this tag have been looked at. False: it is none of those in flight.
static bool land(run *r, uint8_t tag)
{
    uint32_t count = 0;
    while (count < r->flying && r->flights[count].tag != tag) {
        count++;
    }
    if (count++ == r->flying) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        r->outstanding -= r->flights[i].bytes;
        r->expected = r->flights[i].end != 0 ? r->flights[i].end : r->expected;
    }
    r->flying -= count;
    memmove(r->flights, r->flights + count, r->flying * sizeof r->flights[0]);
    r->calm += count;
    if (r->calm >= CALM && r->frame < HF_FAST_PAYLOAD) {
        r->frame *= 2;
        r->calm = 0;
    }
    return true;
}

static hf_error judge(run *r, const fast_answer *answer)
{
    r->heard_ms = fast_now(r->link);
    if (!land(r, answer->head.tag)) {
        return HF_OK;
    }
    if (answer->head.status != 0) {
        return fast_refused(r->link, answer->head.status, "writing");
    }
    uint32_t next = answer->head.next - r->link->info.address;
    if (next < r->acked || next > r->to) {
        return HF_E_VERIFY;
    }
    r->acked = next;
    if (next != r->expected) {
        go_back(r, next);
    }
    return HF_OK;
}

// Asks where the device stands when it has been silent although everything has arrived there.
static hf_error poll(run *r)
{
    uint64_t now = fast_now(r->link);
    if (now - r->heard_ms > fast_erase_ms(r->link)) {
        return hf_fail(r->link->problem, HF_E_SILENT, "the device stopped answering");
    }
    if (fast_wire_ms(r->link, 0) > 0 || now - r->heard_ms < POLL_MS || now - r->polled_ms < POLL_MS || r->flying == FLIGHTS) {
        return HF_OK;
    }
    r->polled_ms = now;
    return fly(r, HF_FAST_POLL, 0, NULL, 0, 0);
}

static hf_error step(run *r)
{
    if (may_send(r) && fast_wire_ms(r->link, LEAD_MS) == 0) {
        hf_error error = send_next(r);
        if (error) {
            return error;
        }
    }
    uint32_t wait = may_send(r) ? fast_wire_ms(r->link, LEAD_MS) : POLL_MS / 2;
    fast_answer answer;
    bool got;
    hf_error error = fast_receive(r->link, wait, &answer, &got);
    if (error) {
        return error;
    }
    return got ? judge(r, &answer) : poll(r);
}

hf_error fast_send_run(fast_link *link, const uint8_t *image, uint32_t from, uint32_t to)
{
    run r = {.link = link, .image = image, .to = to, .acked = from, .sent = from, .expected = from};
    r.frame = HF_FAST_PAYLOAD;
    while (r.frame > FRAME_MIN && r.frame * 10 > link->baud / 2) { // half a second at most
        r.frame /= 2;
    }
    fast_answer answer;
    hf_error error = fast_ask(link, HF_FAST_BEGIN, link->info.address + from, NULL, 0, 0, fast_erase_ms(link), &answer);
    if (error || answer.head.status != 0 || answer.head.next != link->info.address + from) {
        return error ? error : HF_E_VERIFY;
    }
    r.heard_ms = fast_now(link);
    while (!error && r.acked < to) {
        error = step(&r);
        hf_tell_progress(link->listener, HF_PHASE_WRITE, r.acked, to);
    }
    return error;
}
