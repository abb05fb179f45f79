// SPDX-License-Identifier: MIT
// The USB controller and the host at its far end, without sense: any request, broken off at any packet, and pieces of
// what dfu-util does. What the controller itself would never do is not done here either.
#include <string.h>

#include "board.h"
#include "hf_dfu.h"
#include "machine.h"
#include "port.h"
#include "usb.h"

#define TRANSFERS 256u
#define TO_END    0xFFFFu
#define PATIENCE  200u // looks at the bus

struct transfer {
    uint8_t setup[8];
    unsigned image; // data of an OUT transfer come from there, unless there is a command
    uint32_t offset;
    uint8_t command[8]; // when command_size is not 0
    uint8_t command_size;
    uint16_t packets; // after so many the host goes on to the next transfer
};

static struct {
    bool open, reset_waits, setup_waits;
    bool running;             // a transfer is under way
    bool in_ready, out_ready; // the device has sent, wants to be sent, a packet
    struct transfer queue[TRANSFERS];
    uint32_t in, out;
    struct transfer now;
    uint32_t moved, packets, waits;
} bus;

// -- the controller ---------------------------------------------------------------------------------------------------

static void port_open(void)
{
    bus.open = true;
}

static void port_close(void)
{
    bus.open = false;
}

static uint8_t data_at(const struct transfer *transfer, uint32_t offset)
{
    if (transfer->command_size != 0) {
        return offset < transfer->command_size ? transfer->command[offset] : 0;
    }
    offset += transfer->offset;
    return offset < images[transfer->image].size ? images[transfer->image].bytes[offset] : 0xFF;
}

static bool to_host(void)
{
    return (bus.now.setup[0] & 0x80u) != 0;
}

static uint32_t announced(void)
{
    return (uint32_t)bus.now.setup[6] | (uint32_t)bus.now.setup[7] << 8;
}

// The next packet of an OUT data stage, or the empty one of a status stage.
static uint32_t next_packet(uint8_t *packet)
{
    uint32_t size = to_host() ? 0 : announced() - bus.moved;
    size = size > HF_USB_PACKET ? HF_USB_PACKET : size;
    for (uint32_t i = 0; i < size; i++) {
        packet[i] = data_at(&bus.now, bus.moved + i);
    }
    bus.moved += size;
    return size;
}

static void begin_transfer(void)
{
    bus.now = bus.queue[bus.out++];
    bus.running = bus.setup_waits = true;
    bus.moved = bus.packets = bus.waits = 0;
}

static bool broken_off(void)
{
    bus.running = bus.running && bus.packets++ < bus.now.packets;
    return !bus.running;
}

static hf_usb_event event(uint8_t *packet, uint32_t *size)
{
    if (bus.reset_waits) {
        bus.reset_waits = bus.running = bus.setup_waits = bus.in_ready = bus.out_ready = false;
        return HF_USB_RESET;
    }
    if (bus.setup_waits) {
        bus.setup_waits = bus.in_ready = bus.out_ready = false;
        memcpy(packet, bus.now.setup, sizeof bus.now.setup);
        return HF_USB_SETUP;
    }
    if (bus.in_ready && !broken_off()) {
        bus.in_ready = false;
        bus.waits = 0;
        bus.running = to_host() && announced() > 0; // the status stage of the others
        return HF_USB_SENT;
    }
    if (bus.out_ready && !broken_off()) {
        bus.out_ready = false;
        bus.waits = 0;
        *size = next_packet(packet);
        bus.running = !to_host();
        return HF_USB_TAKEN;
    }
    return HF_USB_NOTHING;
}

static hf_usb_event port_poll(const uint8_t **packet, uint32_t *size)
{
    static uint8_t received[HF_USB_PACKET];
    if (!bus.open) {
        violate("USB: polled while closed");
    }
    *packet = received;
    hf_usb_event what = event(received, size);
    if (what != HF_USB_NOTHING) {
        return what;
    }
    if (bus.running && ++bus.waits > PATIENCE) {
        bus.running = false; // the host gives up
    }
    if (!bus.running && bus.out < bus.in) {
        begin_transfer();
    } else {
        machine_idle();
    }
    return HF_USB_NOTHING;
}

static void port_send(const uint8_t *packet, uint32_t size)
{
    uint8_t copy[HF_USB_PACKET]; // all of it can be read
    if (size > HF_USB_PACKET || bus.in_ready) {
        violate("USB: %u bytes sent, %s", size, bus.in_ready ? "the last packet still there" : "too many");
    }
    if (size > 0) {
        memcpy(copy, packet, size);
        __asm__ volatile("" : : "r"(copy) : "memory");
    }
    bus.in_ready = true;
}

static void port_accept(void)
{
    bus.out_ready = true;
}

static void port_stall(void)
{
    bus.running = false;
}

static void port_set_address(uint8_t address)
{
    if (address > 127) {
        violate("USB: address %u", address);
    }
}

const struct hf_usb_port hf_usb_port = {port_open, port_close,  port_poll,       port_send,
                                        port_accept, port_stall, port_set_address};

// -- requests ---------------------------------------------------------------------------------------------------------

