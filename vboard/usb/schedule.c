// SPDX-License-Identifier: MIT
// The virtual USB host's schedule: frames, whose turn it is, single transactions.
#include "host.h"

#define MICROFRAME (VB_MS / 8)

// -- frames -------------------------------------------------------------------------------------

unsigned vb_usb_frame(const vb_usb_host *host)
{
    return host->frames & 2047;
}

void usb_frame_event(vb_usb_host *host)
{
    host->frames++;
    host->frame_start = vb_now(host->board);
    vb_schedule(host->device, HOST_FRAME, host->frame_start + VB_MS);
    host->function->frame(host->device, vb_usb_frame(host));
    usb_expire(host);
    usb_next(host);
}

void usb_frames_start(vb_usb_host *host)
{
    usb_frame_event(host);
}

void usb_frames_stop(vb_usb_host *host)
{
    vb_cancel(host->device, HOST_FRAME);
    vb_cancel(host->device, HOST_STEP);
    host->now.phase = PHASE_IDLE;
    if (host->single.waiting) {
        host->single.answer = VB_USB_SILENCE;
        host->single.over = true;
    }
}

// -- whose turn it is ---------------------------------------------------------------------------

// When this pipe may send its next packet; UINT64_MAX: not in this frame.
static vb_time ready_at(const vb_usb_host *host, const usb_pipe *pipe)
{
    const vb_urb *urb = pipe->first;
    if (urb == NULL || (urb->kind == VB_USB_INTERRUPT && pipe->poll_frame > host->frames)) {
        return UINT64_MAX;
    }
    return pipe->not_before > urb->start ? pipe->not_before : urb->start;
}

// Periodic transfers first, then all others in turn. NULL: nobody now; *when is the first that will
// be.
static usb_pipe *choose(vb_usb_host *host, vb_time *when)
{
    vb_time now = vb_now(host->board);
    usb_pipe *chosen = NULL;
    *when = UINT64_MAX;
    for (unsigned i = 1; i <= USB_PIPES; i++) {
        usb_pipe *pipe = &host->pipes[(host->turn + i) % USB_PIPES];
        vb_time ready = ready_at(host, pipe);
        *when = ready < *when ? ready : *when;
        if (ready > now) {
            continue;
        }
        if (pipe->first->kind == VB_USB_INTERRUPT) {
            return pipe;
        }
        chosen = chosen != NULL ? chosen : pipe;
    }
    return chosen;
}

static void begin_single(vb_usb_host *host)
{
    if (!host->single.over &&
        usb_fits(host, host->single.token, &host->single.packet, VB_USB_PACKET)) {
        usb_begin(host, host->single.token, &host->single.packet, NULL);
    }
}

static void begin_transfer(vb_usb_host *host)
{
    vb_time when;
    usb_pipe *pipe = choose(host, &when);
    if (pipe == NULL) {
        if (when < host->frame_start + VB_MS) {
            vb_schedule(host->device, HOST_STEP, when);
        }
        return;
    }
    vb_usb_token token;
    vb_usb_packet packet;
    usb_prepare(pipe, &token, &packet);
    if (!usb_fits(host, token, &packet, pipe->first->max_packet)) {
        return; // the next frame comes
    }
    host->turn = (unsigned)(pipe - host->pipes);
    usb_begin(host, token, &packet, pipe);
}

void usb_next(vb_usb_host *host)
{
    usb_tell_flight(host);
    if (host->now.phase != PHASE_IDLE || host->state != VB_USB_ENABLED) {
        return;
    }
    if (host->single.waiting) {
        begin_single(host);
    } else {
        begin_transfer(host);
    }
}

// -- NAK ----------------------------------------------------------------------------------------

#define NAKS_AT_ONCE 4

void usb_put_off(vb_usb_host *host, usb_pipe *pipe)
{
    vb_time now = vb_now(host->board);
    if (++pipe->naks <= NAKS_AT_ONCE) {
        pipe->not_before = now;
        return;
    }
    vb_time passed = (now - host->frame_start) / MICROFRAME;
    pipe->not_before = host->frame_start + (passed + 1) * MICROFRAME;
}

// -- what the board is told ---------------------------------------------------------------------

// A poll that finds nothing is waiting, not work.
static bool at_work(const usb_pipe *pipe)
{
    const vb_urb *urb = pipe->first;
    return urb != NULL && urb->kind != VB_USB_INTERRUPT &&
           (urb->kind == VB_USB_CONTROL || !urb->in || pipe->naks == 0);
}

void usb_tell_flight(vb_usb_host *host)
{
    bool flight =
        host->state == VB_USB_RESETTING || host->state == VB_USB_RESUMING || host->single.waiting;
    for (unsigned i = 0; i < USB_PIPES && !flight; i++) {
        flight = at_work(&host->pipes[i]);
    }
    if (flight != host->in_flight) {
        host->in_flight = flight;
        vb_in_flight(host->device, flight);
    }
}

// -- single transactions ------------------------------------------------------------------------

bool usb_run_a_little(vb_usb_host *host)
{
    vb_stop stop = vb_run(host->board, vb_now(host->board) + 5 * VB_US);
    return stop == VB_STOP_TIME || stop == VB_STOP_ASKED;
}

vb_usb_answer vb_usb_transaction(vb_usb_host *host, vb_usb_token token, vb_usb_packet *packet)
{
    if (host->state != VB_USB_ENABLED) {
        return VB_USB_SILENCE;
    }
    host->single = (usb_single){.waiting = true, .token = token, .packet = *packet};
    usb_next(host);
    while (!host->single.over && usb_run_a_little(host)) {
    }
    host->single.waiting = false;
    if (host->single.answer == VB_USB_ACK && token == VB_USB_IN) {
        *packet = host->single.packet;
    }
    return host->single.answer;
}
