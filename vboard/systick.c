// SPDX-License-Identifier: MIT
// SysTick: computed from the core's cycles when somebody looks, with one event for the moment the counter reaches zero.
// Armv7-M Architecture Reference Manual (DDI 0403), B3.3.
#include "core.h"

#define CSR_ENABLE    (1u << 0)
#define CSR_TICKINT   (1u << 1)
#define CSR_CLKSOURCE (1u << 2)
#define CSR_COUNTFLAG (1u << 16)
#define COUNTER       0x00FFFFFFu
#define CALIBRATION   0x4000493Eu // STM32F4: 18750 of HCLK/8 at 150 MHz are 1 ms, not exact

static uint64_t divider(const vb_board *board)
{
    return (board->systick.csr & CSR_CLKSOURCE) != 0 ? 1 : 8;
}

// The counter goes from its value down to 0, then from the reload value on.
static uint32_t value_after(const core_systick *systick, uint64_t ticks)
{
    if (ticks <= systick->value) {
        return systick->value - (uint32_t)ticks;
    }
    uint64_t within = (ticks - systick->value - 1) % ((uint64_t)systick->rvr + 1);
    return systick->rvr - (uint32_t)within;
}

static uint32_t value_now(const vb_board *board)
{
    const core_systick *systick = &board->systick;
    if ((systick->csr & CSR_ENABLE) == 0) {
        return systick->value;
    }
    uint64_t passed = engine_cycles(board->engine) - systick->since;
    return value_after(systick, passed / divider(board));
}

// Ticks until the counter next goes from 1 to 0; 0 when that does not happen any more.
static uint64_t ticks_to_zero(const core_systick *systick)
{
    if (systick->value != 0) {
        return systick->value;
    }
    return systick->rvr != 0 ? (uint64_t)systick->rvr + 1 : 0;
}

static uint64_t zero_cycle(const vb_board *board)
{
    return board->systick.since + ticks_to_zero(&board->systick) * divider(board);
}

static void plan(vb_board *board)
{
    bool runs = (board->systick.csr & CSR_ENABLE) != 0 && ticks_to_zero(&board->systick) != 0;
    bool clocked = board->hz[VB_CLOCK_HCLK] != 0;
    core_schedule_systick(board, runs && clocked ? core_time_at(board, zero_cycle(board)) : CORE_NEVER);
}

// Makes the present the point the counter is computed from.
static void rebase(vb_board *board, uint32_t value)
{
    board->systick.value = value;
    board->systick.since = engine_cycles(board->engine);
}

void core_systick_reset(vb_board *board)
{
    board->systick = (core_systick){0};
    plan(board);
}

void core_systick_clock_changed(vb_board *board)
{
    plan(board);
}

void core_systick_wrapped(vb_board *board)
{
    core_systick *systick = &board->systick;
    systick->since = zero_cycle(board);
    systick->value = 0;
    systick->countflag = true;
    if ((systick->csr & CSR_TICKINT) != 0) {
        core_pend(board, EXC_SYSTICK);
    }
    plan(board);
}

uint32_t core_systick_read(vb_board *board, uint32_t offset)
{
    core_systick *systick = &board->systick;
    switch (offset) {
    case 0x10: {
        uint32_t csr = systick->csr | (systick->countflag ? CSR_COUNTFLAG : 0);
        systick->countflag = false;
        return csr;
    }
    case 0x14: return systick->rvr;
    case 0x18: return value_now(board);
    default: return CALIBRATION;
    }
}

void core_systick_write(vb_board *board, uint32_t offset, uint32_t value)
{
    core_systick *systick = &board->systick;
    uint32_t present = value_now(board);
    switch (offset) {
    case 0x10:
        rebase(board, present);
        systick->csr = value & (CSR_ENABLE | CSR_TICKINT | CSR_CLKSOURCE);
        break;
    case 0x14:
        rebase(board, present);
        systick->rvr = value & COUNTER;
        break;
    case 0x18: // any write clears the counter and COUNTFLAG
        rebase(board, 0);
        systick->countflag = false;
        break;
    default: return;
    }
    plan(board);
}
