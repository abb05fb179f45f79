// SPDX-License-Identifier: MIT
// What the files of the virtual USB host share.
#ifndef VB_USB_HOST_H
#define VB_USB_HOST_H

#include "vb_usb.h"

// Moments of the controller's device that belong to the host.
enum { HOST_PORT = VB_USB_EVENTS, HOST_FRAME, HOST_STEP };

// The transfers of one endpoint. Endpoint 0 uses the OUT one for both directions.
typedef struct usb_pipe {
    vb_urb *first;
    bool data1;            // next toggle
    unsigned naks, errors; // in a row
    vb_time not_before;
    uint64_t poll_frame; // interrupt: not before this frame
} usb_pipe;

#define USB_PIPES 32

// The transaction on the wire.
typedef enum usb_phase {
    PHASE_IDLE,
    PHASE_DECIDE, // its packets up to the device's answer are under way
    PHASE_FINISH, // the answer is under way
} usb_phase;

typedef struct usb_transaction {
    usb_phase phase;
    vb_usb_token token;
    usb_pipe *pipe; // NULL: a single transaction
    bool orphan;    // its transfer is gone; only the toggle goes on
    vb_usb_packet packet;
    vb_usb_answer answer;
} usb_transaction;

typedef struct usb_single {
    bool waiting, over;
    vb_usb_token token;
    vb_usb_packet packet;
    vb_usb_answer answer;
} usb_single;

struct vb_usb_host {
    vb_board *board;
    vb_device *device;
    const vb_usb_function *function;
    vb_usb_state state;
    bool recovering; // after reset and resume: frames, but no transfers
    vb_usb_port_fn port_fn;
    void *port_context;
    uint64_t frames; // since the port was enabled first; the frame number is part of it
    vb_time frame_start;
    usb_pipe pipes[USB_PIPES];
    unsigned generation; // of transfers: the last reset or detachment ended all older ones
    unsigned turn; // the pipe that was served last
    usb_transaction now;
    usb_single single;
    bool in_flight;
};

// port.c
void usb_port_event(vb_usb_host *host);
bool usb_framing(const vb_usb_host *host); // start-of-frame packets are sent

// wire.c
void usb_begin(vb_usb_host *host, vb_usb_token token, const vb_usb_packet *packet, usb_pipe *pipe);
void usb_wire_event(vb_usb_host *host);
bool usb_fits(const vb_usb_host *host, vb_usb_token token, const vb_usb_packet *packet, size_t max);

// schedule.c
void usb_frame_event(vb_usb_host *host);
void usb_frames_start(vb_usb_host *host);
void usb_frames_stop(vb_usb_host *host);
void usb_next(vb_usb_host *host); // the wire is free, or there is something new to do
void usb_put_off(vb_usb_host *host, usb_pipe *pipe); // after a NAK
void usb_tell_flight(vb_usb_host *host);
bool usb_run_a_little(vb_usb_host *host); // false: the board cannot go on

// transfer.c
usb_pipe *usb_pipe_of(vb_usb_host *host, const vb_urb *urb);
void usb_prepare(const usb_pipe *pipe, vb_usb_token *token,
                 vb_usb_packet *packet); // the next packet of a transfer
void usb_finished(vb_usb_host *host, usb_pipe *pipe, vb_usb_token token,
                  const vb_usb_packet *packet, vb_usb_answer answer);
void usb_end_all(vb_usb_host *host, vb_usb_status status);
void usb_expire(vb_usb_host *host);
void usb_toggles_reset(vb_usb_host *host);

#endif
