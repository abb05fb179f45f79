// SPDX-License-Identifier: MIT
// USART of F0, F3, F7, G0, H7, L4, L5, U5: RM0433, 48.8.
#ifndef HF_REGS_USART_V2_H
#define HF_REGS_USART_V2_H

#include <stdint.h>

struct usart_regs {
    volatile uint32_t CR1, CR2, CR3, BRR, GTPR, RTOR, RQR, ISR, ICR, RDR, TDR, PRESC;
};
#define USART_CR1_UE     (1u << 0)
#define USART_CR1_RE     (1u << 2)
#define USART_CR1_TE     (1u << 3)
#define USART_CR1_RXNEIE (1u << 5)
#define USART_CR1_FIFOEN (1u << 29) // G0, H7, L5, U5
#define USART_ISR_RXNE   (1u << 5)
#define USART_ISR_TC     (1u << 6)
#define USART_ISR_TXE    (1u << 7)
#define USART_ICR_ERRORS 0xFu // PE, FE, NE, ORE

#endif
