// SPDX-License-Identifier: MIT
// GPIO of every STM32 but the F1: RM0090 Rev 21, 8.4.
#ifndef HF_REGS_GPIO_V2_H
#define HF_REGS_GPIO_V2_H

#include <stdint.h>

struct gpio_regs {
    volatile uint32_t MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFR[2];
};

#define GPIO_MODE_INPUT     0u
#define GPIO_MODE_OUTPUT    1u
#define GPIO_MODE_ALTERNATE 2u
#define GPIO_SPEED_VERY_HIGH 3u
#define GPIO_PULL_NONE      0u
#define GPIO_PULL_UP        1u
#define GPIO_PULL_DOWN      2u

#endif
