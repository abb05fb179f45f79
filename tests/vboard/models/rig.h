// SPDX-License-Identifier: MIT
// A board with the probe guest on it: model tests poke and peek registers through the real core and let time pass.
#ifndef RIG_H
#define RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vboard.h"

// Bases, from the memory map of the reference manual.
enum {
    RIG_TIM2 = 0x40000000, RIG_TIM3 = 0x40000400, RIG_TIM6 = 0x40001000, RIG_RTC = 0x40002800, RIG_IWDG = 0x40003000,
    RIG_USART2 = 0x40004400, RIG_PWR = 0x40007000, RIG_USART1 = 0x40011000, RIG_SYSCFG = 0x40013800,
    RIG_EXTI = 0x40013C00, RIG_GPIOA = 0x40020000, RIG_GPIOB = 0x40020400, RIG_GPIOD = 0x40020C00,
    RIG_CRC = 0x40023000, RIG_RCC = 0x40023800, RIG_FLASH = 0x40023C00, RIG_BKPSRAM = 0x40024000,
    RIG_DMA1 = 0x40026000, RIG_DMA2 = 0x40026400
};
#define RIG_DBGMCU 0xE0042000u
enum { RIG_RCC_AHB1ENR = RIG_RCC + 0x30, RIG_RCC_APB1ENR = RIG_RCC + 0x40, RIG_RCC_APB2ENR = RIG_RCC + 0x44 };

typedef struct rig {
    vb_board *board;
    uint32_t asked;
    unsigned said[VB_REPORT_KINDS]; // reports already looked at
    char words[512];                // of the last report
} rig;

// The discovery board as its file says, or with another crystal (0: none) and supply. Powered on, the guest ready.
rig *rig_new(void);
rig *rig_new_with(uint32_t hse_hz, uint32_t supply_min_mv);
// Ends the test: fails it when there were reports that rig_said did not ask for.
void rig_end(rig *r);

uint32_t rig_read(rig *r, uint32_t address);
uint32_t rig_read_part(rig *r, uint32_t address, unsigned width);
void rig_write(rig *r, uint32_t address, uint32_t value);
void rig_write_part(rig *r, uint32_t address, unsigned width, uint32_t value);
// Asks for a store and leaves it to the test to let time pass; rig_settle waits for it.
void rig_ask(rig *r, uint32_t address, uint32_t value);
void rig_ask_part(rig *r, uint32_t address, unsigned width, uint32_t value);
// Runs until the next flash operation has begun, and no further.
void rig_run_to_flash_operation(rig *r);
// Lets time pass until a planned cut of the supply comes true, at most so long.
void rig_run_to_cut(rig *r, vb_time limit);
void rig_set(rig *r, uint32_t address, uint32_t bits); // read, or, write
void rig_clear(rig *r, uint32_t address, uint32_t bits);
void rig_pass(rig *r, vb_time time);
// Time until (word & mask) == value, looking every `step`; fails the test after limit.
vb_time rig_await(rig *r, uint32_t address, uint32_t mask, uint32_t value, vb_time step, vb_time limit);

void rig_expect_(rig *r, uint32_t address, uint32_t value, const char *file, int line);
#define rig_expect(r, address, value) rig_expect_(r, address, value, __FILE__, __LINE__)

// Reports of this kind since the last question.
unsigned rig_said(rig *r, vb_report kind);
unsigned rig_faults(rig *r); // bus faults the guest took since the last question
unsigned rig_nmis(rig *r);
unsigned rig_starts(rig *r); // times the guest has started since power-on
bool rig_irq_pending(rig *r, unsigned number);
// Switches the board on again, the guest ready.
void rig_power_on(rig *r);
// Waits until the guest is up again after a reset.
void rig_settle(rig *r);

// Common preparations.
void rig_clock_on(rig *r, uint32_t enable_register, unsigned bit);
void rig_backup_access(rig *r); // PWR clock and DBP

#define rig_test(name) cmocka_unit_test(name)

#endif
