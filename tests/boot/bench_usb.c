// SPDX-License-Identifier: MIT
// The USB controller of the bench board and the host at its far end.
#include "bench_usb.h"

#include <string.h>

#include "bench_assert.h"
#include "bench_port.h"
#include "usb.h"

#define PATIENCE_US  5000000u
#define POLL_US      10u // of the core's loop
#define DETACHED_US  20000u

static struct {
    bool open;
    uint8_t address, new_address;
    bool reset, setup_waits, sent, taken; // events for the device
    uint8_t setup[8];
    uint8_t out[HF_USB_PACKET];
    uint32_t out_size;
    bool in_ready, out_ready, stalled; // what the device said
    uint8_t in[HF_USB_PACKET];
    uint32_t in_size;
} bus;

static uint32_t packets_left = USB_ALL;

// Called at power-on.
void line_new(void)
{
    memset(&bus, 0, sizeof bus);
    packets_left = USB_ALL;
}

// -- the board's side -------------------------------------------------------------------------------------------------

static void must_be_open(const char *what)
{
    if (!bus.open) {
        violate("USB: %s before it was opened", what);
    }
}

static void port_open(void)
{
    bus.open = true;
}

static void port_close(void)
{
    must_be_open("closed");
    bus.open = false;
    clock_advance_us(DETACHED_US);
    thread_meet_host(true);
}

static hf_usb_event next_event(uint8_t *packet, uint32_t *size)
{
    if (bus.reset) {
        memset(&bus, 0, sizeof bus);
        bus.open = true;
        return HF_USB_RESET;
    }
    if (bus.sent) {
        bus.sent = false;
        return HF_USB_SENT;
    }
    if (bus.taken) {
        bus.taken = false;
        memcpy(packet, bus.out, bus.out_size);
        *size = bus.out_size;
        return HF_USB_TAKEN;
    }
    if (bus.setup_waits) {
        bus.setup_waits = false;
        bus.in_ready = bus.out_ready = bus.stalled = false;
        memcpy(packet, bus.setup, sizeof bus.setup);
        return HF_USB_SETUP;
    }
    return HF_USB_NOTHING;
}

// A packet stands in the driver's memory until the next poll: with all of it overwritten then, nobody can look too late.
static hf_usb_event port_poll(const uint8_t **packet, uint32_t *size)
{
    static uint8_t held[HF_USB_PACKET];
    must_be_open("polled");
    memset(held, 0xA5, sizeof held);
    hf_usb_event event = next_event(held, size);
    *packet = held;
    clock_advance_us(POLL_US);
    if (event == HF_USB_NOTHING) {
        thread_meet_host(false);
    }
    return event;
}

static void port_send(const uint8_t *packet, uint32_t size)
{
    must_be_open("sent");
    if (size > HF_USB_PACKET || bus.in_ready) {
        violate("USB: %u bytes sent, %s", size, bus.in_ready ? "the last packet still there" : "too many");
        return;
    }
    if (size > 0) {
        memcpy(bus.in, packet, size);
    }
    bus.in_size = size;
    bus.in_ready = true;
    thread_meet_host(true);
}

static void port_accept(void)
{
    must_be_open("accepted");
    bus.out_ready = true;
    thread_meet_host(true);
}

static void port_stall(void)
{
    bus.stalled = true;
    thread_meet_host(true);
}

static void port_set_address(uint8_t address)
{
    bus.new_address = address;
}

const struct hf_usb_port hf_usb_port = {port_open, port_close,  port_poll,       port_send,
                                        port_accept, port_stall, port_set_address};

// -- the host's side --------------------------------------------------------------------------------------------------

bool usb_attached(void)
{
    return bus.open;
}

uint8_t usb_address(void)
{
    return bus.address;
}

void usb_cut_after(uint32_t packets)
{
    packets_left = packets;
}

static bool may_go_on(void)
{
    if (packets_left == 0) {
        return false;
    }
    packets_left -= packets_left != USB_ALL ? 1 : 0;
    return true;
}

// Token, data and handshake: 12 bits are a microsecond.
static void wire(uint32_t bytes)
{
    thread_run(clock_us() + 8 + bytes * 8 / 12, false);
}

static usb_end wait_for(const bool *ready)
{
    uint64_t end = clock_us() + PATIENCE_US;
    while (!*ready && !bus.stalled && clock_us() < end && board.state == BOARD_RUNNING) {
        thread_run(end, true);
    }
    return bus.stalled ? USB_STALLED : *ready ? USB_DONE : USB_TIMED_OUT;
}

static void settle_events(void)
{
    thread_run(clock_us() + 50, false);
}

