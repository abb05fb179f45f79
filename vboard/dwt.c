// SPDX-License-Identifier: MIT
// The cycle counter of the data watchpoint and trace unit, which firmware uses to measure time. Nothing else of the unit.
// Armv7-M Architecture Reference Manual (DDI 0403), C1.8.
#include "core.h"

#define DEMCR_TRCENA     (1u << 24)
#define CTRL_CYCCNTENA   (1u << 0)
#define CTRL_RESET       0x40000000u // four comparators
#define CTRL_WRITABLE    0x007F1FFFu

// Cycles the core was clocked: sleeping, it is not.
static uint64_t running_cycles(const vb_board *board)
{
    return engine_cycles(board->engine) - board->slept;
}

static bool counts(const vb_board *board)
{
    return (board->scb.dwt_ctrl & CTRL_CYCCNTENA) != 0 && (board->scb.demcr & DEMCR_TRCENA) != 0;
}

static uint32_t present(const vb_board *board)
{
    uint64_t passed = counts(board) ? running_cycles(board) - board->scb.dwt_since : 0;
    return board->scb.dwt_cyccnt_base + (uint32_t)passed;
}

static void rebase(vb_board *board, uint32_t value)
{
    board->scb.dwt_cyccnt_base = value;
    board->scb.dwt_since = running_cycles(board);
}

void core_dwt_reset(vb_board *board)
{
    board->scb.dwt_ctrl = CTRL_RESET;
    rebase(board, 0);
}

bool core_dwt_read(vb_board *board, uint32_t offset, uint32_t *value)
{
    switch (offset) {
    case 0x000: *value = board->scb.dwt_ctrl; return true;
    case 0x004: *value = present(board); return true;
    case 0xFB4: *value = 0; return true; // LSR: no lock
    default: return false;
    }
}

bool core_dwt_write(vb_board *board, uint32_t offset, uint32_t value)
{
    uint32_t before = present(board);
    switch (offset) {
    case 0x000:
        rebase(board, before);
        board->scb.dwt_ctrl = CTRL_RESET | (value & CTRL_WRITABLE);
        return true;
    case 0x004: rebase(board, value); return true;
    case 0xFB0: return true; // LAR, written by firmware for the Cortex-M7 too
    default: return false;
    }
}
