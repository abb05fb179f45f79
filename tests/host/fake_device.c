// SPDX-License-Identifier: MIT
// The device is a state machine that lives from one moment to the next: a byte arrives, or a deadline passes.
#include "fake_device.h"

#include <assert.h>
#include <string.h>

#include "classic.h"
#include "hf_classic.h"
#include "image_check.h"

#define QUIET_US 10000u
#define FRAME_US (HF_CLASSIC_FRAME_MS * 1000u)
#define SYNC_US  (HF_CLASSIC_SYNC_MS * 1000u)

static void push(fake_queue *queue, uint64_t at, uint8_t byte)
{
    assert(queue->tail - queue->head < FAKE_QUEUE);
    queue->items[queue->tail % FAKE_QUEUE].at = at;
    queue->items[queue->tail++ % FAKE_QUEUE].byte = byte;
}

// Puts one byte on the line, where the faults wait for it.
static void transmit(fake_device *d, bool to_host, uint64_t now, uint8_t byte)
{
    fake_queue *queue = to_host ? &d->out : &d->in;
    uint32_t index = queue->count++;
    unsigned copies = 1;
    if (queue->line_free < now) {
        queue->line_free = now;
    }
    for (size_t i = 0; i < FAKE_FAULTS; i++) {
        const fake_fault *fault = &d->faults[i];
        if (fault->kind == FAULT_NONE || fault->to_host != to_host || fault->index != index) {
            continue;
        }
        copies = fault->kind == FAULT_DROP ? 0 : fault->kind == FAULT_DOUBLE ? 2 : copies;
        byte ^= fault->kind == FAULT_FLIP ? (uint8_t)fault->value : 0;
        queue->line_free += fault->kind == FAULT_DELAY ? fault->value : 0;
    }
    queue->line_free += d->byte_us;
    for (; copies > 0; copies--) {
        push(queue, queue->line_free, byte);
        queue->line_free += copies > 1 ? d->byte_us : 0;
    }
}

static void say(fake_device *d, const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        transmit(d, true, d->time, (uint8_t)*text);
    }
}

static void await_command(fake_device *d)
{
    d->state = FAKE_COMMAND;
    d->deadline = d->patience_us ? d->time + d->patience_us : FAKE_NEVER;
}

static void drain(fake_device *d)
{
    d->state = FAKE_DRAIN;
    d->deadline = d->time + QUIET_US;
}

static void answer(fake_device *d, bool good)
{
    if (!good) {
        drain(d);
        return;
    }
    transmit(d, true, d->time, HF_CLASSIC_ACK);
    await_command(d);
}

static void be_busy(fake_device *d, uint32_t us, bool good)
{
    d->state = FAKE_BUSY;
    d->deadline = d->time + us;
    d->busy_good = good;
}

static uint32_t payload(const fake_device *d)
{
    return d->habits.classroom ? HF_CLASSIC_CLASSROOM_PAYLOAD : HF_CLASSIC_PAYLOAD;
}

static uint32_t body_size(const fake_device *d)
{
    if (d->command == HF_CLASSIC_VERIFY) {
        return 4;
    }
    return d->habits.classroom ? payload(d) : payload(d) + 2;
}

static void serve_data(fake_device *d)
{
    bool whole = d->habits.classroom || hf_crc16(d->body, body_size(d)) == 0;
    bool wanted = d->erased && d->next + payload(d) <= FAKE_SLOT && d->next / payload(d) + 1 != d->habits.refuse_frame;
    if (!whole || !wanted) {
        answer(d, false);
        return;
    }
    memcpy(d->flash + d->next, d->body, payload(d));
    if (d->habits.forgets && d->next == 0) {
        d->flash[7] ^= 1;
    }
    d->next += payload(d);
    d->frames++;
    be_busy(d, d->habits.program_us, true);
}

static void serve(fake_device *d)
{
    switch (d->command) {
    case HF_CLASSIC_SYNC:
        d->synced = !d->habits.refuse_sync;
        d->erased = false;
        d->patience_us = d->synced ? 0 : d->patience_us;
        answer(d, d->synced);
        break;
    case HF_CLASSIC_ERASE:
        d->erased = d->synced && !d->habits.refuse_erase;
        d->patience_us = d->erased ? FRAME_US : d->patience_us;
        d->next = 0;
        d->erases += d->erased;
        if (d->erased) {
            memset(d->flash, 0xFF, sizeof d->flash);
        }
        be_busy(d, d->erased ? d->habits.erase_us : 0, d->erased);
        break;
    case HF_CLASSIC_DATA:
        serve_data(d);
        break;
    case HF_CLASSIC_VERIFY: {
        uint32_t wanted = (uint32_t)d->body[0] << 24 | (uint32_t)d->body[1] << 16 | (uint32_t)d->body[2] << 8 | d->body[3];
        bool same = d->erased && d->next > 0 && hf_crc32(0, d->flash, d->next) == wanted;
        d->patience_us = same ? 0 : d->patience_us;
        answer(d, same);
        break;
    }
    default: // BOOT
        d->started = d->synced && !d->habits.refuse_boot;
        answer(d, d->started);
        break;
    }
}

