// SPDX-License-Identifier: MIT
// The virtual USB host's wire: one transaction at a time, bit by bit in time.
//
// USB 2.0 chapters 7.1.18 and 8: at full speed a packet is 8 bits of SYNC, its bytes, stuffed bits
// (a 0 after six 1s) and 3 bits of end-of-packet. Who answers turns the bus around in 2 to 7.5 bit
// times; who waits gives up after 16 to 18.
#include "host.h"

#define TOKEN_BITS      (8 + 8 + 11 + 5 + 3)
#define HANDSHAKE_BITS  (8 + 8 + 3)
#define DATA_FRAME_BITS (8 + 8 + 16 + 3) // around the payload
#define TURNAROUND_BITS 5
#define GIVE_UP_BITS    18

static vb_time bits(unsigned count)
{
    return count * VB_US / 12;
}

// Zeros the transmitter inserts into these bytes.
static unsigned stuffed_bits(const uint8_t *bytes, size_t size)
{
    unsigned ones = 0, stuffed = 0;
    for (size_t i = 0; i < 8 * size; i++) {
        ones = bytes[i / 8] >> i % 8 & 1 ? ones + 1 : 0;
        if (ones == 6) {
            stuffed++;
            ones = 0;
        }
    }
    return stuffed;
}

static unsigned data_bits(const vb_usb_packet *packet)
{
    return DATA_FRAME_BITS + 8 * (unsigned)packet->size + stuffed_bits(packet->data, packet->size);
}

// A transaction only begins when it ends before the next frame, whatever the device sends.
bool usb_fits(const vb_usb_host *host, vb_usb_token token, const vb_usb_packet *packet, size_t max)
{
    unsigned payload = (unsigned)(token == VB_USB_IN ? max : packet->size) * 8;
    unsigned longest =
        TOKEN_BITS + DATA_FRAME_BITS + payload + payload / 6 + HANDSHAKE_BITS + 3 * TURNAROUND_BITS;
    return vb_now(host->board) + bits(longest + TOKEN_BITS) <= host->frame_start + VB_MS;
}

static void after(vb_usb_host *host, unsigned count)
{
    vb_schedule(host->device, HOST_STEP, vb_now(host->board) + bits(count));
}

void usb_begin(vb_usb_host *host, vb_usb_token token, const vb_usb_packet *packet, usb_pipe *pipe)
{
    host->now =
        (usb_transaction){.phase = PHASE_DECIDE, .token = token, .packet = *packet, .pipe = pipe};
    after(host, TOKEN_BITS + TURNAROUND_BITS + (token == VB_USB_IN ? 0 : data_bits(packet)));
}

static vb_usb_answer ask_device(vb_usb_host *host)
{
    usb_transaction *now = &host->now;
    switch (now->token) {
    case VB_USB_SETUP: return host->function->setup(host->device, &now->packet);
    case VB_USB_OUT: return host->function->out(host->device, &now->packet);
    default: return host->function->in(host->device, &now->packet);
    }
}

static void decide(vb_usb_host *host)
{
    usb_transaction *now = &host->now;
    now->answer = ask_device(host);
    now->phase = PHASE_FINISH;
    if (now->answer == VB_USB_SILENCE) {
        after(host, GIVE_UP_BITS + TURNAROUND_BITS);
        return;
    }
    bool data = now->token == VB_USB_IN && now->answer == VB_USB_ACK;
    after(host, (data ? data_bits(&now->packet) + TURNAROUND_BITS : 0) + HANDSHAKE_BITS +
                    TURNAROUND_BITS);
}

static void end_single(vb_usb_host *host, const usb_transaction *done)
{
    host->single.packet = done->packet;
    host->single.answer = done->answer;
    host->single.over = true;
}

static void finish(vb_usb_host *host)
{
    usb_transaction done = host->now;
    host->now.phase = PHASE_IDLE;
    if (done.token == VB_USB_IN && done.answer == VB_USB_ACK) {
        host->function->taken(host->device, &done.packet);
    }
    if (done.pipe == NULL) {
        end_single(host, &done);
    } else if (!done.orphan) {
        usb_finished(host, done.pipe, done.token, &done.packet, done.answer);
    } else if (done.answer == VB_USB_ACK) {
        done.pipe->data1 = !done.packet.data1;
    }
    usb_next(host);
}

void usb_wire_event(vb_usb_host *host)
{
    switch (host->now.phase) {
    case PHASE_DECIDE: decide(host); break;
    case PHASE_FINISH: finish(host); break;
    default: usb_next(host); break;
    }
}
