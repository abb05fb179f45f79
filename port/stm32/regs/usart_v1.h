// SPDX-License-Identifier: MIT
// USART of F1, F2, F4: RM0090 Rev 21, 30.6.
#ifndef HF_REGS_USART_V1_H
#define HF_REGS_USART_V1_H

#include <stdint.h>

struct usart_regs {
    volatile uint32_t SR, DR, BRR, CR1, CR2, CR3, GTPR;
};
#define USART_SR_FE     (1u << 1)
#define USART_SR_ORE    (1u << 3)
#define USART_SR_RXNE   (1u << 5)
#define USART_SR_TC     (1u << 6)
#define USART_SR_TXE    (1u << 7)
#define USART_CR1_RE     (1u << 2)
#define USART_CR1_TE     (1u << 3)
#define USART_CR1_RXNEIE (1u << 5)
#define USART_CR1_PCE    (1u << 10)
#define USART_CR1_M      (1u << 12)
#define USART_CR1_UE     (1u << 13)
#define USART_CR3_DMAR   (1u << 6)

#endif
