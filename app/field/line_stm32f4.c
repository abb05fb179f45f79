// SPDX-License-Identifier: MIT
// The board's USART from the internal oscillator, as reset leaves the clocks: RM0090 Rev 21, 8.4 (GPIO), 7.3.13 (clock
// gates), 30.6 (USART). Received by interrupt: while flash is busy with a word, a byte can wait in the data register.
#include "line.h"

#include "board.h"
#include "gates.h"
#include "regs/gpio_v2.h"
#include "regs/usart_v1.h"

#define USART      ((struct usart_regs *)HF_UART_BASE)
#define GPIO(port) ((struct gpio_regs *)(HF_GPIO_BASE + 0x400u * (port)))
#define APB_ENR    (*(volatile uint32_t *)(0x40023840u + 4u * (HF_UART_ON_APB - 1)))
#define NVIC_ISER  ((volatile uint32_t *)0xE000E100u)
#define RING       512u // three frames; a power of two

static volatile uint8_t ring[RING];
static volatile uint32_t received;
static uint32_t taken;

void Peripheral_Handler(void); // the only interrupt enabled here

void Peripheral_Handler(void)
{
    uint32_t sr = USART->SR;
    uint8_t byte = (uint8_t)USART->DR; // reading both clears RXNE and the error flags
    if ((sr & USART_SR_RXNE) != 0) {
        ring[received++ % RING] = byte;
    }
}

static void connect(uint32_t port, uint32_t pin, uint32_t function)
{
    gates_open(1u << port);
    GPIO(port)->AFR[pin / 8] = (GPIO(port)->AFR[pin / 8] & ~(0xFu << 4 * (pin % 8))) | function << 4 * (pin % 8);
    GPIO(port)->PUPDR |= (uint32_t)GPIO_PULL_UP << 2 * pin;
    GPIO(port)->MODER = (GPIO(port)->MODER & ~(3u << 2 * pin)) | (uint32_t)GPIO_MODE_ALTERNATE << 2 * pin;
}

void line_open(void)
{
    connect(HF_UART_TX_PORT, HF_UART_TX_PIN, HF_UART_TX_AF);
    connect(HF_UART_RX_PORT, HF_UART_RX_PIN, HF_UART_RX_AF);
    APB_ENR |= 1u << HF_UART_ENABLE_BIT;
    (void)APB_ENR;
    USART->BRR = (HF_HSI_HZ + HF_UART_BAUD / 2) / HF_UART_BAUD;
    USART->CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE;
    NVIC_ISER[HF_UART_IRQ / 32] = 1u << HF_UART_IRQ % 32;
}

int line_receive(void)
{
    return received == taken ? -1 : ring[taken++ % RING];
}

void line_send(uint8_t byte)
{
    while ((USART->SR & USART_SR_TXE) == 0) {
    }
    USART->DR = byte; // after SR was read this clears TC (30.6.1)
    while ((USART->SR & USART_SR_TC) == 0) {
    }
}
