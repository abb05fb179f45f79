// SPDX-License-Identifier: MIT
// USB/IP requests of the importer: submitting transfers and taking them back.
#include <stdlib.h>
#include <string.h>

#include "usbip_impl.h"

enum { COMMAND_SUBMIT = 1, COMMAND_UNLINK = 2, REPLY_SUBMIT = 3, REPLY_UNLINK = 4 };
enum { HEADER_SIZE = 48, ISO_SIZE = 16, ISO_MAX = 1024 };
enum { FLAG_SHORT_NOT_OK = 0x0001, FLAG_ZERO_PACKET = 0x0040 };
enum { REQUEST_SET_ADDRESS = 5 };

// Linux's error numbers, which the protocol carries.
enum {
    NO_ENTRY = -2,
    NO_MEMORY = -12,
    NO_DEVICE = -19,
    BROKEN_PIPE = -32,
    NOT_SUPPORTED = -38,
    PROTOCOL = -71,
    OVERFLOW = -75,
    CONNECTION_RESET = -104,
    SHUT_DOWN = -108,
    TIMED_OUT = -110,
    REMOTE_IO = -121
};

static int32_t linux_status(vb_usb_status status)
{
    switch (status) {
    case VB_USB_DONE: return 0;
    case VB_USB_STALLED: return BROKEN_PIPE;
    case VB_USB_BABBLE: return OVERFLOW;
    case VB_USB_SHORT: return REMOTE_IO;
    case VB_USB_TIMED_OUT: return TIMED_OUT;
    case VB_USB_CANCELLED: return CONNECTION_RESET;
    case VB_USB_GONE: return SHUT_DOWN;
    default: return PROTOCOL;
    }
}

// -- answers ------------------------------------------------------------------------------------

static void reply(vb_usbip *server, uint32_t code, uint32_t sequence, int32_t status,
                  const uint8_t *data, size_t moved, size_t size)
{
    if (server->importer == NULL) {
        return;
    }
    uint8_t *at = usbip_grow(&server->importer->out, HEADER_SIZE + size);
    if (at == NULL) {
        return;
    }
    usbip_put32(at, code);
    usbip_put32(at + 4, sequence);
    usbip_put32(at + 20, (uint32_t)status);
    usbip_put32(at + 24, (uint32_t)moved);
    if (size > 0) {
        memcpy(at + HEADER_SIZE, data, size);
    }
}

static void refuse(vb_usbip *server, uint32_t sequence, int32_t status)
{
    reply(server, REPLY_SUBMIT, sequence, status, NULL, 0, 0);
}

static void release(usbip_urb *record)
{
    usbip_urb **link = &record->server->urbs;
    while (*link != record) {
        link = &(*link)->next;
    }
    *link = record->next;
    record->server->urbs_count--;
    free(record);
}

static void transferred(vb_urb *urb, void *context)
{
    usbip_urb *record = context;
    if (urb->kind == VB_USB_CONTROL && urb->status == VB_USB_DONE) {
        usbip_follow_request(record->server, urb->setup);
    }
    if (!record->unlinked) {
        reply(record->server, REPLY_SUBMIT, record->sequence, linux_status(urb->status),
              record->data, urb->actual, record->in ? urb->actual : 0);
    }
    release(record);
}

void usbip_forget_urbs(vb_usbip *server)
{
    while (server->urbs != NULL) {
        usbip_urb *record = server->urbs;
        record->unlinked = true;
        vb_usb_cancel(server->host, &record->urb);
    }
}

// -- submitting ---------------------------------------------------------------------------------

// A request as it came, without its data.
typedef struct submit {
    uint32_t sequence, device, flags, size;
    bool in;
    uint8_t endpoint;
    const uint8_t *setup, *data;
} submit;

