// SPDX-License-Identifier: MIT
// USB/IP requests before an import: the list of devices, and the import itself.
#include <string.h>

#include "usbip_impl.h"

#define VERSION 0x0111

enum { REQUEST_LIST = 0x8005, REQUEST_IMPORT = 0x8003, REPLY_LIST = 0x0005, REPLY_IMPORT = 0x0003 };
enum { HEADER_SIZE = 8, BUSID_SIZE = 32, DEVICE_SIZE = 312, SPEED_FULL = 2 };
enum { DESCRIPTOR_INTERFACE = 4 };

static void put_header(usbip_bytes *out, uint16_t code, uint32_t status)
{
    uint8_t *at = usbip_grow(out, HEADER_SIZE);
    if (at == NULL) {
        return;
    }
    usbip_put16(at, VERSION);
    usbip_put16(at + 2, code);
    usbip_put32(at + 4, status);
}

// Of the first configuration, as all that DEVLIST tells.
static uint8_t interfaces(const vb_usb_known *known)
{
    return known->configurations > 0 ? known->descriptors[0][4] : 0;
}

static void put_device(usbip_bytes *out, const vb_usbip *server)
{
    const vb_usb_known *known = &server->enumeration.known;
    const uint8_t *device = known->device;
    uint8_t *at = usbip_grow(out, DEVICE_SIZE);
    if (at == NULL) {
        return;
    }
    strcpy((char *)at, "/sys/devices/virtual/vboard/usb1/" VB_USBIP_BUSID);
    strcpy((char *)at + 256, VB_USBIP_BUSID);
    usbip_put32(at + 288, USBIP_BUS);
    usbip_put32(at + 292, USBIP_DEVICE);
    usbip_put32(at + 296, SPEED_FULL);
    usbip_put16(at + 300, (uint16_t)(device[8] | device[9] << 8));
    usbip_put16(at + 302, (uint16_t)(device[10] | device[11] << 8));
    usbip_put16(at + 304, (uint16_t)(device[12] | device[13] << 8));
    memcpy(at + 306, device + 4, 3); // class, subclass, protocol
    at[309] = server->configuration;
    at[310] = device[17];
    at[311] = interfaces(known);
}

// Class, subclass and protocol of this interface's first setting; zeros when it has no descriptor.
static void put_interface(usbip_bytes *out, const vb_usb_known *known, uint8_t number)
{
    uint8_t *entry = usbip_grow(out, 4);
    size_t at = 0;
    const uint8_t *descriptor;
    while (entry != NULL &&
           (descriptor = vb_usb_descriptor(known->descriptors[0], known->sizes[0], &at)) != NULL) {
        if (descriptor[1] == DESCRIPTOR_INTERFACE && descriptor[0] >= 9 &&
            descriptor[2] == number && descriptor[3] == 0) {
            memcpy(entry, descriptor + 5, 3);
            return;
        }
    }
}

static void do_list(vb_usbip *server, usbip_client *client)
{
    // Who imports has the device for himself; it is not on offer.
    bool one = server->state == USBIP_KNOWN && server->importer == NULL;
    put_header(&client->out, REPLY_LIST, 0);
    uint8_t *count = usbip_grow(&client->out, 4);
    if (count != NULL) {
        usbip_put32(count, one);
    }
    if (one) {
        put_device(&client->out, server);
        for (uint8_t i = 0; i < interfaces(&server->enumeration.known); i++) {
            put_interface(&client->out, &server->enumeration.known, i);
        }
    }
    client->parting = true;
}

static void do_import(vb_usbip *server, usbip_client *client, const char *busid)
{
    bool good = server->state == USBIP_KNOWN && server->importer == NULL &&
                strncmp(busid, VB_USBIP_BUSID, BUSID_SIZE) == 0;
    put_header(&client->out, REPLY_IMPORT, good ? 0 : 1);
    if (!good) {
        client->parting = true;
        return;
    }
    put_device(&client->out, server);
    server->importer = client;
}

bool usbip_do_operation(vb_usbip *server, usbip_client *client)
{
    const uint8_t *in = client->in.bytes;
    if (client->in.used < HEADER_SIZE || usbip_wait_for_device(server)) {
        return false;
    }
    uint16_t code = usbip_get16(in + 2);
    size_t size = HEADER_SIZE + (code == REQUEST_IMPORT ? BUSID_SIZE : 0);
    if (usbip_get16(in) != VERSION || (code != REQUEST_LIST && code != REQUEST_IMPORT)) {
        client->broken = true;
        return false;
    }
    if (client->in.used < size) {
        return false;
    }
    if (code == REQUEST_LIST) {
        do_list(server, client);
    } else {
        do_import(server, client, (const char *)in + HEADER_SIZE);
    }
    usbip_drop(&client->in, size);
    return true;
}
