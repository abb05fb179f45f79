// SPDX-License-Identifier: MIT
// Commands to an external flash by SPI: RM0090 Rev 21, 28.3 (master, full duplex), 28.5 (registers). Mode 0, most significant
// bit first, half the bus clock.
#include "board.h"
#include "drivers.h"
#include "regs/gpio_v2.h"
#include "regs/spi_v1.h"

#define SPI ((struct spi_regs *)HF_NOR_BASE)

#define PATIENCE 1000u // turns of a polling loop; a byte takes 16 bus clocks

void nor_open(void)
{
    clock_enable_apb(HF_NOR_ON_APB, HF_NOR_ENABLE_BIT);
    gpio_input(HF_NOR_CS_PORT, HF_NOR_CS_PIN, GPIO_PULL_UP);
    gpio_write(HF_NOR_CS_PORT, HF_NOR_CS_PIN, true); // high from the first moment on
    gpio_output(HF_NOR_CS_PORT, HF_NOR_CS_PIN);
#define HF_OPEN(port, pin, function) gpio_alternate(port, pin, function, GPIO_PULL_UP);
    HF_NOR_PINS(HF_OPEN)
#undef HF_OPEN
    SPI->CR1 = SPI_CR1_MSTR | SPI_CR1_SSM | SPI_CR1_SSI;
    SPI->CR1 |= SPI_CR1_SPE;
}

static uint8_t exchange(uint8_t byte)
{
    *(volatile uint8_t *)&SPI->DR = byte;
    for (uint32_t turn = 0; turn < PATIENCE && (SPI->SR & SPI_SR_RXNE) == 0; turn++) {
    }
    return (uint8_t)SPI->DR;
}

static void begin(uint8_t opcode, uint32_t address)
{
    gpio_write(HF_NOR_CS_PORT, HF_NOR_CS_PIN, false);
    exchange(opcode);
    if (address != NOR_NO_ADDRESS) {
        exchange((uint8_t)(address >> 16));
        exchange((uint8_t)(address >> 8));
        exchange((uint8_t)address);
    }
}

// The last bit has been received, so the clock is quiet already.
static bool end(void)
{
    gpio_write(HF_NOR_CS_PORT, HF_NOR_CS_PIN, true);
    return true;
}

bool nor_receive(uint8_t opcode, uint32_t address, unsigned dummies, void *to, uint32_t size)
{
    uint8_t *byte = to;
    begin(opcode, address);
    while (dummies-- > 0) {
        exchange(0);
    }
    while (size-- > 0) {
        *byte++ = exchange(0);
    }
    return end();
}

bool nor_send(uint8_t opcode, uint32_t address, const uint8_t *from, uint32_t size)
{
    begin(opcode, address);
    while (size-- > 0) {
        exchange(*from++);
    }
    return end();
}

void nor_close(void)
{
    clock_disable_apb(HF_NOR_ON_APB, HF_NOR_ENABLE_BIT);
}
