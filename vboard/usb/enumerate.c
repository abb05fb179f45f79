// SPDX-License-Identifier: MIT
// Finding out what is at the virtual host's port.
//
// The order is the one Linux and Windows use: reset, the first bytes of the device descriptor at
// address 0, reset again, address, and then everything else.
#include <string.h>

#include "enumerate.h"

enum {
    STEP_NONE,
    STEP_FIRST_RESET,
    STEP_FIRST_BYTES,
    STEP_SECOND_RESET,
    STEP_ADDRESS,
    STEP_DEVICE,
    STEP_HEADER,
    STEP_CONFIGURATION
};

enum { REQUEST_SET_ADDRESS = 5, REQUEST_GET_DESCRIPTOR = 6 };
enum { DESCRIPTOR_DEVICE = 1, DESCRIPTOR_CONFIGURATION = 2 };

#define TRIES          3
#define FIRST_BYTES    64
#define ADDRESS_SETTLE (10 * VB_MS)

static void answered(vb_urb *urb, void *context);

static void request(vb_usb_enumeration *run, uint8_t type, uint8_t code, uint16_t value,
                    uint16_t length)
{
    uint8_t max = run->known.device[7];
    run->urb = (vb_urb){
        .kind = VB_USB_CONTROL,
        .address = run->step > STEP_ADDRESS ? run->known.address : 0,
        .max_packet = max != 0 ? max : FIRST_BYTES,
        .setup = {type, code, (uint8_t)value, (uint8_t)(value >> 8), 0, 0, (uint8_t)length,
                  (uint8_t)(length >> 8)},
        .data = run->data,
        .size = length,
        .delay = run->step == STEP_DEVICE ? ADDRESS_SETTLE : 0,
        .timeout = 5 * VB_S,
        .done = answered,
        .context = run,
    };
    vb_usb_submit(run->host, &run->urb);
}

static void get(vb_usb_enumeration *run, int step, uint8_t type, uint8_t index, uint16_t length)
{
    run->step = step;
    request(run, 0x80, REQUEST_GET_DESCRIPTOR, (uint16_t)(type << 8 | index), length);
}

static void reset(vb_usb_enumeration *run, int step)
{
    run->step = step;
    vb_usb_reset(run->host);
}

static void over(vb_usb_enumeration *run, bool known)
{
    run->step = STEP_NONE;
    run->done(run->context, known);
}

static void next_configuration(vb_usb_enumeration *run)
{
    uint8_t index = run->known.configurations;
    if (index == run->known.device[17] || index == VB_USB_CONFIGURATIONS) {
        over(run, index > 0);
        return;
    }
    get(run, STEP_HEADER, DESCRIPTOR_CONFIGURATION, index, 9);
}

// -- answers ------------------------------------------------------------------------------------

static bool is_packet_size(uint8_t size)
{
    return size == 8 || size == 16 || size == 32 || size == 64;
}

static bool got_first_bytes(vb_usb_enumeration *run)
{
    if (run->urb.actual < 8 || run->data[1] != DESCRIPTOR_DEVICE || !is_packet_size(run->data[7])) {
        return false;
    }
    run->known.device[7] = run->data[7];
    reset(run, STEP_SECOND_RESET);
    return true;
}

static bool got_device(vb_usb_enumeration *run)
{
    if (run->urb.actual != 18 || run->data[0] != 18 || run->data[1] != DESCRIPTOR_DEVICE) {
        return false;
    }
    memcpy(run->known.device, run->data, 18);
    next_configuration(run);
    return true;
}

static bool got_header(vb_usb_enumeration *run)
{
    uint16_t total = (uint16_t)(run->data[2] | run->data[3] << 8);
    if (run->urb.actual != 9 || run->data[1] != DESCRIPTOR_CONFIGURATION || total < 9 ||
        total > VB_USB_CONFIGURATION_SIZE) {
        return false;
    }
    get(run, STEP_CONFIGURATION, DESCRIPTOR_CONFIGURATION, run->known.configurations, total);
    return true;
}

static bool got_configuration(vb_usb_enumeration *run)
{
    if (run->urb.actual < 9 || run->urb.actual != run->urb.size) {
        return false;
    }
    uint8_t index = run->known.configurations++;
    run->known.sizes[index] = (uint16_t)run->urb.actual;
    memcpy(run->known.descriptors[index], run->data, run->urb.actual);
    next_configuration(run);
    return true;
}

static bool got(vb_usb_enumeration *run)
{
    switch (run->step) {
    case STEP_FIRST_BYTES: return got_first_bytes(run);
    case STEP_ADDRESS: get(run, STEP_DEVICE, DESCRIPTOR_DEVICE, 0, 18); return true;
    case STEP_DEVICE: return got_device(run);
    case STEP_HEADER: return got_header(run);
    case STEP_CONFIGURATION: return got_configuration(run);
    default: return false;
    }
}

static void begin(vb_usb_enumeration *run)
{
    uint8_t address = run->known.address;
    run->known = (vb_usb_known){.address = address};
    reset(run, STEP_FIRST_RESET);
}

static void answered(vb_urb *urb, void *context)
{
    vb_usb_enumeration *run = context;
    if (urb->status == VB_USB_GONE || run->step == STEP_NONE) {
        return; // the port says what comes of it
    }
    if (urb->status == VB_USB_DONE && got(run)) {
        return;
    }
    if (++run->tries < TRIES) {
        begin(run);
    } else {
        over(run, false);
    }
}

// -- outside ------------------------------------------------------------------------------------

void vb_usb_enumerate(vb_usb_enumeration *run, vb_usb_host *host, uint8_t address,
                      vb_usb_enumerated_fn done, void *context)
{
    *run = (vb_usb_enumeration){
        .host = host, .done = done, .context = context, .known.address = address};
    begin(run);
}

void vb_usb_enumerate_stop(vb_usb_enumeration *run)
{
    if (run->step == STEP_NONE) {
        return;
    }
    run->step = STEP_NONE;
    vb_usb_cancel(run->host, &run->urb);
}

void vb_usb_enumerate_port(vb_usb_enumeration *run, vb_usb_state state)
{
    if (run->step == STEP_NONE) {
        return;
    }
    if (state < VB_USB_ATTACHED) {
        over(run, false);
    } else if (state == VB_USB_ENABLED && run->step == STEP_FIRST_RESET) {
        get(run, STEP_FIRST_BYTES, DESCRIPTOR_DEVICE, 0, FIRST_BYTES);
    } else if (state == VB_USB_ENABLED && run->step == STEP_SECOND_RESET) {
        run->step = STEP_ADDRESS;
        request(run, 0x00, REQUEST_SET_ADDRESS, run->known.address, 0);
    }
}

// -- descriptors --------------------------------------------------------------------------------

const uint8_t *vb_usb_configuration(const vb_usb_known *known, uint8_t value, size_t *size)
{
    for (unsigned i = 0; i < known->configurations; i++) {
        if (known->descriptors[i][5] == value) {
            *size = known->sizes[i];
            return known->descriptors[i];
        }
    }
    return NULL;
}

const uint8_t *vb_usb_descriptor(const uint8_t *all, size_t size, size_t *at)
{
    if (*at + 2 > size || all[*at] < 2 || *at + all[*at] > size) {
        return NULL;
    }
    const uint8_t *descriptor = all + *at;
    *at += descriptor[0];
    return descriptor;
}
