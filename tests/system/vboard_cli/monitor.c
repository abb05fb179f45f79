// SPDX-License-Identifier: MIT
// A guest that lives on its UART: it echoes, tells of line errors, and misbehaves when asked to.
// Its LED blinks, 250 ms on, 250 ms off. Between interrupts it sleeps.
//
// EVEN: 8E1 instead of 8N1.
#include "guest.h"

GUEST_DEFINE_RESULTS;

// RM0090: 7.3 RCC, 8.4 GPIO, 5.4 PWR, 26.6 RTC, 3.9 flash interface, 30.6 USART.
#define RCC_AHB1ENR REG32(0x40023830)
#define RCC_APB1ENR REG32(0x40023840)
#define GPIOA_MODER REG32(0x40020000)
#define GPIOA_IDR   REG32(0x40020010)
#define GPIOA_AFRL  REG32(0x40020020)
#define GPIOD_MODER REG32(0x40020C00)
#define GPIOD_ODR   REG32(0x40020C14)
#define GPIOE_MODER REG32(0x40021000)
#define PWR_CR      REG32(0x40007000)
#define RTC_BKP0R   REG32(0x40002850)
#define FLASH_KEYR  REG32(0x40023C04)
#define FLASH_SR    REG32(0x40023C0C)
#define FLASH_CR    REG32(0x40023C10)
#define USART2_SR   REG32(0x40004400)
#define USART2_DR   REG32(0x40004404)
#define USART2_BRR  REG32(0x40004408)
#define USART2_CR1  REG32(0x4000440C)
#define NOWHERE     REG32(0x50060800) // the random number generator, which the board does not model

#define SR_PE  (1u << 0)
#define SR_FE  (1u << 1)
#define SR_TXE (1u << 7)

#define HSI_HZ 16000000u
#define BAUD   115200u
#define RECORD REG32(0x080E0000) // sector 11: a word that is programmed once

void SysTick_Handler(void);
void HardFault_Handler(void);
void irq38(void);

void SysTick_Handler(void)
{
    GPIOD_ODR ^= 1u << 12;
}

// A fault inside the fault handler: the core locks up.
void HardFault_Handler(void)
{
    __asm volatile("udf #1");
}

static void put(char byte)
{
    while ((USART2_SR & SR_TXE) == 0) {
    }
    USART2_DR = (uint8_t)byte;
}

static void say(const char *text)
{
    for (; *text != '\0'; text++) {
        put(*text);
    }
    put('\n');
}

static void start_uart(void)
{
    GPIOA_MODER = (GPIOA_MODER & ~0xF0u) | 0xA0u; // PA2, PA3
    GPIOA_AFRL = 0x7700u;
    USART2_BRR = (HSI_HZ + BAUD / 2) / BAUD;
#ifdef EVEN
    USART2_CR1 = 0x342Cu; // UE, M, PCE, RXNEIE, TE, RE
#else
    USART2_CR1 = 0x202Cu; // UE, RXNEIE, TE, RE
#endif
    irq_enable(38);
}

static void start_blinking(void)
{
    GPIOD_MODER = (GPIOD_MODER & ~(3u << 24)) | 1u << 24; // PD12
    SYST_RVR = HSI_HZ / 4 - 1;
    SYST_CVR = 0;
    SYST_CSR = 7;
}

// How many starts the backup domain has seen.
static void tell_starts(void)
{
    char text[] = "starts 0";
    text[7] = (char)('0' + RTC_BKP0R % 10);
    say(text);
}

static void write_record(void)
{
    FLASH_KEYR = 0x45670123u;
    FLASH_KEYR = 0xCDEF89ABu;
    FLASH_CR = 2u << 8 | 1u; // words, PG
    RECORD = 0x600DF00Du;
    while ((FLASH_SR & 1u << 16) != 0) {
    }
    FLASH_CR = 1u << 31;
}

static void obey(char byte)
{
    switch (byte) {
    case 'S': tell_starts(); break;
    case 'W': write_record(); // falls through
    case 'R': say(RECORD == 0x600DF00Du ? "record" : "blank"); break;
    case 'B': say((GPIOA_IDR & 1u) != 0 ? "pressed" : "released"); break;
    case 'U': (void)NOWHERE; break;
    case 'C': (void)GPIOE_MODER; break;
    case 'L': __asm volatile("udf #0"); break;
    default: put(byte);
    }
}

// USART2. A status that is not clean belongs to the byte that is read next.
void irq38(void)
{
    uint32_t status = USART2_SR;
    char byte = (char)USART2_DR;
    if ((status & (SR_PE | SR_FE)) == 0) {
        obey(byte);
    } else {
        put((status & SR_PE) != 0 ? '!' : '?');
    }
}

int main(void)
{
    RCC_AHB1ENR = 1u << 0 | 1u << 3;
    RCC_APB1ENR = 1u << 17 | 1u << 28;
    PWR_CR = 1u << 8;
    RTC_BKP0R++;
    start_uart();
    start_blinking();
    say("hello");
    for (;;) {
        wait_for_interrupt();
    }
}
