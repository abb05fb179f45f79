// SPDX-License-Identifier: MIT
// Guest: a vendor-specific USB device. What comes in on endpoint 1 goes out on endpoint 1; endpoint
// 2 is an interrupt endpoint that counts; alternate setting 1 has endpoint 3, an endless source.
// Built with POLLING it uses no interrupt.
//
// Vendor requests: 1 reads what request 2 wrote (up to 256 bytes); 3 halts endpoint 1; 4 detaches
// for 50 ms; 5 resets the chip; 6 wakes the host as soon as it has suspended the bus.
#include "guest.h"
#include "guest_otg.h"

GUEST_DEFINE_RESULTS;

#define RING 1024u

static const uint8_t device_descriptor[18] = {18,   1,    0, 2,    0xFF, 0, 0, 64, 0x09,
                                              0x12, 0x01, 0, 0x34, 0x12, 1, 2, 3,  1};
static const uint8_t configuration[] = {
    9,    2,    9 + 9 + 3 * 7 + 9 + 4 * 7,
    0,    1,    1,
    0,    0xA0, 50,
    9,    4,    0,
    0,    3,    0xFF,
    0,    0,    0,
    7,    5,    0x01,
    2,    64,   0,
    0,    7,    5,
    0x81, 2,    64,
    0,    0,    7,
    5,    0x82, 3,
    8,    0,    4,
    9,    4,    0,
    1,    4,    0xFF,
    1,    0,    0,
    7,    5,    0x01,
    2,    64,   0,
    0,    7,    5,
    0x81, 2,    64,
    0,    0,    7,
    5,    0x82, 3,
    8,    0,    4,
    7,    5,    0x83,
    2,    64,   0,
    0,
};
static const uint8_t strings[4][32] = {
    {4, 3, 0x09, 0x04},
    {12, 3, 'T', 0, 'e', 0, 's', 0, 't', 0, 's', 0},
    {18, 3, 'L', 0, 'o', 0, 'o', 0, 'p', 0, 'b', 0, 'a', 0, 'c', 0, 'k', 0},
    {6, 3, '0', 0, '1', 0},
};

static uint8_t ring[RING];
static unsigned put, taken; // ever
static bool listening;      // endpoint 1 OUT is armed
static uint32_t counter;
static uint8_t source;
static uint8_t chosen, alternate;
static uint8_t stored[256];
static unsigned stored_size, expected;
static const uint8_t *answer; // what is left of a control read
static unsigned answer_left;
static bool zero_behind, reading;
static volatile unsigned wish; // vendor requests that take place outside the handler

static void listen(void)
{
    unsigned room = RING - (put - taken), packets = room / OTG_PACKET;
    if (!listening && chosen != 0 && packets > 0) {
        listening = true;
        otg_receive(1, packets < 4 ? packets : 4);
    }
}

static void talk(void)
{
    uint8_t packet[2 * OTG_PACKET];
    unsigned size = 0;
    if (chosen == 0 || !otg_in_idle(1) || put == taken || otg_stalled(0x81)) {
        return;
    }
    while (size < sizeof packet && taken != put) {
        packet[size++] = ring[taken++ % RING];
    }
    otg_send(1, packet, size);
    listen();
}

static void count(void)
{
    counter++;
    otg_send(2, &counter, sizeof counter);
}

static void pour(void)
{
    uint8_t packet[2 * OTG_PACKET];
    for (unsigned i = 0; i < sizeof packet; i++) {
        packet[i] = source++;
    }
    otg_send(3, packet, sizeof packet);
}

void on_received(unsigned endpoint, const uint8_t *data, unsigned size)
{
    if (endpoint == 0) {
        for (unsigned i = 0; i < size && stored_size < sizeof stored; i++) {
            stored[stored_size++] = data[i];
        }
        return;
    }
    results[4] += size;
    for (unsigned i = 0; i < size; i++) {
        ring[put++ % RING] = data[i];
    }
    talk();
}

void on_receive_done(unsigned endpoint)
{
    if (endpoint == 1) {
        listening = false;
        listen();
    } else if (!reading && stored_size < expected) {
        otg_receive(0, 1);
    } else if (!reading) {
        otg_send(0, 0, 0);
    }
}

static void answer_more(void)
{
    unsigned size = answer_left < OTG_PACKET ? answer_left : OTG_PACKET;
    otg_send(0, answer, size);
    answer += size;
    answer_left -= size;
    zero_behind = zero_behind && (answer_left > 0 || size == OTG_PACKET);
}

void on_sent(unsigned endpoint)
{
    switch (endpoint) {
    case 0:
        if (reading && (answer_left > 0 || zero_behind)) {
            zero_behind = zero_behind && answer_left > 0;
            answer_more();
        } else if (reading) {
            otg_receive(0, 1);
        }
        break;
    case 1: talk(); break;
    case 2: count(); break;
    default: pour(); break;
    }
}

