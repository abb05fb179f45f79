// SPDX-License-Identifier: MIT
// USART, first generation: the shift registers. Both sides of the wire keep their own time, so a
// baud rate that is off garbles what it garbles on silicon: the receiver takes samples 8, 9 and 10
// of 16 (4, 5, 6 of 8) of each bit, counted from the falling edge, and the majority wins. Manual:
// RM0090 Rev 21, 30.3.2 to 30.3.6.
#include <string.h>

#include "usart_v1.h"

enum { SAMPLES = 3 };

unsigned usart_word_bits(const usart *state)
{
    return state->cr1 & USART_CR1_M ? 9 : 8;
}

// Newer chips give their USARTs a choice of clocks.
static uint32_t kernel_clock(const vb_device *device)
{
    bool on_apb2 = strncmp(device->info->bus, "apb2", 4) == 0;
    uint32_t chosen = vb_clock_hz(device->board, on_apb2 ? VB_CLOCK_UART1 : VB_CLOCK_UART2);
    return chosen != 0 ? chosen : vb_device_clock(device);
}

// False: the baud rate generator stands, because its divider is below 1 or the bus has no clock.
static bool bit_time(const vb_device *device, vb_bit *bit)
{
    const usart *state = device->state;
    uint32_t clock = kernel_clock(device);
    bool over8 = state->cr1 & USART_CR1_OVER8;
    uint32_t divider = over8 ? (state->brr >> 4) * 8 + (state->brr & 7) : state->brr;
    *bit = (vb_bit){.ps = divider * VB_S, .per = clock};
    return clock != 0 && (state->brr >> 4) != 0;
}

static uint32_t word_mask(const usart *state)
{
    return (1u << usart_word_bits(state)) - 1;
}

static uint32_t parity_position(const usart *state)
{
    return 1u << (usart_word_bits(state) - 1);
}

// -- transmitter ----------------------------------------------------------------------------------
static unsigned stop_bits(const usart *state)
{
    return state->cr2 & (2u << 12) ? 2 : 1;
}

static uint32_t with_parity(const usart *state, uint32_t word)
{
    word &= word_mask(state);
    if (!(state->cr1 & USART_CR1_PCE)) {
        return word;
    }
    word &= ~parity_position(state);
    return word | (vb_parity_bit(word, state->cr1 & USART_CR1_PS) ? parity_position(state) : 0);
}

static void send(vb_device *device, usart_sending what, uint32_t levels, unsigned bits, vb_bit bit)
{
    usart *state = device->state;
    state->sending = what;
    state->tx =
        (vb_frame){.start = vb_now(device->board), .bit = bit, .levels = levels, .bits = bits};
    vb_schedule(device, USART_EVENT_SENT, vb_frame_end(&state->tx));
}

static void send_word(vb_device *device, vb_bit bit)
{
    usart *state = device->state;
    unsigned bits = usart_word_bits(state), stops = stop_bits(state);
    state->tx_word = with_parity(state, state->tdr);
    uint32_t stop_levels = ((1u << stops) - 1) << (1 + bits);
    state->sr |= USART_SR_TXE;
    send(device, USART_WORD, (state->tx_word << 1) | stop_levels, 1 + bits + stops, bit);
}

static void send_break(vb_device *device, vb_bit bit)
{
    usart *state = device->state;
    unsigned bits = 1 + usart_word_bits(state) + stop_bits(state);
    send(device, USART_BREAK, 1u << bits, bits + 1,
         bit); // all low, then one stop bit to make an edge
}

void usart_transmit(vb_device *device)
{
    usart *state = device->state;
    vb_bit bit;
    bool enabled = (state->cr1 & USART_CR1_UE) && (state->cr1 & USART_CR1_TE);
    if (!enabled || state->sending != USART_NOTHING || !bit_time(device, &bit)) {
        return;
    }
    if (state->cr1 & USART_CR1_SBK) {
        send_break(device, bit);
    } else if (!(state->sr & USART_SR_TXE)) {
        send_word(device, bit);
    }
}

// A transmitter switched on first sends one frame of idle line.
void usart_preamble(vb_device *device)
{
    usart *state = device->state;
    vb_bit bit;
    if (state->sending != USART_NOTHING || !bit_time(device, &bit)) {
        return;
    }
    unsigned bits = 1 + usart_word_bits(state) + stop_bits(state);
    send(device, USART_PREAMBLE, (1u << bits) - 1, bits, bit);
}

