// SPDX-License-Identifier: MIT
// USART of F1, F2, F4 as an 8N1 line: RM0090 Rev 21, 30.3, 30.6.
//
// Reception is by interrupt into a ring, so that the host may send the next frame while the last one is programmed: a
// word takes 16 us (100 at worst), a byte at 115200 takes 87. An overrun is not handled apart: the frame's check finds
// the missing byte.
#include "board.h"
#include "buffer.h"
#include "drivers.h"
#include "port.h"
#include "regs/gpio_v2.h"
#include "regs/usart_v1.h"

#define USART ((struct usart_regs *)HF_UART_BASE)
#define RING  512u // three frames; a power of two

static volatile uint8_t ring[RING] HF_BUFFER;
static volatile uint32_t received; // bytes put in, ever
static uint32_t taken;             // bytes taken out, ever

static void interrupt(void)
{
    // Reading SR, then DR, clears RXNE and the error flags (30.6.1). An overrun between the two reads calls us once more
    // with nothing new in DR.
    uint32_t sr = USART->SR;
    uint8_t byte = (uint8_t)USART->DR;
    if ((sr & USART_SR_RXNE) != 0) {
        ring[received++ % RING] = byte;
    }
}

static void open(void)
{
    gpio_alternate(HF_UART_TX_PORT, HF_UART_TX_PIN, HF_UART_TX_AF, GPIO_PULL_UP);
    gpio_alternate(HF_UART_RX_PORT, HF_UART_RX_PIN, HF_UART_RX_AF, GPIO_PULL_UP); // unconnected, it reads idle
    clock_enable_apb(HF_UART_ON_APB, HF_UART_ENABLE_BIT);
    USART->BRR = (clock_apb_hz(HF_UART_ON_APB) + HF_UART_BAUD / 2) / HF_UART_BAUD;
    USART->CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE;
    interrupt_enable(HF_UART_IRQ, interrupt);
}

static uint32_t receive(uint8_t *to, uint32_t size)
{
    uint32_t count = 0;
    while (count < size && taken != received) {
        to[count++] = ring[taken++ % RING];
    }
    return count;
}

static void send(uint8_t byte)
{
    while ((USART->SR & USART_SR_TXE) == 0) {
    }
    USART->DR = byte;
}

static void flush(void)
{
    while ((USART->SR & USART_SR_TC) == 0) {
    }
}

// The speed is the board's, always.
static void listen(void)
{
}

const struct hf_serial_port hf_serial_port = {open, receive, send, flush, listen};
