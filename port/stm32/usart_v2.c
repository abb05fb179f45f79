// SPDX-License-Identifier: MIT
// USART of G0, H7, L5, U5 as an 8N1 line: RM0433, 48.5, 48.8.
//
// Reception is by interrupt into a ring, so that the host may send the next frame while the last one is programmed. A core
// that runs from the bank it programs stands for a word of 32 bytes (100 us, 200 at worst), a byte at 115200 takes 87: the
// receiver's FIFO of 16 keeps what comes meanwhile. An overrun is not handled apart: the frame's check finds the missing
// byte.
#include "board.h"
#include "buffer.h"
#include "drivers.h"
#include "port.h"
#include "regs/gpio_v2.h"
#include "regs/usart_v2.h"

#define USART ((struct usart_regs *)HF_UART_BASE)
#define RING  512u // three frames; a power of two

static volatile uint8_t ring[RING] HF_BUFFER;
static volatile uint32_t received; // bytes put in, ever
static uint32_t taken;             // bytes taken out, ever

static void interrupt(void)
{
    // Reading RDR clears RXNE; an overrun would call us for ever if its flag stayed.
    while ((USART->ISR & USART_ISR_RXNE) != 0) {
        ring[received++ % RING] = (uint8_t)USART->RDR;
    }
    USART->ICR = USART_ICR_ERRORS;
}

static void open(void)
{
    gpio_alternate(HF_UART_TX_PORT, HF_UART_TX_PIN, HF_UART_TX_AF, GPIO_PULL_UP);
    gpio_alternate(HF_UART_RX_PORT, HF_UART_RX_PIN, HF_UART_RX_AF, GPIO_PULL_UP); // unconnected, it reads idle
    clock_enable_apb(HF_UART_ON_APB, HF_UART_ENABLE_BIT);
    USART->BRR = (clock_apb_hz(HF_UART_ON_APB) + HF_UART_BAUD / 2) / HF_UART_BAUD;
    USART->CR1 = USART_CR1_FIFOEN | USART_CR1_UE | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE;
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
    while ((USART->ISR & USART_ISR_TXE) == 0) {
    }
    USART->TDR = byte;
}

static void flush(void)
{
    while ((USART->ISR & USART_ISR_TC) == 0) {
    }
}

// The speed is the board's, always.
static void listen(void)
{
}

const struct hf_serial_port hf_serial_port = {open, receive, send, flush, listen};
