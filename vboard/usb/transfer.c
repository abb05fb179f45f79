// SPDX-License-Identifier: MIT
// The virtual USB host's transfers: from a transfer to packets, and from answers to a result.
//
// USB 2.0 chapter 8.5: data toggles, control transfers in three stages, short packets.
#include <string.h>

#include "host.h"

enum {
    STAGE_SETUP,
    STAGE_DATA,
    STAGE_STATUS,
    STAGE_ZERO // the empty packet behind whole ones
};

#define ERRORS_IN_A_ROW 3
#define USUAL_TIMEOUT   (5 * VB_S)

// -- queues -------------------------------------------------------------------------------------

usb_pipe *usb_pipe_of(vb_usb_host *host, const vb_urb *urb)
{
    bool in = urb->in && urb->kind != VB_USB_CONTROL;
    return &host->pipes[(urb->endpoint & 15) * 2 + in];
}

static void prime(vb_usb_host *host, usb_pipe *pipe)
{
    pipe->naks = 0;
    pipe->errors = 0;
    pipe->not_before = 0;
    if (pipe->first != NULL && pipe->first->timeout > 0) {
        pipe->first->deadline = vb_now(host->board) + pipe->first->delay + pipe->first->timeout;
    }
}

static void end(vb_usb_host *host, usb_pipe *pipe, vb_urb *urb, vb_usb_status status)
{
    bool first = pipe->first == urb;
    vb_urb **link = &pipe->first;
    while (*link != urb) {
        link = &(*link)->next;
    }
    *link = urb->next;
    if (first && host->now.pipe == pipe) {
        host->now.orphan = true; // what is still on the wire is nobody's
    }
    if (first) {
        prime(host, pipe);
    }
    urb->next = NULL;
    urb->status = status;
    if (urb->done != NULL) {
        urb->done(urb, urb->context);
    }
}

static bool end_one_older(vb_usb_host *host, vb_usb_status status)
{
    for (unsigned i = 0; i < USB_PIPES; i++) {
        vb_urb *urb = host->pipes[i].first;
        if (urb != NULL && urb->generation != host->generation) {
            end(host, &host->pipes[i], urb, status);
            return true;
        }
    }
    return false;
}

void usb_end_all(vb_usb_host *host, vb_usb_status status)
{
    host->generation++; // what the call-backs submit is not meant
    while (end_one_older(host, status)) {
    }
    usb_tell_flight(host);
}

void usb_expire(vb_usb_host *host)
{
    vb_time now = vb_now(host->board);
    for (unsigned i = 0; i < USB_PIPES; i++) {
        vb_urb *urb = host->pipes[i].first;
        if (urb != NULL && urb->timeout > 0 && urb->deadline <= now) {
            end(host, &host->pipes[i], urb, VB_USB_TIMED_OUT);
        }
    }
}

static bool reaches_device(const vb_usb_host *host)
{
    return host->state >= VB_USB_RESETTING;
}

void vb_usb_submit(vb_usb_host *host, vb_urb *urb)
{
    urb->status = VB_USB_PENDING;
    urb->actual = 0;
    urb->next = NULL;
    urb->start = vb_now(host->board) + urb->delay;
    urb->generation = host->generation;
    urb->stage = urb->kind == VB_USB_CONTROL ? STAGE_SETUP : STAGE_DATA;
    if (urb->max_packet == 0 || urb->max_packet > VB_USB_PACKET) {
        urb->max_packet = VB_USB_PACKET;
    }
    if (urb->kind == VB_USB_CONTROL) {
        urb->in = (urb->setup[0] & 0x80) != 0;
    }
    if (!reaches_device(host)) {
        urb->status = VB_USB_GONE;
        if (urb->done != NULL) {
            urb->done(urb, urb->context);
        }
        return;
    }
    usb_pipe *pipe = usb_pipe_of(host, urb);
    vb_urb **link = &pipe->first;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = urb;
    if (pipe->first == urb) {
        prime(host, pipe);
    }
    usb_next(host);
}

void vb_usb_cancel(vb_usb_host *host, vb_urb *urb)
{
    usb_pipe *pipe = usb_pipe_of(host, urb);
    for (vb_urb *other = pipe->first; other != NULL; other = other->next) {
        if (other == urb) {
            end(host, pipe, urb, VB_USB_CANCELLED);
            usb_tell_flight(host);
            return;
        }
    }
}

vb_usb_status vb_usb_transfer(vb_usb_host *host, vb_urb *urb)
{
    urb->timeout = urb->timeout > 0 ? urb->timeout : USUAL_TIMEOUT;
    vb_usb_submit(host, urb);
    while (urb->status == VB_USB_PENDING && usb_run_a_little(host)) {
    }
    vb_usb_cancel(host, urb);
    return urb->status;
}

// -- toggles ------------------------------------------------------------------------------------

void usb_toggles_reset(vb_usb_host *host)
{
    for (unsigned i = 0; i < USB_PIPES; i++) {
        host->pipes[i].data1 = false;
    }
}

void vb_usb_toggle_reset(vb_usb_host *host, uint8_t endpoint)
{
    host->pipes[(endpoint & 15) * 2 + (endpoint >> 7)].data1 = false;
}

static void follow_request(vb_usb_host *host, const uint8_t *setup)
{
    bool set_configuration = setup[0] == 0x00 && setup[1] == 9;
    bool clear_halt = setup[0] == 0x02 && setup[1] == 1 && setup[2] == 0 && setup[3] == 0;
    if (set_configuration) {
        usb_toggles_reset(host);
    } else if (clear_halt) {
        vb_usb_toggle_reset(host, setup[4]);
    }
}