static void deliver(vb_device *device)
{
    const usart *state = device->state;
    vb_line line;
    if (!vb_signal_routed(device, "tx") || !vb_uart_far_line(device, &line)) {
        return;
    }
    bool damaged;
    uint8_t byte = vb_far_receive(&line, &state->tx, &damaged);
    vb_uart_deliver(device, vb_now(device->board), byte, damaged);
}

// In half-duplex the receiver hangs on the same wire and hears what is sent.
static void echo(vb_device *device)
{
    const usart *state = device->state;
    bool hears = (state->cr3 & USART_CR3_HDSEL) && (state->cr1 & USART_CR1_RE);
    if (hears && !state->receiving && vb_signal_routed(device, "tx")) {
        usart_received(device, state->tx_word, 0);
    }
}

static void sent(vb_device *device)
{
    usart *state = device->state;
    usart_sending what = state->sending;
    state->sending = USART_NOTHING;
    if (what == USART_BREAK) {
        state->cr1 &= ~(uint32_t)USART_CR1_SBK;
    }
    if (what != USART_PREAMBLE) {
        deliver(device);
    }
    if (what == USART_WORD) {
        echo(device);
    }
    usart_transmit(device);
    if (state->sending == USART_NOTHING && (state->sr & USART_SR_TXE)) {
        state->sr |= USART_SR_TC;
    }
}

// -- receiver -------------------------------------------------------------------------------------
static bool hears(const vb_device *device)
{
    const usart *state = device->state;
    bool enabled = (state->cr1 & USART_CR1_UE) && (state->cr1 & USART_CR1_RE);
    return enabled && vb_signal_routed(device, state->cr3 & USART_CR3_HDSEL ? "tx" : "rx");
}

// Sixteenths of a bit from the edge to a sample.
static unsigned sample_place(const usart *state, unsigned sample)
{
    unsigned within = sample % SAMPLES;
    bool over8 = state->cr1 & USART_CR1_OVER8;
    unsigned place = over8 ? 2 * (4 + within) : 8 + within;
    if (state->cr3 & USART_CR3_ONEBIT) {
        place = over8 ? 10 : 9;
    }
    return 16 * (sample / SAMPLES) + place;
}

static vb_time sample_time(const usart *state, unsigned sample)
{
    return vb_frame_time(&state->grid, sample_place(state, sample));
}

static unsigned last_sample(const usart *state)
{
    return SAMPLES * (1 + usart_word_bits(state)) + SAMPLES - 1; // of the first stop bit
}

// Looks for a start bit in what the far end is sending, from this moment on.
static void hunt(vb_device *device, vb_time from)
{
    usart *state = device->state;
    vb_time edge;
    vb_bit bit;
    state->receiving = false;
    if (!state->far_sending || !hears(device) || !bit_time(device, &bit)) {
        return;
    }
    if (!vb_frame_falls(&state->far, from, &edge)) {
        return;
    }
    state->receiving = true;
    state->grid = (vb_frame){.start = edge, .bit = bit};
    state->sample = 0;
    state->rx_bits = 0;
    state->highs = 0;
    state->noisy = false;
    vb_time idle;
    if (vb_scheduled(device, USART_EVENT_IDLE, &idle) && edge < idle) {
        vb_cancel(device, USART_EVENT_IDLE);
    }
    vb_schedule(device, USART_EVENT_SAMPLED, sample_time(state, last_sample(state)));
}

static void count_idle(vb_device *device, vb_time from)
{
    const usart *state = device->state;
    vb_bit bit;
    if (state->idle_armed && bit_time(device, &bit)) {
        vb_frame idle = {
            .start = from, .bit = bit, .bits = 1 + usart_word_bits(state) + stop_bits(state)};
        vb_schedule(device, USART_EVENT_IDLE, vb_frame_end(&idle));
    }
}

// A bit's three samples are in. False: what looked like a start bit was none.
static bool take_bit(usart *state)
{
    unsigned bit = state->sample / SAMPLES - 1;
    bool high = state->highs >= 2;
    state->noisy |= state->highs % SAMPLES != 0;
    state->rx_bits |= (uint32_t)high << bit;
    state->highs = 0;
    return !(bit == 0 && high);
}

