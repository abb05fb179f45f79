// SPDX-License-Identifier: MIT
// USART of F1, F2, F4 as a line that takes the host's speed and parity: RM0090 Rev 21, 30.3, 30.6; DMA: 10.3.
//
// Listening, the receiver runs as fast as it can. 7F at a lower speed is then two low pulses eight of its bits apart: the
// start bit and bit 7, the same with even parity and with none. Each shows as a byte of ones with as many zeros as it is
// long, so a pair is known by its distance and by both widths.
#include "board.h"
#include "buffer.h"
#include "drivers.h"
#include "port.h"
#include "regs/dma_v2.h"
#include "regs/gpio_v2.h"
#include "regs/usart_v1.h"

#define USART ((struct usart_regs *)HF_UART_BASE)
#define DMA_STREAM ((struct dma_stream_regs *)(HF_UART_DMA_BASE + DMA_STREAM_OFFSET(HF_UART_DMA_STREAM)))

#define RING     HF_UART_BULK
#define HALF     (RING / 2u) // a transfer counts to 65535: bulk reception fills two halves in turn
#define SYNC     0x7Fu
#define GARBAGE  0xFFu // no protocol's command
#define NO_PULSE 0x01u // more than one low pulse in a byte
#define FASTEST  16u   // least divider with 16 samples a bit
#define SLOWEST  0xFFFFu
#define LONGEST_MS 10u // eight bits at 1200 bit/s take 7
#define PAUSE_MS 3000u // silence in both directions after which the next host may have another speed

#define ODD_NIBBLES 0x6996u // bit n: has n an odd number of ones?

#define CR1_ON     (USART_CR1_UE | USART_CR1_TE | USART_CR1_RE)
#define CR1_PARITY (USART_CR1_M | USART_CR1_PCE)

static uint8_t ring[RING] HF_BUFFER;
static volatile uint32_t put; // where the next byte goes; in bulk it is the DMA's business
static uint32_t taken;
static bool bulk;

static volatile bool listening;
static volatile uint32_t found; // divider of a host that was heard; taken over by receive(), never by the interrupt
static uint32_t moved_ms; // when the last byte came or went
static bool parity_known;
static uint32_t divider_before; // the last change of speed

// The last two bytes received, older first: when they came, what they were, whether their stop bit was low.
static volatile struct event {
    uint32_t ticks;
    uint8_t byte;
    bool framing;
} events[2];

static uint32_t divider_of(uint32_t baud)
{
    return (clock_apb_hz(HF_UART_ON_APB) + baud / 2) / baud;
}

// Bus cycles in a bit time, from eight bit times in ticks of eight core cycles.
static uint32_t divider_measured(uint32_t ticks)
{
    uint32_t ratio = clock_core_hz() / clock_apb_hz(HF_UART_ON_APB);
    return (ticks + ratio / 2) / ratio;
}

static void deliver(uint8_t byte)
{
    ring[put] = byte;
    put = put + 1 == RING ? 0 : put + 1;
}

// How many bits of the fast receiver a low pulse has lasted: 9 also stands for more. 0: no single pulse.
static uint32_t pulse_bits(uint8_t byte)
{
    uint32_t bits = 1;
    while (bits < 9 && (byte & 1u) == 0) {
        byte = (uint8_t)(byte >> 1 | 0x80u);
        bits++;
    }
    return bits == 9 || byte == 0xFF ? bits : 0;
}

static bool is_near(uint32_t a, uint32_t b)
{
    return a - b + 1 <= 2;
}

// Are the two pulses the start bit and bit 7 of 7F? divider: as measured.
static bool is_sync(uint32_t divider)
{
    uint32_t expected = (divider + FASTEST / 2) / FASTEST;
    uint32_t first = pulse_bits(events[0].byte), second = pulse_bits(events[1].byte);
    if (divider <= FASTEST || divider > SLOWEST) {
        return false;
    }
    return first != 0 && is_near(first, second) && is_near(first, expected < 9 ? expected : 9);
}

static void hear_pulse(void)
{
    uint32_t ticks = (events[1].ticks - events[0].ticks) & TIME_TICKS_MASK;
    uint32_t divider = divider_measured(ticks);
    if (is_sync(divider)) {
        found = divider;
    } else if (ticks < LONGEST_MS * (clock_core_hz() / 8000u)) {
        deliver(GARBAGE);
    }
}

static void interrupt(void)
{
    // Reading SR, then DR, clears RXNE and the error flags (30.6.1). An overrun between the two reads calls us once more
    // with nothing new in DR.
    uint32_t sr = USART->SR;
    uint8_t byte = (uint8_t)USART->DR;
    if ((sr & USART_SR_RXNE) == 0) {
        return;
    }
    events[0] = events[1];
    events[1].ticks = time_ticks();
    events[1].byte = byte;
    events[1].framing = (sr & USART_SR_FE) != 0;
    if (!listening || USART->BRR != FASTEST) {
        deliver(byte);
    } else if (found == 0) {
        hear_pulse();
    }
}

static void flush(void)
{
    while ((USART->SR & USART_SR_TC) == 0) {
    }
}

