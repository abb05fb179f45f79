// SPDX-License-Identifier: MIT
// What the parts of the first-generation USART model share: registers (usart_v1.c), transmitter and
// receiver (usart_v1_wire.c).
#ifndef VB_USART_V1_H
#define VB_USART_V1_H

#include "registers.h"
#include "serial.h"

enum {
    USART_SR = 0x00,
    USART_DR = 0x04,
    USART_BRR = 0x08,
    USART_CR1 = 0x0C,
    USART_CR2 = 0x10,
    USART_CR3 = 0x14,
    USART_GTPR = 0x18
};
enum {
    USART_SR_PE = 1u << 0,
    USART_SR_FE = 1u << 1,
    USART_SR_NE = 1u << 2,
    USART_SR_ORE = 1u << 3,
    USART_SR_IDLE = 1u << 4,
    USART_SR_RXNE = 1u << 5,
    USART_SR_TC = 1u << 6,
    USART_SR_TXE = 1u << 7,
    USART_SR_LBD = 1u << 8,
    USART_SR_CTS = 1u << 9,
    USART_CR1_SBK = 1u << 0,
    USART_CR1_RWU = 1u << 1,
    USART_CR1_RE = 1u << 2,
    USART_CR1_TE = 1u << 3,
    USART_CR1_IDLEIE = 1u << 4,
    USART_CR1_RXNEIE = 1u << 5,
    USART_CR1_TCIE = 1u << 6,
    USART_CR1_TXEIE = 1u << 7,
    USART_CR1_PEIE = 1u << 8,
    USART_CR1_PS = 1u << 9,
    USART_CR1_PCE = 1u << 10,
    USART_CR1_M = 1u << 12,
    USART_CR1_UE = 1u << 13,
    USART_CR1_OVER8 = 1u << 15,
    USART_CR3_EIE = 1u << 0,
    USART_CR3_HDSEL = 1u << 3,
    USART_CR3_DMAR = 1u << 6,
    USART_CR3_DMAT = 1u << 7,
    USART_CR3_ONEBIT = 1u << 11
};

typedef enum usart_sending { USART_NOTHING, USART_PREAMBLE, USART_WORD, USART_BREAK } usart_sending;

typedef struct usart {
    uint32_t sr, brr, cr1, cr2, cr3, gtpr;
    uint32_t rdr, tdr;
    uint32_t seen;               // flags of SR at its last read: the first half of clearing them
    bool rx_request, tx_request; // levels of the DMA lines

    usart_sending sending; // what the shift register does
    vb_frame tx;
    uint32_t tx_word;

    vb_frame far; // on the wire from the far end
    bool far_sending;
    bool receiving;
    vb_frame grid;   // the receiver's bits: starts with the falling edge
    unsigned sample; // next one, three per bit
    unsigned highs;  // of the present bit's samples
    uint32_t rx_bits;
    bool noisy;
    uint16_t fifo[15];   // second generation with FIFOEN: words behind the one in rdr
    unsigned fifo_count;
    bool fifo_on;
    bool idle_armed; // IDLE may rise: a word came since the last time
} usart;

enum { USART_EVENT_SENT, USART_EVENT_FAR_END, USART_EVENT_SAMPLED, USART_EVENT_IDLE };

// -- usart_v1.c
void usart_update(vb_device *device); // interrupt, DMA requests, activity, as the flags now are
void usart_received(vb_device *device, uint32_t word, uint32_t errors);

// -- usart_v1_wire.c
unsigned usart_word_bits(const usart *state); // data and parity
void usart_transmit(vb_device *device);       // lets the shift register take what is waiting
void usart_preamble(vb_device *device);       // TE has risen
void usart_listen(vb_device *device);         // RE, UE or the routing changed
void usart_deaf(vb_device *device);           // gives up the word coming in
void usart_fetch_far(vb_device *device);      // the far end has something to send
void usart_wire_reset(vb_device *device);
void usart_event(vb_device *device, unsigned id);

#endif