static void take_command(fake_device *d, uint8_t byte)
{
    d->command = byte;
    d->got = 0;
    switch (byte) {
    case HF_CLASSIC_SYNC:
    case HF_CLASSIC_ERASE:
    case HF_CLASSIC_BOOT:
        d->state = FAKE_QUIET; // a lone byte, or the middle of something else?
        d->deadline = d->time + QUIET_US;
        break;
    case HF_CLASSIC_DATA:
    case HF_CLASSIC_VERIFY:
        d->state = FAKE_BODY;
        d->deadline = d->time + FRAME_US;
        break;
    default:
        drain(d);
        break;
    }
}

static void take_byte(fake_device *d, uint8_t byte)
{
    switch (d->state) {
    case FAKE_COMMAND:
        take_command(d, byte);
        break;
    case FAKE_BODY:
        d->body[d->got++] = byte;
        if (d->got == body_size(d)) {
            serve(d);
        }
        break;
    default: // quiet was expected
        drain(d);
        break;
    }
}

static void pass_deadline(fake_device *d)
{
    switch (d->state) {
    case FAKE_QUIET:
        serve(d);
        break;
    case FAKE_DRAIN:
        transmit(d, true, d->time, HF_CLASSIC_NAK);
        d->naks++;
        await_command(d);
        break;
    case FAKE_BUSY:
        answer(d, d->busy_good);
        break;
    default: // nothing came, or not all of it
        drain(d);
        break;
    }
}

static bool is_dead(const fake_device *d)
{
    return d->habits.mute || d->started || (d->habits.die_at_frame && d->frames + 1 >= d->habits.die_at_frame);
}

// Lives until the given moment.
static void live(fake_device *d, uint64_t until)
{
    for (;;) {
        bool waiting = d->in.head != d->in.tail;
        uint64_t arrival = waiting ? d->in.items[d->in.head % FAKE_QUEUE].at : FAKE_NEVER;
        bool listens = d->state != FAKE_BUSY || d->habits.slow_to_receive;
        if (is_dead(d) ? arrival > until : (!listens || arrival > until) && d->deadline > until) {
            d->time = until;
            return;
        }
        if (is_dead(d)) {
            d->in.head++;
            d->time = arrival > d->time ? arrival : d->time;
            if (!d->started) {
                say(d, d->habits.text);
            }
        } else if (listens && arrival <= d->deadline) {
            uint8_t byte = d->in.items[d->in.head++ % FAKE_QUEUE].byte;
            d->time = arrival > d->time ? arrival : d->time;
            if (d->state != FAKE_BUSY) {
                take_byte(d, byte);
            }
        } else {
            d->time = d->deadline > d->time ? d->deadline : d->time;
            pass_deadline(d);
        }
    }
}

void fake_start(fake_device *device, const fake_habits *habits)
{
    memset(device, 0, sizeof *device);
    device->habits = *habits;
    device->byte_us = 87;
    device->patience_us = SYNC_US;
    await_command(device);
    say(device, habits->text);
}

void fake_put(fake_device *device, uint64_t now, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    live(device, now);
    for (size_t i = 0; i < size; i++) {
        transmit(device, false, now, at[i]);
    }
}

size_t fake_take(fake_device *device, uint64_t now, void *bytes, size_t size)
{
    uint8_t *to = bytes;
    size_t count = 0;
    live(device, now);
    while (count < size && device->out.head != device->out.tail &&
           device->out.items[device->out.head % FAKE_QUEUE].at <= now) {
        to[count++] = device->out.items[device->out.head++ % FAKE_QUEUE].byte;
    }
    return count;
}

static hf_error fake_read(void *context, void *bytes, size_t size, uint32_t timeout_ms, size_t *got,
                          hf_problem *problem)
{
    (void)problem;
    fake_device *d = context;
    uint64_t end = d->now + (uint64_t)timeout_ms * 1000;
    for (;;) {
        *got = fake_take(d, d->now, bytes, size);
        if (*got > 0 || d->now >= end) {
            return HF_OK;
        }
        d->now = d->now + d->byte_us < end ? d->now + d->byte_us : end;
    }
}

static hf_error fake_write(void *context, const void *bytes, size_t size, hf_problem *problem)
{
    (void)problem;
    fake_device *d = context;
    fake_put(d, d->now, bytes, size);
    return HF_OK;
}

static uint64_t fake_now_ms(void *context)
{
    return ((fake_device *)context)->now / 1000;
}

hf_transport fake_transport(fake_device *device)
{
    static const hf_transport_ops ops = {.read = fake_read, .write = fake_write, .now_ms = fake_now_ms};
    return (hf_transport){&ops, device};
}
