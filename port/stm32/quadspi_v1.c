// SPDX-License-Identifier: MIT
// Commands to an external flash by QUADSPI in its indirect modes: RM0433, 23.3.6 (indirect modes), 23.5 (registers).
//
// One data line: what every chip understands, whatever its non-volatile quad-enable bit says. In this mode the controller
// holds IO2 low and IO3 high, which is what write protection and HOLD need.
#include "board.h"
#include "drivers.h"
#include "regs/gpio_v2.h"
#include "regs/quadspi_v1.h"

#define QUADSPI ((struct quadspi_regs *)HF_NOR_BASE)

#define WORD_THRESHOLD (3u << QUADSPI_CR_FTHRES_POS) // FTF: four bytes are there, or fit
#define HALF_OF_AHB    (1u << QUADSPI_CR_PRESCALER_POS)
#define ADDRESSED      (23u << QUADSPI_DCR_FSIZE_POS) // 2^24 bytes
#define SELECT_HIGH    (3u << QUADSPI_DCR_CSHT_POS)   // four clocks between commands: 50 ns and more

#define PATIENCE 100000u // turns of a polling loop; a command moves on within microseconds

void nor_open(void)
{
    clock_enable_ahb(HF_NOR_ON_AHB, HF_NOR_ENABLE_BIT);
#define HF_OPEN(port, pin, function) gpio_alternate(port, pin, function, GPIO_PULL_UP);
    HF_NOR_PINS(HF_OPEN)
#undef HF_OPEN
    QUADSPI->DCR = ADDRESSED | SELECT_HIGH;
    QUADSPI->CR = HALF_OF_AHB | WORD_THRESHOLD | QUADSPI_CR_SSHIFT | QUADSPI_CR_EN;
}

static bool wait_for(uint32_t mask, uint32_t value)
{
    for (uint32_t turn = 0; turn < PATIENCE; turn++) {
        if ((QUADSPI->SR & mask) == value) {
            return true;
        }
    }
    QUADSPI->CR |= QUADSPI_CR_ABORT;
    return false;
}

static bool begin(uint32_t ccr, uint8_t opcode, uint32_t address, uint32_t size)
{
    if (!wait_for(QUADSPI_SR_BUSY, 0)) {
        return false;
    }
    QUADSPI->FCR = QUADSPI_FCR_CTCF | QUADSPI_FCR_CTEF;
    QUADSPI->DLR = size - 1; // not looked at without a data phase
    ccr |= opcode | QUADSPI_CCR_IMODE_SINGLE | (size != 0 ? QUADSPI_CCR_DMODE_SINGLE : 0);
    if (address == NOR_NO_ADDRESS) {
        QUADSPI->CCR = ccr;
        return true;
    }
    QUADSPI->CCR = ccr | QUADSPI_CCR_ADMODE_SINGLE | QUADSPI_CCR_ADSIZE_24;
    QUADSPI->AR = address;
    return true;
}

bool nor_receive(uint8_t opcode, uint32_t address, unsigned dummies, void *to, uint32_t size)
{
    uint8_t *byte = to;
    bool good = begin(QUADSPI_CCR_FMODE_READ | 8u * dummies << QUADSPI_CCR_DCYC_POS, opcode, address, size);
    while (good && size > 0) {
        good = wait_for(QUADSPI_SR_FTF, QUADSPI_SR_FTF);
        if (size >= 4) {
            uint32_t word = QUADSPI->DR;
            __builtin_memcpy(byte, &word, 4);
            byte += 4;
            size -= 4;
        } else {
            *byte++ = *(const volatile uint8_t *)&QUADSPI->DR;
            size--;
        }
    }
    return good && wait_for(QUADSPI_SR_BUSY, 0);
}

bool nor_send(uint8_t opcode, uint32_t address, const uint8_t *from, uint32_t size)
{
    bool good = begin(0, opcode, address, size);
    while (good && size > 0) {
        good = wait_for(QUADSPI_SR_FTF, QUADSPI_SR_FTF);
        *(volatile uint8_t *)&QUADSPI->DR = *from++;
        size--;
    }
    return good && wait_for(QUADSPI_SR_BUSY, 0);
}

void nor_close(void)
{
    clock_disable_ahb(HF_NOR_ON_AHB, HF_NOR_ENABLE_BIT);
}
