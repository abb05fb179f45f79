// SPDX-License-Identifier: MIT
// Firmware as a CubeMX project for the STM32F407 has it: a HAL-style tick and clock set-up, vectors in RAM, reception by DMA
// that an idle line ends, floats in interrupts, a main loop that sleeps. It knows the chip from its manuals (RM0090,
// PM0214) and nothing of the board it runs on but the pins of USART2.
#include <stdint.h>

#include "words.h"

#define REG(address) (*(volatile uint32_t *)(address))
#define RCC(offset)   REG(0x40023800u + (offset))
#define PWR(offset)   REG(0x40007000u + (offset))
#define FLASH(offset) REG(0x40023C00u + (offset))
#define GPIOA(offset) REG(0x40020000u + (offset))
#define USART2(offset) REG(0x40004400u + (offset))
#define DMA1(offset)  REG(0x40026000u + (offset))
#define TIM(n, offset) REG(0x40000000u + 0x400u * ((n) - 2u) + (offset))
#define SCB_VTOR  REG(0xE000ED08)
#define SCB_AIRCR REG(0xE000ED0C)
#define SCB_CPACR REG(0xE000ED88)
#define SYST_CSR  REG(0xE000E010)
#define SYST_RVR  REG(0xE000E014)
#define SYST_CVR  REG(0xE000E018)
#define NVIC_ISER(n) REG(0xE000E100u + 4u * (n))
#define NVIC_ISPR(n) REG(0xE000E200u + 4u * (n))
#define NVIC_IPR(n)  (*(volatile uint8_t *)(0xE000E400u + (n)))
#define SHPR_SYSTICK (*(volatile uint8_t *)0xE000ED23u)

enum { EXTI0 = 6, EXTI1 = 7, EXTI2 = 8, STREAM5 = 16, STREAM6 = 17, TIM2 = 28, TIM3 = 29, USART = 38 };
enum { VECTORS = 98, BUFFER = 64, HSE_TIMEOUT_MS = 100 };

__attribute__((section(".results"), used)) volatile uint32_t results[64];
extern const uint32_t g_pfnVectors[];
static uint32_t vectors_in_ram[VECTORS] __attribute__((aligned(512)));
static uint32_t SystemCoreClock = 16000000; // in .data: the copy at start-up is worth something
static volatile uint32_t tick;
static uint8_t received[BUFFER], answer[BUFFER];

// -- what CMSIS gives -------------------------------------------------------------------------------------------------

static uint32_t ldrex(volatile uint32_t *place)
{
    uint32_t value;
    __asm volatile("ldrex %0, %1" : "=r"(value) : "Q"(*place));
    return value;
}

static uint32_t strex(uint32_t value, volatile uint32_t *place)
{
    uint32_t failed;
    __asm volatile("strex %0, %2, %1" : "=&r"(failed), "=Q"(*place) : "r"(value));
    return failed;
}

static void enable_irq(unsigned number, unsigned priority)
{
    NVIC_IPR(number) = (uint8_t)(priority << 4);
    NVIC_ISER(number / 32) = 1u << number % 32;
}

void SystemInit(void)
{
    SCB_CPACR |= 0xFu << 20; // the FPU for everybody
    SCB_VTOR = 0x08000000;
}

// -- what the HAL gives -----------------------------------------------------------------------------------------------

static void Error_Handler(uint32_t line)
{
    results[CUBE_ERROR] = line;
    for (;;) {
    }
}

static void HAL_InitTick(void)
{
    SYST_RVR = SystemCoreClock / 1000 - 1;
    SHPR_SYSTICK = 0xF0;
    SYST_CVR = 0;
    SYST_CSR = 7;
}

static void HAL_Init(void)
{
    FLASH(0) |= 1u << 9;  // instruction cache
    FLASH(0) |= 1u << 10; // data cache
    FLASH(0) |= 1u << 8;  // prefetch
    SCB_AIRCR = 0x05FA0000u | 3u << 8; // four bits of preemption
    HAL_InitTick();
}

static void wait_for(volatile uint32_t *reg, uint32_t mask, uint32_t value, uint32_t line)
{
    uint32_t start = tick;
    while ((*reg & mask) != value) {
        if (tick - start > HSE_TIMEOUT_MS) {
            Error_Handler(line);
        }
    }
}