static void set_bulk(bool on)
{
    bulk = on;
    taken = 0;
    if (!on) {
        USART->CR3 = 0;
        DMA_STREAM->CR = 0;
        put = 0;
        USART->CR1 |= USART_CR1_RXNEIE;
        return;
    }
    USART->CR1 &= ~USART_CR1_RXNEIE;
    clock_enable_ahb(1, HF_UART_DMA_ENABLE_BIT);
    DMA_STREAM->PAR = (uint32_t)&USART->DR;
    DMA_STREAM->M0AR = (uint32_t)ring;
    DMA_STREAM->M1AR = (uint32_t)ring + HALF;
    DMA_STREAM->NDTR = HALF;
    DMA_STREAM->CR = HF_UART_DMA_CHANNEL << DMA_CR_CHSEL_POS | DMA_CR_MINC | DMA_CR_DBM | DMA_CR_EN;
    USART->CR3 = USART_CR3_DMAR;
}

static void listen(void)
{
    flush();
    if (bulk) {
        set_bulk(false);
    }
    USART->CR1 = CR1_ON | USART_CR1_RXNEIE;
    events[1].byte = NO_PULSE;
    found = 0;
    listening = true;
}

static void open(void)
{
    gpio_alternate(HF_UART_TX_PORT, HF_UART_TX_PIN, HF_UART_TX_AF, GPIO_PULL_UP);
    gpio_alternate(HF_UART_RX_PORT, HF_UART_RX_PIN, HF_UART_RX_AF, GPIO_PULL_UP); // unconnected, it reads idle
    clock_enable_apb(HF_UART_ON_APB, HF_UART_ENABLE_BIT);
    USART->BRR = divider_of(HF_UART_BAUD);
    listen();
    interrupt_enable(HF_UART_IRQ, interrupt);
}

// What led here was no byte: it is dropped.
static uint8_t follow_host(uint32_t divider)
{
    USART->BRR = divider;
    taken = put;
    parity_known = false;
    listening = false;
    return SYNC;
}

static void watch_line(bool moved)
{
    if (listening && USART->BRR != FASTEST && (USART->SR & USART_SR_TC) != 0) {
        USART->BRR = FASTEST; // what was to be said has left
    }
    uint32_t now = time_now_ms();
    if (moved || listening || bulk) {
        moved_ms = now;
    } else if (now - moved_ms >= PAUSE_MS) {
        listen();
    }
}

// Where the next byte goes. In bulk, the half and the place in it are read until they belong together.
static uint32_t end_of_received(void)
{
    if (!bulk) {
        return put;
    }
    uint32_t half, left;
    do {
        half = DMA_STREAM->CR & DMA_CR_CT;
        left = DMA_STREAM->NDTR;
    } while ((DMA_STREAM->CR & DMA_CR_CT) != half);
    uint32_t end = (half != 0 ? RING : HALF) - left;
    return end == RING ? 0 : end;
}

static uint32_t receive(uint8_t *to, uint32_t size)
{
    if (found != 0 && listening) {
        *to = follow_host(found);
        return 1;
    }
    uint32_t end = end_of_received();
    uint32_t count = (end < taken ? RING : end) - taken; // in one piece
    count = count < size ? count : size;
    const volatile uint8_t *from = ring + taken;
    for (uint32_t i = 0; i < count; i++) {
        *to++ = *from++;
    }
    taken = taken + count == RING ? 0 : taken + count;
    watch_line(count != 0);
    return count;
}

static void send(uint8_t byte)
{
    if (listening && USART->BRR == FASTEST) {
        USART->BRR = divider_of(HF_UART_BAUD);
    }
    while ((USART->SR & USART_SR_TXE) == 0) {
    }
    USART->DR = byte;
    moved_ms = time_now_ms();
}

// A parity bit stands where 8N1 has its stop bit. Low, it shows as a framing error, and both bytes of a command have it
// alike; high, only the distance of two bytes shows it: eleven bits in place of ten.
static bool host_sends_parity(void)
{
    uint32_t folded = (events[1].byte ^ events[1].byte >> 4) & 0xFu;
    if ((ODD_NIBBLES >> folded & 1u) == 0) {
        return events[1].framing;
    }
    uint32_t ticks = (events[1].ticks - events[0].ticks) & TIME_TICKS_MASK;
    return 64 * divider_measured(ticks) > 84 * USART->BRR; // measured for eight bits; ten and a half are the border
}

static void match_parity(void)
{
    if (parity_known) {
        return;
    }
    parity_known = true;
    if (host_sends_parity()) {
        flush();
        USART->CR1 |= CR1_PARITY;
    }
}

static void set_divider(uint32_t divider)
{
    flush();
    USART->BRR = divider;
}

static bool set_baud(uint32_t wanted)
{
    uint32_t divider = wanted == 0 ? 0 : divider_of(wanted);
    if (divider < FASTEST || divider > SLOWEST) {
        return false;
    }
    divider_before = USART->BRR;
    set_divider(divider);
    return true;
}

static void restore_baud(void)
{
    set_divider(divider_before);
}

const struct hf_serial_port hf_serial_port = {open, receive, send, flush, listen};
const struct hf_serial_line hf_serial_line = {match_parity, set_baud, restore_baud, set_bulk};
