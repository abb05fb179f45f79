// SPDX-License-Identifier: MIT
// Firmware as CubeMX makes it for an STM32H743, in its order of things: caches on, HAL_Init's tick, the way to 480 MHz (LDO, VOS1,
// overdrive, PLL1 from HSI, wait states, dividers), then pins, a timer, an external interrupt and a serial line, all with
// interrupts. It would run on the real part. results: [1] ticks, [2] timer periods, [3] presses, [4] what SWS showed.
#include "guest.h"

GUEST_DEFINE_RESULTS;

#define RCC(offset)    REG32(0x58024400 + (offset))
#define PWR(offset)    REG32(0x58024800 + (offset))
#define SYSCFG(offset) REG32(0x58000400 + (offset))
#define FLASH_ACR      REG32(0x52002000)
#define GPIO(port, offset) REG32(0x58020000 + 0x400u * ((port) - 'A') + (offset))
#define TIM6(offset)   REG32(0x40001000 + (offset))
#define EXTI(offset)   REG32(0x58000000 + (offset))
#define USART3(offset) REG32(0x40004800 + (offset))
#define CCSIDR         REG32(0xE000ED80)
#define CSSELR         REG32(0xE000ED84)
#define ICIALLU        REG32(0xE000EF50)
#define DCISW          REG32(0xE000EF60)

static void enable_caches(void)
{
    ICIALLU = 0;
    barrier();
    CCR |= 1u << 17;
    barrier();
    CSSELR = 0;
    barrier();
    uint32_t sets = CCSIDR >> 13 & 0x7FFFu, ways = CCSIDR >> 3 & 0x3FFu;
    for (uint32_t set = 0; set <= sets; set++) {
        for (uint32_t way = 0; way <= ways; way++) {
            DCISW = set << 5 | way << 30;
        }
    }
    barrier();
    CCR |= 1u << 16;
    barrier();
}

static void tick_every_ms(uint32_t hz)
{
    SYST_RVR = hz / 1000 - 1;
    SYST_CVR = 0;
    SYST_CSR = 7;
}

void SysTick_Handler(void)
{
    results[1]++;
}

static void wait_for(volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    while ((*reg & mask) != value) {
    }
}

static void clock_config(void)
{
    PWR(0x0C) = (PWR(0x0C) & ~7u) | 2u; // LDO
    wait_for(&PWR(0x04), 1u << 13, 1u << 13);
    PWR(0x18) = (PWR(0x18) & ~0xC000u) | 0xC000u; // VOS1
    wait_for(&PWR(0x18), 1u << 13, 1u << 13);
    RCC(0xF4) |= 2u; // SYSCFG
    (void)RCC(0xF4);
    SYSCFG(0x2C) |= 1u; // overdrive: VOS0
    wait_for(&PWR(0x18), 1u << 13, 1u << 13);
    RCC(0x00) &= ~(1u << 24);
    wait_for(&RCC(0x00), 1u << 25, 0);
    RCC(0x28) = 4u << 4; // HSI / 4
    RCC(0x30) = 59u | 1u << 9 | 3u << 16 | 1u << 24;
    RCC(0x2C) = 3u << 2 | 7u << 16;
    RCC(0x00) |= 1u << 24;
    wait_for(&RCC(0x00), 1u << 25, 1u << 25);
    FLASH_ACR = 0x24; // four wait states, VOS0
    wait_for(&FLASH_ACR, 0x3F, 0x24);
    RCC(0x18) = (RCC(0x18) & ~0x7Fu) | 8u | 4u << 4;
    RCC(0x1C) = 4u << 4 | 4u << 8;
    RCC(0x20) = 4u << 4;
    RCC(0x10) = (RCC(0x10) & ~7u) | 3u;
    wait_for(&RCC(0x10), 7u << 3, 3u << 3);
    results[4] = RCC(0x10) >> 3 & 7u;
    tick_every_ms(480000000);
}

// LED PB0, button PC13 with its interrupt, USART3 on PD8 and PD9.
static void pins(void)
{
    RCC(0xE0) |= 1u << 1 | 1u << 2 | 1u << 3;
    (void)RCC(0xE0);
    GPIO('B', 0x00) = (GPIO('B', 0x00) & ~3u) | 1u;
    GPIO('C', 0x00) &= ~(3u << 26);
    GPIO('D', 0x24) = (GPIO('D', 0x24) & ~0xFFu) | 0x77u;
    GPIO('D', 0x00) = (GPIO('D', 0x00) & ~(0xFu << 16)) | 0xAu << 16;
    SYSCFG(0x14) = (SYSCFG(0x14) & ~0xF0u) | 2u << 4; // EXTI13 is port C's
    EXTI(0x80) |= 1u << 13;
    EXTI(0x00) |= 1u << 13;
    irq_enable(40);
}

void irq40(void)
{
    if ((EXTI(0x88) & 1u << 13) != 0) {
        EXTI(0x88) = 1u << 13;
        results[3]++;
    }
}

static void timer(void)
{
    RCC(0xE8) |= 1u << 4 | 1u << 18;
    (void)RCC(0xE8);
    TIM6(0x28) = 24000 - 1; // of 240 MHz
    TIM6(0x2C) = 1000 - 1;  // 100 ms
    TIM6(0x14) = 1;         // UG
    TIM6(0x10) = 0;
    TIM6(0x0C) = 1;
    TIM6(0x00) = 1;
    irq_enable(54);
}

void irq54(void)
{
    TIM6(0x10) = ~1u;
    results[2]++;
    GPIO('B', 0x18) = (GPIO('B', 0x14) & 1u) != 0 ? 1u << 16 : 1u;
}

static void say(const char *text)
{
    USART3(0x0C) = 120000000 / 115200;
    USART3(0x00) = 1u << 3 | 1u << 2 | 1u;
    for (; *text != '\0'; text++) {
        wait_for(&USART3(0x1C), 1u << 7, 1u << 7);
        USART3(0x28) = (uint8_t)*text;
    }
    wait_for(&USART3(0x1C), 1u << 6, 1u << 6);
}

int main(void)
{
    enable_caches();
    CPACR |= 0xFu << 20;
    tick_every_ms(64000000);
    clock_config();
    pins();
    timer();
    say("READY\r\n");
    for (;;) {
        wait_for_interrupt();
    }
}