void on_reset(void)
{
    results[2]++;
    chosen = alternate = 0;
    put = taken = 0;
    listening = false;
}

// -- requests -----------------------------------------------------------------------------------

static bool reply(const void *data, unsigned size, unsigned asked)
{
    zero_behind = size < asked && size > 0 && size % OTG_PACKET == 0;
    answer = data;
    answer_left = size < asked ? size : asked;
    answer_more();
    return true;
}

static bool agree(void)
{
    otg_send(0, 0, 0);
    return true;
}

static void open_endpoints(void)
{
    otg_activate(0x01, 2, OTG_PACKET);
    otg_activate(0x81, 2, OTG_PACKET);
    otg_activate(0x82, 3, 8);
    put = taken = 0;
    listening = false;
    listen();
    count();
    if (alternate == 1) {
        otg_activate(0x83, 2, OTG_PACKET);
        source = 0;
        pour();
    }
}

static bool describe(unsigned type, unsigned index, unsigned asked)
{
    if (type == 1) {
        return reply(device_descriptor, 18, asked);
    }
    if (type == 2 && index == 0) {
        return reply(configuration, sizeof configuration, asked);
    }
    return type == 3 && index < 4 && reply(strings[index], strings[index][0], asked);
}

static bool standard(const uint8_t *request, unsigned asked)
{
    static uint8_t little[2];
    little[0] = little[1] = 0;
    switch (request[0] << 8 | request[1]) {
    case 0x8006: return describe(request[3], request[2], asked);
    case 0x0005: otg_set_address(request[2]); return agree();
    case 0x0009:
        if (request[2] > 1) {
            return false;
        }
        chosen = request[2];
        alternate = 0;
        if (chosen != 0) {
            open_endpoints();
        }
        return agree();
    case 0x8008: return reply(&chosen, 1, asked);
    case 0x010B:
        if (request[2] > 1 || request[4] != 0) {
            return false;
        }
        alternate = request[2];
        open_endpoints();
        return agree();
    case 0x810A: return reply(&alternate, 1, asked);
    case 0x8000:
    case 0x8100: return reply(little, 2, asked);
    case 0x8200: little[0] = otg_stalled(request[4]); return reply(little, 2, asked);
    case 0x0201: otg_stall(request[4], false); return agree();
    case 0x0203: otg_stall(request[4], true); return agree();
    case 0x0001:
    case 0x0003: return agree(); // remote wake-up
    default: return false;
    }
}

static bool vendor(const uint8_t *request, unsigned asked)
{
    switch (request[1]) {
    case 1: return reply(stored, stored_size, asked);
    case 2:
        expected = asked;
        stored_size = 0;
        if (asked == 0) {
            return agree();
        }
        otg_receive(0, 1);
        return asked <= sizeof stored;
    case 3:
        otg_stall(0x01, true);
        otg_stall(0x81, true);
        return agree();
    default: wish = request[1]; return request[1] <= 6 && agree();
    }
}

void on_setup(const uint8_t request[8])
{
    unsigned asked = request[6] | (unsigned)request[7] << 8;
    results[3]++;
    reading = request[0] & 0x80 && asked > 0;
    answer_left = 0;
    zero_behind = false;
    bool good = (request[0] & 0x60) == 0x40 ? vendor(request, asked) : standard(request, asked);
    if (!good) {
        otg_stall(0x80, true);
        otg_stall(0x00, true);
    }
}

// -- the program --------------------------------------------------------------------------------

#ifdef POLLING
#define service() otg_service()
#else
static void service(void)
{
    irqs_off(); // else a wish could come between the look and the sleep
    if (wish == 0) {
        wait_for_interrupt();
    }
    irqs_on();
}

void irq67(void);
void irq67(void)
{
    results[5]++;
    otg_service();
}
#endif

static void pause_ms(unsigned ms)
{
    SYST_RVR = 168000 - 1;
    SYST_CVR = 0;
    SYST_CSR = 5;
    while (ms > 0) {
        ms -= SYST_CSR >> 16 & 1;
    }
}

static void grant(void)
{
    unsigned what = wish;
    wish = 0;
    switch (what) {
    case 4:
        pause_ms(5);
        otg_detach();
        pause_ms(50);
        otg_attach();
        break;
    case 5:
        pause_ms(5);
        AIRCR = 0x05FA0004;
        break;
    case 6:
        while (!otg_suspended()) {
        }
        otg_wake_host(true);
        pause_ms(5);
        otg_wake_host(false);
        break;
    default: break;
    }
}

int main(void)
{
    results[2] = results[3] = results[4] = results[5] = 0; // RAM holds anything after power-on
    otg_start();
#ifndef POLLING
    irq_enable(67);
#endif
    results[1] = 1;
    for (;;) {
        service();
        grant();
    }
}