// Takes the samples that are due before this moment, as long as the wire is known.
static void take_samples(vb_device *device, vb_time before)
{
    usart *state = device->state;
    while (state->receiving && state->sample <= last_sample(state)) {
        vb_time at = sample_time(state, state->sample);
        if (at >= before) {
            return;
        }
        state->highs += !state->far_sending || vb_frame_level(&state->far, at);
        state->sample++;
        if (state->sample % SAMPLES == 0 && !take_bit(state)) {
            vb_cancel(device, USART_EVENT_SAMPLED);
            hunt(device, at);
        }
    }
}

static uint32_t parity_error(const usart *state, uint32_t word)
{
    uint32_t parity = parity_position(state);
    bool expected = vb_parity_bit(word & ~parity, state->cr1 & USART_CR1_PS);
    bool wrong = (state->cr1 & USART_CR1_PCE) && expected != ((word & parity) != 0);
    return wrong ? USART_SR_PE : 0;
}

static void sampled(vb_device *device)
{
    usart *state = device->state;
    vb_time now = vb_now(device->board);
    vb_time stop = sample_time(state, last_sample(state));
    take_samples(device, now + 1);
    if (!state->receiving || state->sample <= last_sample(state)) {
        return; // the start bit was none
    }
    uint32_t word = (state->rx_bits >> 1) & word_mask(state);
    bool stop_high = (state->rx_bits >> (1 + usart_word_bits(state))) & 1u;
    uint32_t errors = parity_error(state, word) | (stop_high ? 0 : USART_SR_FE) |
                      (state->noisy ? USART_SR_NE : 0);
    usart_received(device, word, errors);
    hunt(device, stop);
    if (!state->receiving) {
        count_idle(device, vb_frame_time(&state->grid, 16 * (2 + usart_word_bits(state))));
    }
}

void usart_listen(vb_device *device)
{
    usart *state = device->state;
    if (state->receiving) {
        if (!hears(device)) {
            usart_deaf(device);
        }
        return;
    }
    vb_time planned;
    if (!hears(device)) {
        return;
    }
    hunt(device, vb_now(device->board));
    if (!state->receiving && !vb_scheduled(device, USART_EVENT_IDLE, &planned)) {
        count_idle(device, vb_now(device->board));
    }
}

void usart_deaf(vb_device *device)
{
    usart *state = device->state;
    state->receiving = false;
    vb_cancel(device, USART_EVENT_SAMPLED);
    vb_cancel(device, USART_EVENT_IDLE);
}

// -- the far end ----------------------------------------------------------------------------------
// It sends whether the chip listens or not.
void usart_fetch_far(vb_device *device)
{
    usart *state = device->state;
    vb_line line;
    uint8_t byte;
    if (state->far_sending || !vb_uart_far_line(device, &line)) {
        return;
    }
    vb_time now = vb_now(device->board);
    switch (vb_uart_next(device, &byte)) {
    case VB_WIRE_NOTHING: return;
    case VB_WIRE_BYTE: state->far = vb_far_frame(&line, now, byte); break;
    case VB_WIRE_BREAK: state->far = vb_far_break(&line, now); break;
    }
    state->far_sending = true;
    vb_schedule(device, USART_EVENT_FAR_END, vb_frame_end(&state->far));
    if (!state->receiving) {
        hunt(device, now);
    }
}

static void far_end(vb_device *device)
{
    usart *state = device->state;
    take_samples(device, vb_now(device->board));
    state->far_sending = false;
    usart_fetch_far(device);
}

void usart_wire_reset(vb_device *device)
{
    const usart *state = device->state;
    vb_cancel(device, USART_EVENT_SENT);
    vb_cancel(device, USART_EVENT_SAMPLED);
    vb_cancel(device, USART_EVENT_IDLE);
    if (state->far_sending) {
        vb_time end = vb_frame_end(&state->far), now = vb_now(device->board);
        vb_schedule(device, USART_EVENT_FAR_END, end > now ? end : now);
    }
}

void usart_event(vb_device *device, unsigned id)
{
    usart *state = device->state;
    switch (id) {
    case USART_EVENT_SENT: sent(device); break;
    case USART_EVENT_FAR_END: far_end(device); break;
    case USART_EVENT_SAMPLED: sampled(device); break;
    case USART_EVENT_IDLE:
        state->sr |= USART_SR_IDLE;
        state->idle_armed = false;
        break;
    default: return;
    }
    usart_update(device);
}
