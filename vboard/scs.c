// SPDX-License-Identifier: MIT
// The private peripheral bus at 0xE0000000: finds the unit an access goes to and brings it to the width of its registers.
#include "core.h"

#define CCR_USERSETMPEND (1u << 1)

enum { DWT = 0xE0001000, SCS = 0xE000E000, UNIT = 0x1000, STIR = 0xF00 };

static bool is_nvic(uint32_t offset)
{
    return offset >= 0x100 && offset < 0x500;
}

static bool is_systick(uint32_t offset)
{
    return offset >= 0x10 && offset < 0x20;
}

// Unprivileged code has no business here, but for pending interrupts by STIR when it is allowed to.
static bool refused(vb_board *board, uint32_t address)
{
    engine *e = board->engine;
    bool unprivileged = (engine_get(e, ENGINE_CONTROL) & CONTROL_NPRIV) != 0 &&
                        (engine_get(e, ENGINE_XPSR) & XPSR_IPSR) == 0;
    bool allowed = address == SCS + STIR && (board->scb.ccr & CCR_USERSETMPEND) != 0;
    if (unprivileged && !allowed) {
        engine_access_fault(e);
    }
    return unprivileged && !allowed;
}

static bool read_word(vb_board *board, uint32_t address, uint32_t *value)
{
    if (address - DWT < UNIT) {
        return core_dwt_read(board, address - DWT, value);
    }
    uint32_t offset = address - SCS;
    if (offset >= UNIT) {
        return false;
    }
    if (is_systick(offset)) {
        *value = core_systick_read(board, offset);
        return true;
    }
    if (is_nvic(offset)) {
        *value = core_nvic_read(board, offset);
        return true;
    }
    return core_scb_read(board, offset, value);
}

static bool write_word(vb_board *board, uint32_t address, uint32_t value)
{
    if (address - DWT < UNIT) {
        return core_dwt_write(board, address - DWT, value);
    }
    uint32_t offset = address - SCS;
    if (offset >= UNIT) {
        return false;
    }
    if (is_systick(offset)) {
        core_systick_write(board, offset, value);
        return true;
    }
    if (is_nvic(offset)) {
        core_nvic_write(board, offset, 4, value);
        return true;
    }
    return core_scb_write(board, offset, value);
}

static void unmodelled(vb_board *board, const char *what, uint32_t address, unsigned width)
{
    vb_say(board, VB_REPORT_UNMODELLED, "%s of %u bytes at 0x%08X, PC 0x%08X", what, width, (unsigned)address,
           (unsigned)engine_pc(board->engine));
}

uint32_t core_scs_read(vb_board *board, uint32_t address, unsigned width)
{
    uint32_t value = 0;
    if (refused(board, address)) {
        return 0;
    }
    if (!read_word(board, address & ~3u, &value)) {
        unmodelled(board, "load", address, width);
    }
    return value >> (8 * (address & 3u));
}

// Bytes and halfwords exist of the priorities and of CFSR; elsewhere they act on the word around them.
static uint32_t widened(vb_board *board, uint32_t address, unsigned width, uint32_t value)
{
    uint32_t mask = width == 4 ? 0xFFFFFFFFu : (1u << (8 * width)) - 1u, word = 0;
    unsigned shift = 8 * (address & 3u);
    bool write_one_to_clear = (address & ~3u) == SCS + 0xD28;
    if (!write_one_to_clear) {
        read_word(board, address & ~3u, &word);
    }
    return (word & ~(mask << shift)) | ((value & mask) << shift);
}

void core_scs_write(vb_board *board, uint32_t address, unsigned width, uint32_t value)
{
    if (refused(board, address)) {
        return;
    }
    uint32_t offset = address - SCS;
    if (offset < UNIT && is_nvic(offset) && offset >= 0x400) {
        core_nvic_write(board, offset, width, value);
        return;
    }
    uint32_t word = width == 4 ? value : widened(board, address, width, value);
    if (!write_word(board, address & ~3u, word)) {
        unmodelled(board, "store", address, width);
    }
}