// 168 MHz from the crystal: the range of the regulator first, then crystal, PLL, wait states, and only then the switch.
static void SystemClock_Config(void)
{
    RCC(0x40) |= 1u << 28; // PWR
    (void)RCC(0x40);
    PWR(0) |= 1u << 14;    // VOS: scale 1
    (void)PWR(0);
    RCC(0x00) |= 1u << 16; // HSEON
    wait_for(&RCC(0x00), 1u << 17, 1u << 17, __LINE__);
    RCC(0x00) &= ~(1u << 24);
    wait_for(&RCC(0x00), 1u << 25, 0, __LINE__);
    RCC(0x04) = results[CUBE_HSE_MHZ] | 336u << 6 | 0u << 16 | 1u << 22 | 7u << 24; // M, N, P = 2, HSE, Q
    RCC(0x00) |= 1u << 24;
    wait_for(&RCC(0x00), 1u << 25, 1u << 25, __LINE__);
    FLASH(0) = (FLASH(0) & ~7u) | 5u;
    if ((FLASH(0) & 7u) != 5) {
        Error_Handler(__LINE__);
    }
    RCC(0x08) = (RCC(0x08) & ~(7u << 10 | 7u << 13)) | 7u << 10 | 7u << 13; // both APB at /16 meanwhile
    RCC(0x08) &= ~(0xFu << 4);                                            // AHB not divided
    RCC(0x08) = (RCC(0x08) & ~3u) | 2u;
    wait_for(&RCC(0x08), 3u << 2, 2u << 2, __LINE__);
    RCC(0x08) = (RCC(0x08) & ~(7u << 10 | 7u << 13)) | 5u << 10 | 4u << 13; // 42 and 84 MHz
    SystemCoreClock = 168000000;
    HAL_InitTick();
    results[CUBE_CORE_HZ] = SystemCoreClock;
}

void SysTick_Handler(void)
{
    tick++;
    results[CUBE_TICKS] = tick;
}

static void move_vectors(void)
{
    for (unsigned i = 0; i < VECTORS; i++) {
        vectors_in_ram[i] = g_pfnVectors[i];
    }
    __asm volatile("dmb" ::: "memory");
    SCB_VTOR = (uint32_t)vectors_in_ram;
    __asm volatile("dsb" ::: "memory");
    results[CUBE_VTOR] = SCB_VTOR;
}

// -- floats everywhere, an atomic counter, priorities -----------------------------------------------------------------

static volatile float low_sum, high_sum;
static volatile uint32_t in_low;

static void count_up(void)
{
    uint32_t value;
    do {
        value = ldrex(&results[CUBE_COUNTER]);
        if (value == UINT32_MAX) {
            return;
        }
        value++;
    } while (strex(value, &results[CUBE_COUNTER]) != 0 && ++results[CUBE_RETRIES]);
    __asm volatile("dmb" ::: "memory");
}

// The less urgent one is long enough to be interrupted, and keeps values in FP registers all the while.
void TIM3_IRQHandler(void)
{
    uint32_t exc_return = (uint32_t)__builtin_return_address(0);
    results[CUBE_LONG_FRAMES] += (exc_return & 0x10u) == 0;
    TIM(3, 0x10) = 0;
    in_low = 1;
    float sum = low_sum;
    for (unsigned i = 0; i < 40; i++) {
        sum += 0.25f;
    }
    low_sum = sum;
    count_up();
    results[CUBE_COUNTED]++;
    in_low = 0;
}

void TIM2_IRQHandler(void)
{
    TIM(2, 0x10) = 0;
    results[CUBE_HIGH_COUNT]++;
    results[CUBE_NESTED] += in_low;
    high_sum = high_sum + 1.5f;
    count_up();
}

static void start_timer(unsigned n, uint32_t period)
{
    TIM(n, 0x28) = 0;
    TIM(n, 0x2C) = period - 1;
    TIM(n, 0x14) = 1; // UG
    TIM(n, 0x10) = 0;
    TIM(n, 0x0C) = 1;
    TIM(n, 0x00) = 1;
}

static void compute(void)
{
    RCC(0x40) |= 3u; // TIM2, TIM3
    (void)RCC(0x40);
    enable_irq(TIM2, 2);
    enable_irq(TIM3, 9);
    start_timer(3, 997);
    start_timer(2, 641);
    float sum = 0;
    uint32_t counted = 0;
    while (results[CUBE_COUNTED] < 200) {
        sum += 0.125f;
        counted++;
        count_up();
        if (counted % 1024 == 0) { // keeps within what a float counts exactly
            sum -= 128.0f;
        }
    }
    TIM(2, 0x0C) = TIM(3, 0x0C) = 0;
    sum -= 0.125f * (float)(counted % 1024);
    results[CUBE_THREAD_SUM] = sum == 0.0f;
    results[CUBE_LOW_SUM] = (uint32_t)low_sum;
    results[CUBE_HIGH_SUM] = (uint32_t)(high_sum * 2);
    results[CUBE_COUNTED] += counted + results[CUBE_HIGH_COUNT];
}

static uint32_t chain_sp;

