// SPDX-License-Identifier: MIT
// A program that runs once instead of the bootloader, as a production line would: writes the mailbox and the option bytes.
// RM0090 Rev 21: 3.6.5 and 3.9.10 (option bytes), 5.1.2 (backup domain), 26.6.20 (backup registers).
#include "guest.h"

GUEST_DEFINE_RESULTS;

// What is wanted: is the mailbox to be written, its value, FLASH_OPTCR (0: leave it).
static const volatile uint32_t *const wishes = (const volatile uint32_t *)0x08004000u;

#define RCC_APB1ENR   REG32(0x40023840u)
#define RCC_BDCR      REG32(0x40023870u)
#define PWR_CR        REG32(0x40007000u)
#define RTC_BKP0R     REG32(0x40002850u)
#define FLASH_OPTKEYR REG32(0x40023C08u)
#define FLASH_SR      REG32(0x40023C0Cu)
#define FLASH_OPTCR   REG32(0x40023C14u)

static void open_backup_domain(void)
{
    RCC_APB1ENR |= 1u << 28;
    (void)RCC_APB1ENR;
    PWR_CR |= 1u << 8;
    (void)PWR_CR;
    RCC_BDCR |= 1u << 15;
}

static void write_options(uint32_t options)
{
    FLASH_OPTKEYR = 0x08192A3Bu;
    FLASH_OPTKEYR = 0x4C5D6E7Fu;
    FLASH_OPTCR = options & ~3u;
    FLASH_OPTCR = (options & ~3u) | 2u; // OPTSTRT
    while ((FLASH_SR & (1u << 16)) != 0) {
    }
    FLASH_OPTCR |= 1u; // OPTLOCK
}

int main(void)
{
    open_backup_domain();
    if (wishes[0] != 0) {
        RTC_BKP0R = wishes[1];
    }
    results[1] = RTC_BKP0R;
    if (wishes[2] != 0) {
        write_options(wishes[2]);
    }
    return 0;
}