static usbip_urb *make_urb(vb_usbip *server, const submit *request, const usbip_endpoint *endpoint)
{
    usbip_urb *record = calloc(1, sizeof *record + request->size);
    if (record == NULL) {
        return NULL;
    }
    record->server = server;
    record->sequence = request->sequence;
    record->in = request->in;
    record->urb = (vb_urb){
        .kind = endpoint->kind,
        .address = USBIP_DEVICE,
        .endpoint = request->endpoint,
        .in = request->in,
        .max_packet = endpoint->max_packet,
        .interval = endpoint->interval,
        .data = record->data,
        .size = request->size,
        .short_is_error = (request->flags & FLAG_SHORT_NOT_OK) != 0,
        .zero_packet = (request->flags & FLAG_ZERO_PACKET) != 0,
        .done = transferred,
        .context = record,
    };
    memcpy(record->urb.setup, request->setup, 8);
    if (!request->in && request->size > 0) {
        memcpy(record->data, request->data, request->size);
    }
    record->next = server->urbs;
    server->urbs = record;
    server->urbs_count++;
    return record;
}

static void do_submit(vb_usbip *server, const submit *request)
{
    usbip_endpoint endpoint;
    uint8_t address = (uint8_t)(request->endpoint | (request->in ? 0x80 : 0));
    if (request->device != (USBIP_BUS << 16 | USBIP_DEVICE) || server->state != USBIP_KNOWN) {
        refuse(server, request->sequence, NO_DEVICE);
        return;
    }
    if (!usbip_find_endpoint(server, address, &endpoint)) {
        refuse(server, request->sequence, NO_ENTRY);
        return;
    }
    if (endpoint.kind == VB_USB_CONTROL && request->setup[0] == 0 &&
        request->setup[1] == REQUEST_SET_ADDRESS) {
        refuse(server, request->sequence,
               0); // it has one; the importer's number is a matter of the importer
        return;
    }
    usbip_urb *record = make_urb(server, request, &endpoint);
    if (record == NULL) {
        refuse(server, request->sequence, NO_MEMORY);
        return;
    }
    vb_usb_submit(server->host, &record->urb);
}

static bool take_submit(vb_usbip *server, usbip_client *client)
{
    const uint8_t *in = client->in.bytes;
    uint32_t size = usbip_get32(in + 24), packets = usbip_get32(in + 32),
             endpoint = usbip_get32(in + 16);
    bool isochronous = packets != 0 && packets != UINT32_MAX;
    bool inward = usbip_get32(in + 12) != 0;
    bool absurd = size > USBIP_MAX_DATA || endpoint > 15 || (isochronous && packets > ISO_MAX) ||
                  server->urbs_count >= USBIP_MAX_URBS;
    if (absurd) {
        client->broken = true;
        return false;
    }
    size_t whole = HEADER_SIZE + (inward ? 0 : size) + (isochronous ? packets * ISO_SIZE : 0);
    if (client->in.used < whole) {
        return false;
    }
    submit request = {.sequence = usbip_get32(in + 4),
                      .device = usbip_get32(in + 8),
                      .flags = usbip_get32(in + 20),
                      .size = size,
                      .in = inward,
                      .endpoint = (uint8_t)endpoint,
                      .setup = in + 40,
                      .data = in + HEADER_SIZE};
    if (isochronous) {
        refuse(server, request.sequence, NOT_SUPPORTED);
    } else {
        do_submit(server, &request);
    }
    usbip_drop(&client->in, whole);
    return true;
}

// -- unlinking ----------------------------------------------------------------------------------

static bool take_unlink(vb_usbip *server, usbip_client *client)
{
    uint32_t sequence = usbip_get32(client->in.bytes + 4),
             wanted = usbip_get32(client->in.bytes + 20);
    usbip_urb *record = server->urbs;
    while (record != NULL && record->sequence != wanted) {
        record = record->next;
    }
    int32_t status = record != NULL ? CONNECTION_RESET : 0; // 0: its answer is on the way already
    if (record != NULL) {
        record->unlinked = true;
        vb_usb_cancel(server->host, &record->urb);
    }
    reply(server, REPLY_UNLINK, sequence, status, NULL, 0, 0);
    usbip_drop(&client->in, HEADER_SIZE);
    return true;
}

bool usbip_do_command(vb_usbip *server, usbip_client *client)
{
    if (client->in.used < HEADER_SIZE) {
        return false;
    }
    switch (usbip_get32(client->in.bytes)) {
    case COMMAND_SUBMIT: return take_submit(server, client);
    case COMMAND_UNLINK: return take_unlink(server, client);
    default: client->broken = true; return false;
    }
}
