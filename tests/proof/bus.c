// SPDX-License-Identifier: MIT
// The USB of the proof: a host that sends any SETUP and any data, in any order, and resets the bus whenever it likes. What it
// cannot do is in port.h: packets have 8 bytes after SETUP and up to 64 else.
#include "machine.h"

#include "port.h"
#include "usb.h"

static uint8_t machine_packet[HF_USB_PACKET];

static hf_usb_event machine_poll(const uint8_t **packet, uint32_t *size)
{
    Frama_C_make_unknown((char *)machine_packet, sizeof machine_packet);
    *packet = machine_packet;
    *size = Frama_C_unsigned_int_interval(0, sizeof machine_packet);
    return (hf_usb_event)Frama_C_interval(HF_USB_NOTHING, HF_USB_TAKEN);
}

static void machine_usb_send(const uint8_t *packet, uint32_t size)
{
    //@ assert sends_what_is_there: size == 0 || \initialized(packet + (0 .. size - 1));
    (void)packet;
    (void)size;
}

static void machine_address(uint8_t address)
{
    //@ assert address_is_one: address < 128;
    (void)address;
}

static void machine_bus(void)
{
}

const struct hf_usb_port hf_usb_port = {
    machine_bus, machine_bus, machine_poll, machine_usb_send, machine_bus, machine_bus, machine_address,
};

// Frama-C 25 cannot read the strings of usb_descriptors.c (u"..."): any descriptor of any size stands for them.
static uint8_t machine_descriptor[256];

hf_usb_answer hf_usb_descriptor(uint16_t which, struct hf_usb_reply *reply)
{
    (void)which;
    if (machine_maybe()) {
        return HF_USB_STALL;
    }
    return hf_usb_send(reply, machine_descriptor, (uint16_t)Frama_C_interval(0, sizeof machine_descriptor));
}

hf_usb_answer hf_usb_ms_descriptor_set(struct hf_usb_reply *reply)
{
    return hf_usb_descriptor(0, reply);
}