static struct transfer *request(uint8_t type, uint8_t number, uint16_t value, uint16_t index, uint16_t length)
{
    static struct transfer nowhere;
    struct transfer *transfer = bus.in < TRANSFERS ? &bus.queue[bus.in++] : &nowhere;
    const uint8_t setup[] = {type, number, (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)index, (uint8_t)(index >> 8),
                             (uint8_t)length, (uint8_t)(length >> 8)};
    *transfer = (struct transfer){.packets = TO_END};
    memcpy(transfer->setup, setup, sizeof setup);
    return transfer;
}

static void get_status(void)
{
    request(0xA1, HF_DFU_GETSTATUS, 0, 0, 6);
}

static void command(uint8_t code, uint32_t address, uint8_t size)
{
    struct transfer *transfer = request(0x21, HF_DFU_DNLOAD, 0, 0, size);
    transfer->command[0] = code;
    memcpy(transfer->command + 1, &address, sizeof address);
    transfer->command_size = size;
}

static void settle(void)
{
    for (int i = 0; i < 3; i++) {
        get_status();
    }
}

static void block(uint16_t number, unsigned image, uint32_t offset, uint16_t size)
{
    struct transfer *transfer = request(0x21, HF_DFU_DNLOAD, number, 0, size);
    transfer->image = image;
    transfer->offset = offset;
}

static void plug(void)
{
    bus.in = bus.out = 0;
    bus.reset_waits = true;
    request(0x00, 5, 7, 0, 0);
    request(0x00, 9, 1, 0, 0);
}

// Every image is smaller than a block.
static void update(unsigned image)
{
    plug(); // DFU begins anew
    command(HF_DFUSE_ERASE, HF_APP_ADDRESS, 5);
    settle();
    command(HF_DFUSE_SET_ADDRESS, HF_APP_ADDRESS, 5);
    settle();
    block(HF_DFUSE_FIRST_BLOCK, image, 0, (uint16_t)images[image].size);
    settle();
    for (int i = 0; i < 40; i++) { // while it is programmed
        get_status();
    }
    request(0x21, HF_DFU_DNLOAD, 0, 0, 0);
    get_status();
}

// -- lines of the script ----------------------------------------------------------------------------------------------

static void act(uint8_t code, struct script *script)
{
    static const uint8_t commands[] = {HF_DFUSE_GET_COMMANDS, HF_DFUSE_SET_ADDRESS, HF_DFUSE_ERASE, HF_DFUSE_UNPROTECT};
    uint32_t in = bus.in;
    switch (code % 16) {
    case 0: plug(); return;
    case 1: bus.reset_waits = true; return;
    case 2: { // anything
        uint8_t type = script_byte(script), number = script_byte(script);
        uint16_t value = script_half(script), index = script_half(script);
        request(type, number, value, index, script_half(script))->image = code / 16 % IMAGES;
        break;
    }
    case 3: { // a request of DFU
        uint8_t number = script_byte(script) % 8;
        uint16_t value = script_half(script), length = script_half(script) % 2100;
        request(number == HF_DFU_UPLOAD || number == HF_DFU_GETSTATUS || number == HF_DFU_GETSTATE ? 0xA1 : 0x21, number,
                value, 0, length);
        break;
    }
    case 4: get_status(); break;
    case 5: settle(); break;
    case 6: request(0x21, HF_DFU_CLRSTATUS, 0, 0, 0); break;
    case 7: request(0x21, HF_DFU_ABORT, 0, 0, 0); break;
    case 8: request(0x21, HF_DFU_DNLOAD, script_half(script), 0, 0); break;
    case 9: {
        uint8_t what = commands[script_byte(script) % sizeof commands];
        uint32_t address = HF_APP_ADDRESS + script_half(script);
        command(what, address, script_byte(script) % 4 == 0 ? 1 : 5);
        break;
    }
    case 10: {
        uint8_t what = script_byte(script);
        uint32_t address = script_word(script);
        command(what, address, script_byte(script) % 8);
        break;
    }
    case 11: {
        uint8_t pick = script_byte(script);
        block(HF_DFUSE_FIRST_BLOCK, pick % IMAGES, 0, (uint16_t)images[pick % IMAGES].size);
        break;
    }
    case 12: {
        uint16_t number = script_half(script), size = script_half(script) % 2100;
        block(number, script_byte(script) % IMAGES, script_half(script), size);
        break;
    }
    case 13: request(0xA1, HF_DFU_UPLOAD, script_half(script), 0, script_half(script) % 2100); break;
    case 14: request(0x21, HF_DFU_DETACH, 1000, 0, 0); break;
    default: request(0x80, 6, script_half(script), 0, script_half(script)); break; // a descriptor
    }
    if (code / 16 % 4 == 3 && in < bus.in) { // broken off
        bus.queue[bus.in - 1].packets = script_byte(script);
    }
}

static void power_on(void)
{
    bus.open = bus.running = bus.setup_waits = bus.in_ready = bus.out_ready = bus.reset_waits = false;
    bus.in = bus.out = 0;
}

static bool done(void)
{
    if (bus.out == bus.in && !bus.running) {
        bus.in = bus.out = 0;
        return true;
    }
    return !bus.open;
}

const struct host usb_host = {power_on, act, update, done};
