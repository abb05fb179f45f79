// SPDX-License-Identifier: MIT
// The USB/IP server: any bytes from a client, to a server whose device answers as the script says. The virtual host
// below it is made up here: transfers end at once, later, or when they are taken back.
#include <stdlib.h>
#include <string.h>

#include "script.h"
#include "usbip_impl.h"

#define PENDING_MAX 64u

static struct script script;
static vb_urb *pending[PENDING_MAX];
static size_t pendings;

// -- the virtual host -------------------------------------------------------------------------------------------------

static void finish(vb_urb *urb, vb_usb_status status)
{
    urb->status = status;
    urb->actual = status == VB_USB_DONE && urb->size > 0 ? urb->size : 0;
    if (urb->in && urb->actual > 0) {
        urb->actual = script_half(&script) % (urb->size + 1);
        memset(urb->data, 0x5A, urb->actual);
    } else if (urb->actual > 0) {
        static volatile uint8_t last; // the data are there, up to the last byte
        last = urb->data[urb->size - 1];
        (void)last;
    }
    urb->done(urb, urb->context);
}

void vb_usb_submit(vb_usb_host *host, vb_urb *urb)
{
    (void)host;
    uint8_t fate = script_byte(&script);
    if (fate % 2 == 0 && pendings < PENDING_MAX) {
        pending[pendings++] = urb;
    } else {
        finish(urb, fate / 2 % 4 == 0 ? (vb_usb_status)(fate / 8 % (VB_USB_GONE + 1)) : VB_USB_DONE);
    }
}

void vb_usb_cancel(vb_usb_host *host, vb_urb *urb)
{
    (void)host;
    for (size_t i = 0; i < pendings; i++) {
        if (pending[i] == urb) {
            pending[i] = pending[--pendings];
            finish(urb, VB_USB_CANCELLED);
            return;
        }
    }
}

void vb_usb_toggle_reset(vb_usb_host *host, uint8_t endpoint)
{
    (void)host, (void)endpoint;
}

vb_time vb_usb_now(const vb_usb_host *host)
{
    (void)host;
    return 0;
}

vb_usb_state vb_usb_port(const vb_usb_host *host)
{
    (void)host;
    return VB_USB_ENABLED;
}

bool vb_usb_settling(const vb_usb_host *host)
{
    (void)host;
    return false;
}

void vb_usb_reset(vb_usb_host *host)
{
    (void)host;
}

bool usbip_wait_for_device(const vb_usbip *server)
{
    return server->state == USBIP_LOOKING;
}

// -- the server -------------------------------------------------------------------------------------------------------

// One configuration, two interfaces, one of them with two settings.
static const uint8_t descriptors[] = {9, 2, 55, 0, 2, 1, 0, 0x80, 50, 9, 4, 0, 0, 1, 2, 2, 0, 0, 7, 5, 0x82, 3, 8, 0, 10,
                                      9, 4, 1, 0, 0, 10, 0, 0, 0, 9, 4, 1, 1, 2, 10, 0, 0, 0, 7, 5, 0x81, 2, 64, 0, 0,
                                      7, 5, 0x01, 2, 64, 0, 0};

static void make_server(vb_usbip *server, uint8_t how)
{
    memset(server, 0, sizeof *server);
    vb_usb_known *known = &server->enumeration.known;
    server->state = how & 1 ? USBIP_KNOWN : USBIP_NOTHING;
    known->configurations = 1;
    known->device[7] = 64;
    memcpy(known->descriptors[0], descriptors, sizeof descriptors);
    known->descriptors[0][2] = sizeof descriptors;
    known->sizes[0] = sizeof descriptors;
    for (unsigned i = how & 2 ? script_byte(&script) % 8 : 0; i > 0; i--) { // a device that says odd things
        known->descriptors[0][script_byte(&script) % sizeof descriptors] = script_byte(&script);
    }
}

// A header as a client builds it: its fields are words, and the first is a small number.
static void put_submit(usbip_bytes *in)
{
    uint8_t *at = usbip_grow(in, 48);
    uint8_t what = script_byte(&script);
    usbip_put32(at, 1 + what % 2);
    usbip_put32(at + 4, what / 4 % 4);
    usbip_put32(at + 8, USBIP_BUS << 16 | USBIP_DEVICE);
    usbip_put32(at + 12, what / 16 % 2);
    usbip_put32(at + 16, script_byte(&script) % 20);
    usbip_put32(at + 20, what % 2 ? what / 32u : script_word(&script));
    usbip_put32(at + 24, script_half(&script));
    usbip_put32(at + 32, what / 64 % 2 ? script_byte(&script) : 0xFFFFFFFFu);
    for (int i = 40; i < 48; i++) {
        at[i] = script_byte(&script);
    }
}

static void put_bytes(usbip_bytes *in, size_t size)
{
    const uint8_t *bytes = script_bytes(&script, size, &size);
    if (size > 0) {
        memcpy(usbip_grow(in, size), bytes, size);
    }
}

static void act(vb_usbip *server, usbip_client *client)
{
    uint8_t line = script_byte(&script);
    switch (line % 8) {
    case 0: put_bytes(&client->in, line / 8 + 1u); break;
    case 1: put_submit(&client->in); break;
    case 2: put_submit(&client->in); break;
    case 3: memset(usbip_grow(&client->in, line * 16u + 1u), line, line * 16u + 1u); break;
    case 4: {
        static const uint8_t import[] = {1, 0x11, 0x80, 3, 0, 0, 0, 0, '1', '-', '1'};
        memcpy(usbip_grow(&client->in, 40), import, sizeof import);
        break;
    }
    case 5:
        if (pendings > 0) {
            finish(pending[--pendings], VB_USB_DONE);
        }
        break;
    case 6: memcpy(usbip_grow(&client->in, 8), "\1\x11\x80\5\0\0\0\0", 8); break;
    default: usbip_drop(&client->out, client->out.used); break;
    }
    bool more = true;
    while (more && !client->broken && !client->parting) {
        more = server->importer == client ? usbip_do_command(server, client) : usbip_do_operation(server, client);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static vb_usbip server;
    script = (struct script){data, data + size};
    pendings = 0;
    make_server(&server, script_byte(&script));
    usbip_client *client = &server.clients[0];
    while (!script_over(&script) && !client->broken && !client->parting) {
        act(&server, client);
    }
    server.importer = NULL;
    usbip_forget_urbs(&server);
    if (server.urbs != NULL || server.urbs_count != 0) {
        abort();
    }
    usbip_free(&client->in);
    usbip_free(&client->out);
    return 0;
}