void usb_bus_reset(void)
{
    bus.reset = true;
    thread_run(clock_us() + 10000, false);
}

static usb_end send_setup(const uint8_t setup[8])
{
    if (!may_go_on()) {
        return USB_CUT;
    }
    wire(8);
    memcpy(bus.setup, setup, 8);
    bus.in_ready = bus.out_ready = bus.stalled = bus.taken = false; // the controller's own doing
    bus.setup_waits = true;
    return USB_DONE;
}

static usb_end take_packet(uint8_t *data, size_t room, size_t *size)
{
    usb_end end = wait_for(&bus.in_ready);
    if (end != USB_DONE) {
        return end;
    }
    if (!may_go_on()) {
        return USB_CUT;
    }
    wire(bus.in_size);
    assert_true(bus.in_size <= room); // babble
    *size = bus.in_size;
    if (*size > 0) {
        memcpy(data, bus.in, *size);
    }
    bus.in_ready = false;
    bus.sent = true;
    return USB_DONE;
}

static usb_end give_packet(const uint8_t *data, uint32_t size)
{
    usb_end end = wait_for(&bus.out_ready);
    if (end != USB_DONE) {
        return end;
    }
    if (!may_go_on()) {
        return USB_CUT;
    }
    wire(size);
    if (size > 0) {
        memcpy(bus.out, data, size);
    }
    bus.out_size = size;
    bus.out_ready = false;
    bus.taken = true;
    return USB_DONE;
}

static usb_end data_in(uint8_t *data, uint16_t length, size_t *actual)
{
    size_t size = HF_USB_PACKET;
    usb_end end = USB_DONE;
    while (*actual < length && size == HF_USB_PACKET && end == USB_DONE) {
        end = take_packet(data + *actual, length - *actual, &size);
        *actual += end == USB_DONE ? size : 0;
    }
    return end;
}

static usb_end data_out(const uint8_t *data, uint16_t length, size_t *actual)
{
    usb_end end = USB_DONE;
    while (*actual < length && end == USB_DONE) {
        uint32_t size = length - (uint32_t)*actual;
        size = size > HF_USB_PACKET ? HF_USB_PACKET : size;
        end = give_packet(data + *actual, size);
        *actual += size;
    }
    return end;
}

static usb_end transfer(const uint8_t setup[8], void *data, uint16_t length, size_t *actual)
{
    uint8_t nothing;
    size_t none;
    bool in = (setup[0] & USB_IN) != 0;
    usb_end end = send_setup(setup);
    if (end == USB_DONE && length > 0) {
        end = in ? data_in(data, length, actual) : data_out(data, length, actual);
    }
    if (end == USB_DONE) {
        end = in && length > 0 ? give_packet(&nothing, 0) : take_packet(&nothing, 0, &none);
    }
    settle_events();
    return end;
}

static void make_setup(uint8_t setup[8], uint8_t type, uint8_t request, uint16_t value, uint16_t index, uint16_t length)
{
    const uint8_t bytes[8] = {type,           request, (uint8_t)value,  (uint8_t)(value >> 8),
                              (uint8_t)index, (uint8_t)(index >> 8), (uint8_t)length, (uint8_t)(length >> 8)};
    memcpy(setup, bytes, 8);
}

usb_end usb_control(uint8_t type, uint8_t request, uint16_t value, uint16_t index, void *data, uint16_t length,
                    size_t *actual)
{
    uint8_t setup[8];
    size_t moved = 0;
    make_setup(setup, type, request, value, index, length);
    usb_end end = transfer(setup, data, length, &moved);
    if (type == 0 && request == 5 && end == USB_DONE) {
        bus.address = bus.new_address;
    }
    if (actual != NULL) {
        *actual = moved;
    }
    return end;
}

usb_end usb_control_short(uint8_t request, uint16_t value, const void *data, uint16_t length, uint16_t sent)
{
    uint8_t setup[8], nothing;
    size_t moved = 0, none;
    make_setup(setup, 0x21, request, value, 0, length);
    usb_end end = send_setup(setup);
    if (end == USB_DONE) {
        end = data_out(data, sent, &moved);
    }
    if (end == USB_DONE) {
        end = take_packet(&nothing, 0, &none);
    }
    settle_events();
    return end;
}

void usb_plug(void)
{
    usb_bus_reset();
    assert_int_equal(usb_control(0x00, 5, 7, 0, NULL, 0, NULL), USB_DONE);
    assert_int_equal(usb_control(0x00, 9, 1, 0, NULL, 0, NULL), USB_DONE);
}
