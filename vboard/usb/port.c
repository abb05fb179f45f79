// SPDX-License-Identifier: MIT
// The virtual USB host's port: cable, attachment, reset, suspend and resume.
//
// USB 2.0 7.1.7: 100 ms of debouncing after attachment (TATTDB), 50 ms of reset at a root port
// (TDRSTR), 20 ms of resume (TDRSMDN), 10 ms of recovery after both (TRSTRCY, TRSMRCY).
#include <stdlib.h>

#include "host.h"

#define DEBOUNCE_TIME (100 * VB_MS)
#define RESET_TIME    (50 * VB_MS)
#define RESUME_TIME   (20 * VB_MS)
#define RECOVERY_TIME (10 * VB_MS)

static void port_after(vb_usb_host *host, vb_time delay)
{
    vb_schedule(host->device, HOST_PORT, vb_now(host->board) + delay);
}

static void enter(vb_usb_host *host, vb_usb_state state)
{
    if (host->state == state) {
        return;
    }
    host->state = state;
    usb_tell_flight(host);
    if (host->port_fn != NULL) {
        host->port_fn(host->port_context, state);
    }
}

static bool has_device(const vb_usb_host *host)
{
    return host->state >= VB_USB_ATTACHED;
}

bool usb_framing(const vb_usb_host *host)
{
    return host->state == VB_USB_ENABLED || host->recovering;
}

// Leaves whatever was going on at the port.
static void quiet(vb_usb_host *host)
{
    vb_cancel(host->device, HOST_PORT);
    host->recovering = false;
    usb_frames_stop(host);
}

// -- attachment ---------------------------------------------------------------------------------

static void lose_device(vb_usb_host *host, vb_usb_state state)
{
    quiet(host);
    enter(host, state);
    usb_end_all(host, VB_USB_GONE);
}

static void look_for_device(vb_usb_host *host)
{
    bool there = host->function->pulled_up(host->device);
    if (there && host->state == VB_USB_EMPTY) {
        port_after(host, DEBOUNCE_TIME);
    } else if (!there) {
        lose_device(host, VB_USB_EMPTY);
    }
}

void vb_usb_pull_up_changed(vb_device *device)
{
    if (device->usb_host != NULL && device->usb_host->state != VB_USB_UNPLUGGED) {
        look_for_device(device->usb_host);
    }
}

void vb_usb_plug(vb_usb_host *host)
{
    if (host->state != VB_USB_UNPLUGGED) {
        return;
    }
    enter(host, VB_USB_EMPTY);
    host->function->vbus(host->device, true); // may raise the pull-up at once
    look_for_device(host);
}

void vb_usb_unplug(vb_usb_host *host)
{
    if (host->state == VB_USB_UNPLUGGED) {
        return;
    }
    lose_device(host, VB_USB_UNPLUGGED);
    host->function->vbus(host->device, false);
}

vb_usb_state vb_usb_port(const vb_usb_host *host)
{
    return host->state;
}

bool vb_usb_settling(const vb_usb_host *host)
{
    return host->state == VB_USB_EMPTY && host->function->pulled_up(host->device);
}

// -- reset, suspend, resume ---------------------------------------------------------------------

void vb_usb_reset(vb_usb_host *host)
{
    if (!has_device(host) || host->state == VB_USB_RESETTING) {
        return;
    }
    quiet(host);
    usb_toggles_reset(host);
    enter(host, VB_USB_RESETTING);
    port_after(host, RESET_TIME);
    host->function->reset(host->device, true);
    usb_end_all(host, VB_USB_GONE);
}

void vb_usb_suspend(vb_usb_host *host)
{
    if (host->state != VB_USB_ENABLED) {
        return;
    }
    quiet(host);
    enter(host, VB_USB_SUSPENDED);
}

void vb_usb_resume(vb_usb_host *host)
{
    if (host->state != VB_USB_SUSPENDED) {
        return;
    }
    enter(host, VB_USB_RESUMING);
    port_after(host, RESUME_TIME);
    host->function->resume(host->device);
}

void vb_usb_remote_wakeup(vb_device *device)
{
    vb_usb_host *host = device->usb_host;
    if (host != NULL && host->state == VB_USB_SUSPENDED) {
        enter(host, VB_USB_RESUMING);
        port_after(host, RESUME_TIME);
    }
}

static void begin_recovery(vb_usb_host *host)
{
    if (host->state == VB_USB_RESETTING) {
        host->function->reset(host->device, false);
    }
    host->recovering = true;
    usb_frames_start(host);
    port_after(host, RECOVERY_TIME);
}

static void end_recovery(vb_usb_host *host)
{
    host->recovering = false;
    enter(host, VB_USB_ENABLED);
    usb_next(host);
}

void usb_port_event(vb_usb_host *host)
{
    if (host->state == VB_USB_EMPTY) {
        enter(host, VB_USB_ATTACHED);
    } else if (host->recovering) {
        end_recovery(host);
    } else if (host->state == VB_USB_RESETTING || host->state == VB_USB_RESUMING) {
        begin_recovery(host);
    }
}

// -- the host itself ----------------------------------------------------------------------------

void vb_usb_event(vb_device *device, unsigned id)
{
    vb_usb_host *host = device->usb_host;
    if (host == NULL) {
        return;
    }
    switch (id) {
    case HOST_PORT: usb_port_event(host); break;
    case HOST_FRAME: usb_frame_event(host); break;
    default: usb_wire_event(host); break;
    }
}

vb_usb_host *vb_usb_open(vb_board *board, const char *controller)
{
    vb_device *device = vb_device_named(board, controller);
    if (device == NULL || device->model->usb == NULL || device->usb_host != NULL) {
        return NULL;
    }
    vb_usb_host *host = calloc(1, sizeof *host);
    if (host == NULL) {
        return NULL;
    }
    host->board = board;
    host->device = device;
    host->function = device->model->usb;
    device->usb_host = host;
    return host;
}

void vb_usb_close(vb_usb_host *host)
{
    if (host == NULL) {
        return;
    }
    host->port_fn = NULL;
    for (unsigned i = 0; i < USB_PIPES; i++) {
        for (vb_urb *urb = host->pipes[i].first; urb != NULL; urb = urb->next) {
            urb->done = NULL;
        }
    }
    vb_usb_unplug(host);
    vb_in_flight(host->device, false);
    host->device->usb_host = NULL;
    free(host);
}

vb_time vb_usb_now(const vb_usb_host *host)
{
    return vb_now(host->board);
}

void vb_usb_on_port(vb_usb_host *host, vb_usb_port_fn fn, void *context)
{
    host->port_fn = fn;
    host->port_context = context;
}
