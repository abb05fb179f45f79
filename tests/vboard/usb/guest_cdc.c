// SPDX-License-Identifier: MIT
// Guest: a USB serial adapter as others write them (CDC ACM, PSTN 1.2), for a host's own class driver. What comes in goes
// out again with small letters made capital, so that an echo of the terminal cannot pass for it. Its pins PE0 and PE1 are DTR and
// RTS as an adapter drives them: low when they are asserted.
#include "guest.h"
#include "guest_otg.h"

GUEST_DEFINE_RESULTS;

#define RING 1024u

#define RCC_AHB1ENR REG32(0x40023830u)
#define GPIOE_MODER REG32(0x40021000u)
#define GPIOE_BSRR  REG32(0x40021018u)

static const uint8_t device_descriptor[18] = {18,   1,    0, 2,    2, 0, 0, 64, 0x09,
                                              0x12, 0x02, 0, 0x00, 1, 1, 2, 0,  1};
static const uint8_t configuration[] = {
    9, 2, 67, 0, 2, 1, 0, 0x80, 50,
    9, 4, 0, 0, 1, 2, 2, 1, 0,                 // communication, abstract control model
    5, 0x24, 0, 0x10, 1,                       // header: CDC 1.10
    5, 0x24, 1, 0, 1,                          // call management: none
    4, 0x24, 2, 2,                             // line coding and control signals
    5, 0x24, 6, 0, 1,                          // union of both interfaces
    7, 5, 0x82, 3, 8, 0, 16,                   // notifications: none are sent
    9, 4, 1, 0, 2, 10, 0, 0, 0,                // data
    7, 5, 0x01, 2, 64, 0, 0,
    7, 5, 0x81, 2, 64, 0, 0,
};
static const uint8_t strings[3][24] = {
    {4, 3, 0x09, 0x04},
    {12, 3, 'T', 0, 'e', 0, 's', 0, 't', 0, 's', 0},
    {14, 3, 'S', 0, 'e', 0, 'r', 0, 'i', 0, 'a', 0, 'l', 0},
};

static uint8_t line_coding[7] = {0x00, 0xC2, 0x01, 0, 0, 0, 8}; // 115200 8N1
static uint8_t ring[RING];
static unsigned put, taken;
static bool listening, reading;
static uint8_t chosen;
static const uint8_t *answer;
static unsigned answer_left;

static void listen(void)
{
    if (!listening && chosen != 0 && RING - (put - taken) >= OTG_PACKET) {
        listening = true;
        otg_receive(1, 1);
    }
}

static void talk(void)
{
    uint8_t packet[OTG_PACKET - 1]; // a short packet ends a transfer
    unsigned size = 0;
    if (chosen == 0 || !otg_in_idle(1) || put == taken) {
        return;
    }
    while (size < sizeof packet && taken != put) {
        packet[size++] = ring[taken++ % RING];
    }
    otg_send(1, packet, size);
    listen();
}

void on_received(unsigned endpoint, const uint8_t *data, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        if (endpoint == 0 && i < sizeof line_coding) {
            line_coding[i] = data[i];
        } else if (endpoint == 1) {
            ring[put++ % RING] = data[i] >= 'a' && data[i] <= 'z' ? data[i] - 32 : data[i];
        }
    }
    talk();
}

void on_receive_done(unsigned endpoint)
{
    if (endpoint == 1) {
        listening = false;
        listen();
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
}

void on_sent(unsigned endpoint)
{
    if (endpoint == 1) {
        talk();
    } else if (endpoint == 0 && reading && answer_left > 0) {
        answer_more();
    } else if (endpoint == 0 && reading) {
        otg_receive(0, 1);
    }
}

void on_reset(void)
{
    chosen = 0;
    put = taken = 0;
    listening = false;
}

static bool reply(const void *data, unsigned size, unsigned asked)
{
    answer = data;
    answer_left = size < asked ? size : asked;
    answer_more();
    return true;
}

// Bit 0 is DTR, bit 1 RTS (PSTN 1.2, table 18).
static void drive_lines(unsigned asserted)
{
    GPIOE_BSRR = (asserted & 3u) << 16 | (~asserted & 3u);
}

static bool agree(void)
{
    otg_send(0, 0, 0);
    return true;
}

static bool configure(uint8_t value)
{
    chosen = value;
    if (chosen != 0) {
        otg_activate(0x01, 2, OTG_PACKET);
        otg_activate(0x81, 2, OTG_PACKET);
        otg_activate(0x82, 3, 8);
        put = taken = 0;
        listening = false;
        listen();
    }
    return agree();
}

static bool describe(unsigned type, unsigned index, unsigned asked)
{
    if (type == 1) {
        return reply(device_descriptor, sizeof device_descriptor, asked);
    }
    if (type == 2 && index == 0) {
        return reply(configuration, sizeof configuration, asked);
    }
    return type == 3 && index < 3 && reply(strings[index], strings[index][0], asked);
}

static bool request(const uint8_t *setup, unsigned asked)
{
    static const uint8_t zeros[2];
    switch (setup[0] << 8 | setup[1]) {
    case 0x8006: return describe(setup[3], setup[2], asked);
    case 0x0005: otg_set_address(setup[2]); return agree();
    case 0x0009: return setup[2] <= 1 && configure(setup[2]);
    case 0x8008: return reply(&chosen, 1, asked);
    case 0x8000:
    case 0x8100:
    case 0x8200: return reply(zeros, 2, asked);
    case 0x010B: return setup[2] == 0 && agree();
    case 0x0201: otg_stall(setup[4], false); return agree();
    case 0x2120: otg_receive(0, 1); return asked == sizeof line_coding; // SET_LINE_CODING
    case 0xA121: return reply(line_coding, sizeof line_coding, asked);
    case 0x2122: drive_lines(setup[2]); return agree(); // SET_CONTROL_LINE_STATE
    default: return false;
    }
}

void on_setup(const uint8_t setup[8])
{
    unsigned asked = setup[6] | (unsigned)setup[7] << 8;
    reading = setup[0] & 0x80 && asked > 0;
    answer_left = 0;
    if (!request(setup, asked)) {
        otg_stall(0x80, true);
        otg_stall(0x00, true);
    }
}

void irq67(void);
void irq67(void)
{
    otg_service();
}

int main(void)
{
    RCC_AHB1ENR |= 1u << 4;
    drive_lines(0);
    GPIOE_MODER |= 5;
    otg_start();
    irq_enable(67);
    for (;;) {
        wait_for_interrupt();
    }
}
