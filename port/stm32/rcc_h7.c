// SPDX-License-Identifier: MIT
// Clock tree of the STM32H7: RM0433, 8.5 (clocks), 8.7 (registers), 4.3.8 (wait states before speed).
//
// The voltage scale stays what reset made it (VOS3, core up to 200 MHz): supply and scale are programmed once after
// power-on, and that once belongs to the application. Every wait is bounded: a dead crystal or a PLL that does not lock
// leaves the board on its internal oscillator.
#include "board.h"
#include "drivers.h"
#include "regs/rcc_h7.h"

// Turns of a polling loop at 64 MHz, about eight cycles each: 25 ms, where the data sheet says 2 ms for a crystal.
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

// Prescaler codes of the peripheral buses: 1 -> 0, 2 -> 4, 4 -> 5, 8 -> 6, 16 -> 7.
#define PPRE(divider) ((divider) == 1 ? 0u : (divider) == 2 ? 4u : (divider) == 4 ? 5u : (divider) == 8 ? 6u : 7u)

// The range the PLL's input lies in.
#define RGE(hz) ((hz) >= 8000000u ? 3u : (hz) >= 4000000u ? 2u : (hz) >= 2000000u ? 1u : 0u)

void clock_reset(void)
{
    RCC->CR |= RCC_CR_HSION;
    wait_for(&RCC->CR, RCC_CR_HSIRDY, RCC_CR_HSIRDY);
    RCC->CFGR = 0;
    wait_for(&RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_HSI);
    RCC->CR &= ~(RCC_CR_PLL1ON | RCC_CR_HSEON);
    wait_for(&RCC->CR, RCC_CR_PLL1RDY, 0); // its configuration can be written from here on
    RCC->D1CFGR = 0;
    RCC->D2CFGR = 0;
    RCC->D3CFGR = 0;
    RCC->PLLCKSELR = RCC_PLLCKSELR_RESET;
    RCC->PLLCFGR = RCC_PLLCFGR_RESET;
    RCC->PLL1DIVR = RCC_PLL1DIVR_RESET;
    flash_reset_latency();
    at_full_speed = false;
}

// Buses are slowed down before the core is sped up, so that none of them is ever too fast.
static void divide_buses(void)
{
    RCC->D1CFGR = RCC_D1CFGR_HPRE_DIV2 | PPRE(HF_APB1_DIV) << RCC_D1CFGR_D1PPRE_POS;
    RCC->D2CFGR = PPRE(HF_APB1_DIV) << RCC_D2CFGR_D2PPRE1_POS | PPRE(HF_APB2_DIV) << RCC_D2CFGR_D2PPRE2_POS;
    RCC->D3CFGR = PPRE(HF_APB1_DIV) << RCC_D3CFGR_D3PPRE_POS;
}

static bool run_from_pll(uint32_t source, uint32_t source_hz, uint32_t m, uint32_t n, uint32_t p)
{
    RCC->PLLCKSELR = source | m << RCC_PLLCKSELR_DIVM1_POS;
    RCC->PLLCFGR = RGE(source_hz / m) << RCC_PLLCFGR_PLL1RGE_POS | RCC_PLLCFGR_DIVP1EN;
    RCC->PLL1DIVR = (n - 1) << RCC_PLL1DIVR_N1_POS | (p - 1) << RCC_PLL1DIVR_P1_POS | 1u << RCC_PLL1DIVR_Q1_POS |
                    1u << RCC_PLL1DIVR_R1_POS;
    RCC->CR |= RCC_CR_PLL1ON;
    if (!wait_for(&RCC->CR, RCC_CR_PLL1RDY, RCC_CR_PLL1RDY)) {
        return false;
    }
    divide_buses();
    flash_set_latency();
    RCC->CFGR = RCC_CFGR_SW_PLL1;
    at_full_speed = wait_for(&RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL1);
    return at_full_speed;
}

void clock_quick(void)
{
    if (!run_from_pll(RCC_PLLCKSELR_HSI, HF_HSI_HZ, HF_PLL_HSI_M, HF_PLL_HSI_N, HF_PLL_HSI_P)) {
        clock_reset();
    }
}

static bool run_from_crystal(void)
{
    if (HF_HSE_HZ == 0) {
        return false;
    }
    RCC->CR |= RCC_CR_HSEON;
    // Without a crystal its M is 0 and this line never reached: the 1 only keeps the compiler from dividing by it.
    return wait_for(&RCC->CR, RCC_CR_HSERDY, RCC_CR_HSERDY) &&
           run_from_pll(RCC_PLLCKSELR_HSE, HF_HSE_HZ, HF_PLL_HSE_M == 0 ? 1 : HF_PLL_HSE_M, HF_PLL_HSE_N, HF_PLL_HSE_P);
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
    return at_full_speed ? HF_CORE_HZ : HF_HSI_HZ;
}

uint32_t clock_apb_hz(unsigned apb)
{
    if (!at_full_speed) {
        return HF_HSI_HZ;
    }
    return apb == 1 ? HF_APB1_HZ : HF_APB2_HZ;
}

// A peripheral answers two bus cycles after its gate opened: read back to wait (RM0433 8.5.12).
static void open_gate(volatile uint32_t *enr, uint32_t bit)
{
    *enr |= bit;
    (void)*enr;
}

void clock_enable_ahb(unsigned ahb, unsigned bit)
{
    open_gate(ahb == 1 ? &RCC->AHB1ENR : ahb == 4 ? &RCC->AHB4ENR : &RCC->AHB3ENR, 1u << bit);
}

void clock_enable_apb(unsigned apb, unsigned bit)
{
    open_gate(apb == 1 ? &RCC->APB1LENR : &RCC->APB2ENR, 1u << bit);
}

static void close_gate(volatile uint32_t *enr, volatile uint32_t *rstr, uint32_t bit)
{
    *rstr |= bit;
    *rstr &= ~bit;
    *enr &= ~bit;
}

void clock_disable_ahb(unsigned ahb, unsigned bit)
{
    close_gate(ahb == 1 ? &RCC->AHB1ENR : ahb == 4 ? &RCC->AHB4ENR : &RCC->AHB3ENR,
               ahb == 1 ? &RCC->AHB1RSTR : ahb == 4 ? &RCC->AHB4RSTR : &RCC->AHB3RSTR, 1u << bit);
}

void clock_disable_apb(unsigned apb, unsigned bit)
{
    close_gate(apb == 1 ? &RCC->APB1LENR : &RCC->APB2ENR, apb == 1 ? &RCC->APB1LRSTR : &RCC->APB2RSTR, 1u << bit);
}

void clock_gates_reset(void)
{
    // Only what this bootloader opens before it starts an application: pins and the CRC unit. Update mode, which opens
    // more, ends in a system reset.
    uint32_t opened = RCC->AHB4ENR;
    RCC->AHB4RSTR = opened;
    RCC->AHB4RSTR = 0;
    RCC->AHB4ENR = 0;
}
