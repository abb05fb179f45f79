// SPDX-License-Identifier: MIT
// GPIO of every STM32 but the F1: RM0090 Rev 21, 8.3, 8.4.
#include "board.h"
#include "drivers.h"
#include "regs/gpio_v2.h"

#define GPIO(port) ((struct gpio_regs *)(HF_GPIO_BASE + 0x400u * (port))) // 0: GPIOA

static void set_field(volatile uint32_t *reg, unsigned position, uint32_t mask, uint32_t value)
{
    *reg = (*reg & ~(mask << position)) | value << position;
}

static void set_mode(unsigned port, unsigned pin, uint32_t mode, uint32_t pull)
{
    clock_enable_ahb(HF_GPIO_ON_AHB, port); // port A is bit 0
    set_field(&GPIO(port)->PUPDR, 2 * pin, 3, pull);
    set_field(&GPIO(port)->MODER, 2 * pin, 3, mode);
}

void gpio_input(unsigned port, unsigned pin, unsigned pull)
{
    set_mode(port, pin, GPIO_MODE_INPUT, pull);
}

void gpio_output(unsigned port, unsigned pin)
{
    set_mode(port, pin, GPIO_MODE_OUTPUT, GPIO_PULL_NONE);
}

void gpio_alternate(unsigned port, unsigned pin, unsigned function, unsigned pull)
{
    clock_enable_ahb(HF_GPIO_ON_AHB, port);
    set_field(&GPIO(port)->AFR[pin / 8], 4 * (pin % 8), 0xF, function);
    set_field(&GPIO(port)->OSPEEDR, 2 * pin, 3, GPIO_SPEED_VERY_HIGH);
    set_mode(port, pin, GPIO_MODE_ALTERNATE, pull);
}

bool gpio_read(unsigned port, unsigned pin)
{
    return (GPIO(port)->IDR >> pin & 1u) != 0;
}

void gpio_write(unsigned port, unsigned pin, bool high)
{
    GPIO(port)->BSRR = 1u << (pin + (high ? 0 : 16));
}
