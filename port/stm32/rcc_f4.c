// SPDX-License-Identifier: MIT
// Clock tree of the STM32F4: RM0090 Rev 21, 7.2 (clocks), 7.3 (registers), 3.5.1 (wait states before speed).
// Every wait is bounded: a dead crystal or a PLL that does not lock leaves the board on its internal oscillator.
#include "board.h"
#include "drivers.h"
#include "regs/rcc_f4.h"

// Turns of a polling loop at 16 MHz, about eight cycles each: 100 ms, where the data sheet says 2 ms for a crystal.
#define PATIENCE 200000u

static bool at_full_speed;

static bool wait_for(const volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    for (uint32_t turn = 0; turn < PATIENCE; turn++) {
        if ((*reg & mask) == value) {
            return true;
        }
    }
    return false;
}

// PPRE encoding of a divider: 1 -> 0, 2 -> 4, 4 -> 5, 8 -> 6, 16 -> 7.
#define PPRE(divider) ((divider) == 1 ? 0u : (divider) == 2 ? 4u : (divider) == 4 ? 5u : (divider) == 8 ? 6u : 7u)

#define PLLCFGR(m, n, p, q)                                                                                            \
    ((uint32_t)(m) << RCC_PLLCFGR_PLLM_POS | (uint32_t)(n) << RCC_PLLCFGR_PLLN_POS |                                   \
     ((p) / 2u - 1u) << RCC_PLLCFGR_PLLP_POS | (uint32_t)(q) << RCC_PLLCFGR_PLLQ_POS)

void clock_reset(void)
{
    RCC->CR |= RCC_CR_HSION;
    wait_for(&RCC->CR, RCC_CR_HSIRDY, RCC_CR_HSIRDY);
    RCC->CFGR = 0;
    wait_for(&RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_HSI);
    RCC->CR &= ~(RCC_CR_PLLON | RCC_CR_HSEON);
    wait_for(&RCC->CR, RCC_CR_PLLRDY, 0); // its configuration can be written from here on
    RCC->PLLCFGR = RCC_PLLCFGR_RESET;
    flash_reset_latency();
    at_full_speed = false;
}

static bool run_from_pll(uint32_t pllcfgr)
{
    RCC->PLLCFGR = pllcfgr;
    RCC->CR |= RCC_CR_PLLON;
    if (!wait_for(&RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY)) {
        return false;
    }
    flash_set_latency();
    RCC->CFGR = PPRE(HF_APB1_DIV) << RCC_CFGR_PPRE1_POS | PPRE(HF_APB2_DIV) << RCC_CFGR_PPRE2_POS | RCC_CFGR_SW_PLL;
    at_full_speed = wait_for(&RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL);
    return at_full_speed;
}

void clock_quick(void)
{
    if (!run_from_pll(PLLCFGR(HF_PLL_HSI_M, HF_PLL_HSI_N, HF_PLL_HSI_P, HF_PLL_HSI_Q))) {
        clock_reset();
    }
}

static bool run_from_crystal(void)
{
    if (HF_HSE_HZ == 0) {
        return false;
    }
    RCC->CR |= RCC_CR_HSEON;
    return wait_for(&RCC->CR, RCC_CR_HSERDY, RCC_CR_HSERDY) &&
           run_from_pll(PLLCFGR(HF_PLL_HSE_M, HF_PLL_HSE_N, HF_PLL_HSE_P, HF_PLL_HSE_Q) | RCC_PLLCFGR_PLLSRC);
}

void clock_precise(void)
{
    clock_reset(); // the PLL is configured only while it is off
    if (!run_from_crystal()) {
        clock_reset();
        clock_quick();
    }
}

uint32_t clock_core_hz(void)
{
    return at_full_speed ? HF_HCLK_HZ : HF_HSI_HZ;
}

uint32_t clock_apb_hz(unsigned apb)
{
    if (!at_full_speed) {
        return HF_HSI_HZ;
    }
    return apb == 1 ? HF_APB1_HZ : HF_APB2_HZ;
}

// A peripheral answers two bus cycles after its gate opened (ES0182, delay after an RCC enable): read back to wait.
static void open_gate(volatile uint32_t *enr, uint32_t bit)
{
    *enr |= bit;
    (void)*enr;
}

void clock_enable_ahb(unsigned ahb, unsigned bit)
{
    open_gate(ahb == 1 ? &RCC->AHB1ENR : &RCC->AHB2ENR, 1u << bit);
}

void clock_enable_apb(unsigned apb, unsigned bit)
{
    open_gate(apb == 1 ? &RCC->APB1ENR : &RCC->APB2ENR, 1u << bit);
}

static void close_gate(volatile uint32_t *enr, volatile uint32_t *rstr, uint32_t bit)
{
    *rstr |= bit;
    *rstr &= ~bit;
    *enr &= ~bit;
}

void clock_disable_ahb(unsigned ahb, unsigned bit)
{
    close_gate(ahb == 1 ? &RCC->AHB1ENR : &RCC->AHB2ENR, ahb == 1 ? &RCC->AHB1RSTR : &RCC->AHB2RSTR, 1u << bit);
}

void clock_disable_apb(unsigned apb, unsigned bit)
{
    close_gate(apb == 1 ? &RCC->APB1ENR : &RCC->APB2ENR, apb == 1 ? &RCC->APB1RSTR : &RCC->APB2RSTR, 1u << bit);
}

void clock_gates_reset(void)
{
    // Only what this bootloader opens before it starts an application: pins and the CRC unit. Update mode, which opens
    // more, ends in a system reset.
    uint32_t opened = RCC->AHB1ENR & ~RCC_AHB1ENR_RESET;
    RCC->AHB1RSTR = opened;
    RCC->AHB1RSTR = 0;
    RCC->AHB1ENR = RCC_AHB1ENR_RESET;
}
