// SPDX-License-Identifier: MIT
// The USB/IP server's knowledge of the device: which endpoints the chosen configuration has.
//
// A transfer request names an endpoint, not its type; that stands in the descriptors of the
// configuration and of the alternate settings chosen by the importer.
#include <string.h>

#include "usbip_impl.h"

enum { DESCRIPTOR_INTERFACE = 4, DESCRIPTOR_ENDPOINT = 5 };
enum { REQUEST_SET_CONFIGURATION = 9, REQUEST_SET_INTERFACE = 11 };

typedef void (*endpoint_fn)(void *context, uint8_t interface, const uint8_t *endpoint);

// Each endpoint that exists now, with the number of its interface.
static void each_endpoint(const vb_usbip *server, endpoint_fn fn, void *context)
{
    size_t size = 0, at = 0;
    const uint8_t *all =
        vb_usb_configuration(&server->enumeration.known, server->configuration, &size);
    const uint8_t *descriptor;
    bool chosen = false;
    uint8_t interface = 0;
    while (all != NULL && (descriptor = vb_usb_descriptor(all, size, &at)) != NULL) {
        if (descriptor[1] == DESCRIPTOR_INTERFACE && descriptor[0] >= 9) {
            interface = descriptor[2];
            chosen = interface < USBIP_INTERFACES && descriptor[3] == server->alternates[interface];
        } else if (descriptor[1] == DESCRIPTOR_ENDPOINT && descriptor[0] >= 7 && chosen) {
            fn(context, interface, descriptor);
        }
    }
}

typedef struct search {
    uint8_t address;
    bool found;
    usbip_endpoint *endpoint;
} search;

static void compare(void *context, uint8_t interface, const uint8_t *endpoint)
{
    (void)interface;
    search *wanted = context;
    unsigned type = endpoint[3] & 3;
    if (endpoint[2] != wanted->address || type < 2) {
        return;
    }
    wanted->found = true;
    *wanted->endpoint =
        (usbip_endpoint){.kind = type == 2 ? VB_USB_BULK : VB_USB_INTERRUPT,
                         .max_packet = (uint16_t)((endpoint[4] | endpoint[5] << 8) & 0x7FF),
                         .interval = endpoint[6]};
}

bool usbip_find_endpoint(const vb_usbip *server, uint8_t address, usbip_endpoint *endpoint)
{
    if ((address & 0x0F) == 0) {
        *endpoint = (usbip_endpoint){.kind = VB_USB_CONTROL,
                                     .max_packet = server->enumeration.known.device[7]};
        return true;
    }
    search wanted = {.address = address, .endpoint = endpoint};
    each_endpoint(server, compare, &wanted);
    return wanted.found;
}

typedef struct toggles {
    vb_usb_host *host;
    uint8_t interface;
} toggles;

static void reset_toggle(void *context, uint8_t interface, const uint8_t *endpoint)
{
    const toggles *reset = context;
    if (interface == reset->interface) {
        vb_usb_toggle_reset(reset->host, endpoint[2]);
    }
}

void usbip_follow_request(vb_usbip *server, const uint8_t *setup)
{
    if (setup[0] == 0x00 && setup[1] == REQUEST_SET_CONFIGURATION) {
        server->configuration = setup[2];
        memset(server->alternates, 0, sizeof server->alternates);
    } else if (setup[0] == 0x01 && setup[1] == REQUEST_SET_INTERFACE &&
               setup[4] < USBIP_INTERFACES) {
        server->alternates[setup[4]] = setup[2];
        toggles reset = {.host = server->host, .interface = setup[4]};
        each_endpoint(server, reset_toggle, &reset);
    }
}