static void link_of_chain(uint32_t digit, uint32_t sp)
{
    if (results[CUBE_CHAIN] == 0) {
        chain_sp = sp;
        results[CUBE_CHAIN_SP] = 1;
    } else if (sp != chain_sp) {
        results[CUBE_CHAIN_SP] = 0;
    }
    results[CUBE_CHAIN] = results[CUBE_CHAIN] * 10 + digit;
}

#define CHAINED(n)                                                      \
    __attribute__((naked)) void EXTI##n##_IRQHandler(void)             \
    {                                                                   \
        __asm volatile("mov r0, #" #n " + 1\n mrs r1, msp\n b chained"); \
    }
__attribute__((used)) void chained(uint32_t digit, uint32_t sp)
{
    link_of_chain(digit, sp);
}
CHAINED(0)
CHAINED(1)
CHAINED(2)

// Three at once, two of them of one priority: the second and third follow without going back to the thread.
static void chain(void)
{
    enable_irq(EXTI0, 7);
    enable_irq(EXTI1, 6);
    enable_irq(EXTI2, 6);
    __asm volatile("cpsid i" ::: "memory");
    NVIC_ISPR(0) = 1u << EXTI0 | 1u << EXTI1 | 1u << EXTI2;
    __asm volatile("cpsie i\n isb" ::: "memory");
}

// -- HAL_UARTEx_ReceiveToIdle_DMA, and an answer by DMA -----------------------------------------------------------------

static void receive_to_idle(void)
{
    DMA1(0x88) = 0; // stream 5 off
    while ((DMA1(0x88) & 1u) != 0) {
    }
    DMA1(0x0C) = 0x3Du << 6; // HIFCR of stream 5
    DMA1(0x8C) = BUFFER;
    DMA1(0x90) = 0x40004404u;
    DMA1(0x94) = (uint32_t)received;
    DMA1(0x88) = 4u << 25 | 1u << 10 | 1u << 4 | 1u << 2; // channel 4, to memory, TCIE, TEIE
    DMA1(0x88) |= 1;
}

static void uart_start(void)
{
    RCC(0x30) |= 1u << 0 | 1u << 21; // GPIOA, DMA1
    RCC(0x40) |= 1u << 17;           // USART2
    (void)RCC(0x40);
    GPIOA(0x00) = (GPIOA(0x00) & ~0xF0u) | 0xA0u; // PA2, PA3: alternate function
    GPIOA(0x20) = (GPIOA(0x20) & ~0xFF00u) | 0x7700u;
    USART2(0x08) = (42000000u + 57600u) / 115200u;
    USART2(0x14) = 1u << 6 | 1u << 7;                    // CR3: DMAR, DMAT
    USART2(0x0C) = 1u << 13 | 1u << 3 | 1u << 2 | 1u << 4; // CR1: UE, TE, RE, IDLEIE
    enable_irq(USART, 5);
    enable_irq(STREAM5, 5);
    enable_irq(STREAM6, 5);
    (void)USART2(0x00);
    (void)USART2(0x04);
    receive_to_idle();
}

static void answer_backwards(uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        answer[i] = received[size - 1 - i];
    }
    DMA1(0x0C) = 0x3Du << 16; // HIFCR of stream 6
    USART2(0x00) = ~(1u << 6); // TC
    DMA1(0xA4) = size;
    DMA1(0xA8) = 0x40004404u;
    DMA1(0xAC) = (uint32_t)answer;
    DMA1(0xA0) = 4u << 25 | 1u << 10 | 1u << 6 | 1u << 4; // channel 4, from memory, TCIE
    DMA1(0xA0) |= 1;
}

void USART2_IRQHandler(void)
{
    if ((USART2(0x00) & 1u << 4) == 0) {
        return;
    }
    (void)USART2(0x04); // SR, then DR: IDLE is cleared
    uint32_t size = BUFFER - DMA1(0x8C);
    if (size == 0) {
        return;
    }
    DMA1(0x88) &= ~1u;
    results[CUBE_FRAMES]++;
    results[CUBE_LAST_SIZE] = size;
    answer_backwards(size);
    receive_to_idle();
}

void DMA1_Stream5_IRQHandler(void) // the buffer is full, or the stream was switched off with data in it
{
    DMA1(0x0C) = 0x3Du << 6;
}

void DMA1_Stream6_IRQHandler(void)
{
    DMA1(0x0C) = 0x3Du << 16;
    results[CUBE_SENT]++;
}

int main(void)
{
    HAL_Init();
    SystemClock_Config();
    results[CUBE_STAGE] = CUBE_CLOCKED_STAGE;
    move_vectors();
    chain();
    compute();
    results[CUBE_STAGE] = CUBE_COMPUTED_STAGE;
    uart_start();
    results[CUBE_STAGE] = CUBE_SERVING_STAGE;
    for (;;) {
        __asm volatile("dsb\n wfi" ::: "memory");
        results[CUBE_SLEEPS]++;
    }
}
