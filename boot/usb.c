// SPDX-License-Identifier: MIT
// Control transfers (USB 2.0, 8.5.3) and standard requests (9.4) of a device with one configuration, one interface and
// one alternate setting.
#include "usb.h"

#include <stddef.h>

#include "boot.h"
#include "led.h"
#include "port.h"

// bmRequestType (USB 2.0, table 9-2)
#define TO_HOST     0x80u
#define TYPE_MASK   0x60u
#define TYPE_CLASS  0x20u
#define TYPE_VENDOR 0x40u

enum standard_request {
    GET_STATUS = 0,
    SET_ADDRESS = 5,
    GET_DESCRIPTOR = 6,
    GET_CONFIGURATION = 8,
    SET_CONFIGURATION = 9,
    GET_INTERFACE = 10,
    SET_INTERFACE = 11,
};

// Where a control transfer stands: which packet the host will ask for or send next.
static enum { IDLE, ANSWERING, SENDING, SENDING_LAST, TAKING, STATUS_IN, STATUS_OUT } stage;
static struct hf_usb_setup setup;
static struct hf_usb_reply reply;
static uint16_t moved;         // bytes of reply sent or taken
static uint8_t configuration;  // 0: not configured

__attribute__((noinline)) // everybody's way to an answer: once is enough
hf_usb_answer hf_usb_send(struct hf_usb_reply *to, const void *data, uint16_t size)
{
    to->data = (uint8_t *)data;
    to->size = size;
    return HF_USB_SEND;
}

// Answers of one byte, and of two with nothing in the second; the host asks for as much as there is. GET_STATUS has
// nothing to tell: bus-powered, no remote wake-up, nothing halted.
static hf_usb_answer send_small(uint8_t first)
{
    static uint8_t small[2];
    small[0] = first;
    return hf_usb_send(&reply, small, setup.bRequest == GET_STATUS ? 2 : 1);
}

static hf_usb_answer configure(void)
{
    if (setup.wValue > 1) {
        return HF_USB_STALL;
    }
    configuration = (uint8_t)setup.wValue;
    hf_led_blink(configuration != 0);
    return HF_USB_STATUS;
}

// There is interface 0 with setting 0, once configured.
static bool has_interface(void)
{
    return configuration != 0 && setup.wIndex == 0;
}

static hf_usb_answer standard_request(void)
{
    switch (setup.bRequest) {
    case GET_STATUS: // of the device, of interface 0, of endpoint 0 in either direction: there are no others
        return (setup.wIndex & 0x7Fu) == 0 ? send_small(0) : HF_USB_STALL;
    case SET_ADDRESS:
        hf_usb_port.set_address((uint8_t)(setup.wValue & 0x7Fu));
        return HF_USB_STATUS;
    case GET_DESCRIPTOR:
        return hf_usb_descriptor(setup.wValue, &reply);
    case GET_CONFIGURATION:
        return send_small(configuration);
    case GET_INTERFACE:
        return has_interface() ? send_small(0) : HF_USB_STALL;
    case SET_INTERFACE:
        return has_interface() && setup.wValue == 0 ? HF_USB_STATUS : HF_USB_STALL;
    case SET_CONFIGURATION:
        return configure();
    default:
        return HF_USB_STALL;
    }
}

static hf_usb_answer class_request(void)
{
    return has_interface() ? hf_dfu_request(&setup, &reply) : HF_USB_STALL;
}

static hf_usb_answer vendor_request(void)
{
    if (setup.bRequest != HF_USB_VENDOR_MS || setup.wIndex != HF_USB_MS_DESCRIPTOR_INDEX) {
        return HF_USB_STALL;
    }
    return hf_usb_ms_descriptor_set(&reply);
}

static hf_usb_answer request(void)
{
    switch (setup.bmRequestType & TYPE_MASK) {
    case 0:
        return standard_request();
    case TYPE_CLASS:
        return class_request();
    case TYPE_VENDOR:
        return vendor_request();
    default:
        return HF_USB_STALL;
    }
}

// A reply ends with a packet shorter than the rest, an empty one if need be, unless it is all the host asked for
// (USB 2.0, 8.5.3.2).
static void send_packet(void)
{
    uint16_t size = reply.size - moved;
    if (size > HF_USB_PACKET) {
        size = HF_USB_PACKET;
    }
    hf_usb_port.send(reply.data + moved, size);
    moved += size;
    stage = size < HF_USB_PACKET || moved == setup.wLength ? SENDING_LAST : SENDING;
}

static void send_status(void)
{
    hf_usb_port.send(NULL, 0);
    stage = STATUS_IN;
}

static void refuse(void)
{
    stage = IDLE;
    hf_usb_port.stall();
}

static void answer(void)
{
    reply = (struct hf_usb_reply){NULL, 0};
    moved = 0;
    hf_usb_answer what = request();
    bool reads = (setup.bmRequestType & TO_HOST) != 0 && setup.wLength > 0;
    if (what == HF_USB_LATER) {
        stage = ANSWERING;
    } else if (what == HF_USB_STALL || (what == HF_USB_SEND) != reads) {
        refuse();
    } else if (what == HF_USB_SEND) {
        if (reply.size > setup.wLength) {
            reply.size = setup.wLength;
        }
        send_packet();
    } else if (what == HF_USB_TAKE) {
        stage = TAKING;
        hf_usb_port.accept();
    } else {
        send_status();
    }
}

static void packet_sent(void)
{
    if (stage == SENDING) {
        send_packet();
    } else if (stage == SENDING_LAST) {
        stage = STATUS_OUT;
        hf_usb_port.accept();
    } else if (stage == STATUS_IN) {
        stage = IDLE;
        hf_dfu_done();
    }
}

static void packet_taken(const uint8_t *packet, uint32_t size)
{
    if (stage == STATUS_OUT) {
        stage = IDLE;
        hf_dfu_done();
        return;
    }
    if (stage != TAKING) {
        return;
    }
    for (uint32_t i = 0; i < size && moved < setup.wLength; i++) {
        reply.data[moved++] = packet[i];
    }
    if (moved == setup.wLength) {
        hf_dfu_taken(&setup);
        send_status();
    } else if (size == HF_USB_PACKET) {
        hf_usb_port.accept();
    } else {
        refuse(); // less than announced
    }
}

static void bus_reset(void)
{
    stage = IDLE;
    configuration = 0;
    hf_led_blink(false);
    hf_dfu_reset();
}

static void begin(const uint8_t *packet)
{
    hf_activity(&hf_usb);
    __builtin_memcpy(&setup, packet, sizeof setup);
    answer();
}

static void poll(void)
{
    const uint8_t *packet;
    uint32_t size;
    switch (hf_usb_port.poll(&packet, &size)) {
    case HF_USB_NOTHING:
        if (stage == ANSWERING) {
            answer();
        }
        break;
    case HF_USB_RESET: bus_reset(); break;
    case HF_USB_SETUP: begin(packet); break;
    case HF_USB_SENT: packet_sent(); break;
    case HF_USB_TAKEN: packet_taken(packet, size); break;
    }
    hf_dfu_poll(stage == IDLE);
}

static void open(hf_reason reason)
{
    (void)reason;
    hf_dfu_forget();
    hf_usb_port.open();
}

static void forget(void)
{
    hf_dfu_forget();
}

const struct hf_link hf_usb = {open, poll, forget};