// -- from transfer to packet --------------------------------------------------------------------

static size_t control_length(const vb_urb *urb)
{
    size_t asked = urb->setup[6] | (size_t)urb->setup[7] << 8;
    return asked < urb->size ? asked : urb->size;
}

static size_t transfer_length(const vb_urb *urb)
{
    return urb->kind == VB_USB_CONTROL ? control_length(urb) : urb->size;
}

static size_t next_chunk(const vb_urb *urb)
{
    size_t left = transfer_length(urb) - urb->actual;
    return left < urb->max_packet ? left : urb->max_packet;
}

void usb_prepare(const usb_pipe *pipe, vb_usb_token *token, vb_usb_packet *packet)
{
    const vb_urb *urb = pipe->first;
    *packet =
        (vb_usb_packet){.address = urb->address, .endpoint = urb->endpoint, .data1 = pipe->data1};
    if (urb->stage == STAGE_SETUP) {
        *token = VB_USB_SETUP;
        packet->data1 = false;
        packet->size = 8;
        memcpy(packet->data, urb->setup, 8);
        return;
    }
    bool status = urb->stage == STAGE_STATUS;
    bool status_out = status && urb->in && control_length(urb) > 0;
    *token = status ? (status_out ? VB_USB_OUT : VB_USB_IN) : (urb->in ? VB_USB_IN : VB_USB_OUT);
    if (*token == VB_USB_OUT && urb->stage == STAGE_DATA) {
        packet->size = next_chunk(urb);
        if (packet->size > 0) {
            memcpy(packet->data, urb->data + urb->actual, packet->size);
        }
    }
}

// -- from answer to result ----------------------------------------------------------------------

static void succeed(vb_usb_host *host, usb_pipe *pipe, vb_urb *urb)
{
    if (urb->kind == VB_USB_CONTROL) {
        follow_request(host, urb->setup);
    }
    bool too_short = urb->in && urb->short_is_error && urb->actual < transfer_length(urb);
    end(host, pipe, urb, too_short ? VB_USB_SHORT : VB_USB_DONE);
}

static void data_over(vb_usb_host *host, usb_pipe *pipe, vb_urb *urb)
{
    if (urb->kind == VB_USB_CONTROL) {
        urb->stage = STAGE_STATUS;
        pipe->data1 = true;
        return;
    }
    bool whole = !urb->in && urb->zero_packet && urb->size > 0 && urb->size % urb->max_packet == 0;
    if (whole && urb->stage == STAGE_DATA) {
        urb->stage = STAGE_ZERO;
        return;
    }
    succeed(host, pipe, urb);
}

static void data_received(vb_usb_host *host, usb_pipe *pipe, vb_urb *urb,
                          const vb_usb_packet *packet)
{
    if (packet->data1 != pipe->data1) {
        return; // a repetition: the device missed our ACK
    }
    size_t left = transfer_length(urb) - urb->actual;
    if (packet->size > left || packet->size > urb->max_packet) {
        end(host, pipe, urb, VB_USB_BABBLE);
        return;
    }
    if (packet->size > 0) {
        memcpy(urb->data + urb->actual, packet->data, packet->size);
    }
    pipe->data1 = !pipe->data1;
    urb->actual += packet->size;
    if (packet->size < urb->max_packet || urb->actual == transfer_length(urb)) {
        data_over(host, pipe, urb);
    }
}

static void data_sent(vb_usb_host *host, usb_pipe *pipe, vb_urb *urb, const vb_usb_packet *packet)
{
    pipe->data1 = !pipe->data1;
    urb->actual += packet->size;
    if (urb->actual == transfer_length(urb)) {
        data_over(host, pipe, urb);
    }
}

static void acknowledged(vb_usb_host *host, usb_pipe *pipe, vb_usb_token token,
                         const vb_usb_packet *packet)
{
    vb_urb *urb = pipe->first;
    if (urb->stage == STAGE_SETUP) {
        pipe->data1 = true;
        urb->stage = control_length(urb) > 0 ? STAGE_DATA : STAGE_STATUS;
    } else if (urb->stage == STAGE_STATUS) {
        succeed(host, pipe, urb);
    } else if (token == VB_USB_IN) {
        data_received(host, pipe, urb, packet);
    } else {
        data_sent(host, pipe, urb, packet);
    }
}

void usb_finished(vb_usb_host *host, usb_pipe *pipe, vb_usb_token token,
                  const vb_usb_packet *packet, vb_usb_answer answer)
{
    vb_urb *urb = pipe->first;
    if (urb->kind == VB_USB_INTERRUPT) {
        pipe->poll_frame = host->frames + (urb->interval > 0 ? urb->interval : 1);
    }
    if (answer == VB_USB_NAK) {
        pipe->errors = 0;
        usb_put_off(host, pipe);
        return;
    }
    pipe->naks = 0;
    if (answer == VB_USB_SILENCE && ++pipe->errors < ERRORS_IN_A_ROW) {
        return;
    }
    pipe->errors = 0;
    if (answer == VB_USB_ACK) {
        acknowledged(host, pipe, token, packet);
    } else {
        end(host, pipe, urb, answer == VB_USB_STALL ? VB_USB_STALLED : VB_USB_NO_ANSWER);
    }
}
