// SPDX-License-Identifier: MIT
// Flash of the H74x: the write buffer of a bank, programming and erasing. Manual: RM0433, 4.3.8 to 4.3.10; times from
// the chip file (typical figures).
#include <string.h>

#include "flash_h7.h"

uint32_t flash_h7_bank_size(const vb_device *device)
{
    return vb_description(device->board)->chip.flash.size / FLASH_BANKS;
}

// WPSn is 0 for a protected sector and belongs to the bank itself, wherever it is seen.
bool flash_h7_protected(const vb_device *device, unsigned bank, unsigned sector)
{
    const flash *state = device->state;
    return ((state->current.wpsn[bank ^ state->swapped] >> sector) & 1u) == 0;
}

static void fail(vb_device *device, unsigned bank, uint32_t flags)
{
    flash *state = device->state;
    state->banks[bank].sr |= flags;
    flash_h7_update(device);
}

static void begin(vb_device *device, unsigned bank, flash_job job, uint32_t offset, uint32_t size, vb_time duration)
{
    flash *state = device->state;
    flash_bank *b = &state->banks[bank];
    b->job = job;
    b->offset = offset;
    b->size = size;
    b->started = vb_now(device->board);
    b->until = b->started + duration;
    uint32_t address = vb_description(device->board)->chip.flash.address + offset;
    vb_flash_begins(device, job == FLASH_PROGRAM ? VB_FLASH_PROGRAM : VB_FLASH_ERASE, address, size, b->until);
    b->fails = vb_flash_fails(device, &b->failure, &b->until);
    vb_schedule(device, FLASH_EVENT_BANK + bank, b->until);
    flash_h7_update(device);
}

static unsigned sector_of(const vb_device *device, uint32_t offset)
{
    uint32_t bank = flash_h7_bank_size(device);
    return offset % bank / (bank / FLASH_BANK_SECTORS);
}

// -- programming ------------------------------------------------------------------------------------------------------

// Protection is looked at when the word's turn comes, not when it is accepted.
static void program(vb_device *device, unsigned bank, const flash_word *word)
{
    flash *state = device->state;
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    if (flash_h7_protected(device, bank, sector_of(device, word->offset))) {
        fail(device, bank, FLASH_SR_WRPERR);
        return;
    }
    state->banks[bank].running = *word;
    begin(device, bank, FLASH_PROGRAM, word->offset, FLASH_UNIT, geometry->widths[0].typ_ns * (VB_US / 1000));
}

static void launch(vb_device *device, unsigned bank)
{
    flash *state = device->state;
    flash_bank *b = &state->banks[bank];
    flash_word word = b->buffer;
    b->buffer = (flash_word){0};
    if (b->job == FLASH_IDLE && !state->changing) {
        program(device, bank, &word);
        return;
    }
    if (b->waiting_count == 2) {
        vb_say(device->board, VB_REPORT_UNMODELLED, "%s: more stores in a row than a stalled core can make",
               device->info->name);
        return;
    }
    b->waiting[b->waiting_count++] = word;
    if (b->waiting_count == 2) { // the queue takes one, the bus waits with the next
        vb_stall(device, state->changing ? state->until : b->until);
    }
    flash_h7_update(device);
}

static bool may_store(vb_device *device, unsigned bank, uint32_t unit)
{
    flash *state = device->state;
    flash_bank *b = &state->banks[bank];
    if ((b->cr & FLASH_CR_PG) == 0 || (b->sr & (FLASH_SR_INCERR | FLASH_SR_PGSERR)) != 0) {
        b->buffer = (flash_word){0};
        fail(device, bank, FLASH_SR_PGSERR);
        return false;
    }
    if (b->buffer.filled != 0 && b->buffer.offset != unit) {
        b->buffer = (flash_word){0};
        fail(device, bank, FLASH_SR_INCERR);
        return false;
    }
    return true;
}

void flash_h7_store(vb_device *device, uint32_t address, unsigned width, uint32_t value)
{
    flash *state = device->state;
    uint32_t offset = address - vb_description(device->board)->chip.flash.address;
    unsigned bank = offset / flash_h7_bank_size(device);
    flash_bank *b = &state->banks[bank];
    uint32_t unit = offset & ~(FLASH_UNIT - 1u), place = offset % FLASH_UNIT;
    if (!may_store(device, bank, unit)) {
        return;
    }
    uint32_t bits = ((1u << width) - 1u) << place;
    if (b->buffer.filled == 0) {
        memset(b->buffer.bytes, 0xFF, FLASH_UNIT);
    }
    if ((b->buffer.filled & bits) != 0) {
        fail(device, bank, FLASH_SR_STRBERR);
    }
    memcpy(b->buffer.bytes + place, &value, width);
    b->buffer.offset = unit;
    b->buffer.filled |= bits;
    if (b->buffer.filled == UINT32_MAX) {
        launch(device, bank);
    }
}

void flash_h7_force_write(vb_device *device, unsigned bank)
{
    flash *state = device->state;
    if (state->banks[bank].buffer.filled != 0) {
        launch(device, bank);
    }
}

static bool is_erased(const uint8_t *unit)
{
    for (unsigned i = 0; i < FLASH_UNIT; i++) {
        if (unit[i] != 0xFF) {
            return false;
        }
    }
    return true;
}

// The array ands what it holds with what comes, and so do the ECC bits: they fit only when nothing or the same was there.
static void programmed(vb_device *device, unsigned bank)
{
    flash *state = device->state;
    const flash_word *word = &state->banks[bank].running;
    uint8_t *unit = vb_flash_array(device->board) + word->offset;
    bool fits = is_erased(unit) || memcmp(unit, word->bytes, FLASH_UNIT) == 0 || is_erased(word->bytes);
    for (unsigned i = 0; i < FLASH_UNIT; i++) {
        unit[i] &= word->bytes[i];
    }
    if (!fits) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: word 0x%08X is programmed a second time: its ECC no longer fits",
               device->info->name, (unsigned)(vb_description(device->board)->chip.flash.address + word->offset));
        flash_h7_mark(device, word->offset, FLASH_UNIT, FLASH_BAD);
    }
    flash_h7_watch(device, word->offset, FLASH_UNIT);
}

// -- erasing ----------------------------------------------------------------------------------------------------------

void flash_h7_start_erase(vb_device *device, unsigned bank)
{
    flash *state = device->state;
    flash_bank *b = &state->banks[bank];
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    uint32_t start = bank * flash_h7_bank_size(device), size = flash_h7_bank_size(device);
    uint32_t sector = size / FLASH_BANK_SECTORS, number = (b->cr & FLASH_CR_SNB) >> FLASH_CR_SNB_POS;
    if ((b->cr & (FLASH_CR_SER | FLASH_CR_BER)) == 0) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: START without SER or BER", device->info->name);
        return;
    }
    if (b->job != FLASH_IDLE || state->changing) {
        b->erase_waits = true;
        return;
    }
    bool whole = (b->cr & FLASH_CR_BER) != 0; // it beats SER
    for (unsigned n = 0; n < FLASH_BANK_SECTORS; n++) {
        if ((whole || n == number) && flash_h7_protected(device, bank, n)) {
            fail(device, bank, FLASH_SR_WRPERR);
            return;
        }
    }
    vb_time one = geometry->erase[0].typ_ms[0] * VB_MS;
    if (whole) {
        begin(device, bank, FLASH_ERASE, start, size, FLASH_BANK_SECTORS * one);
    } else {
        begin(device, bank, FLASH_ERASE, start + number * sector, sector, one);
    }
}

static void erased(vb_device *device, unsigned bank)
{
    flash *state = device->state;
    flash_bank *b = &state->banks[bank];
    memset(vb_flash_array(device->board) + b->offset, 0xFF, b->size);
    flash_h7_mark(device, b->offset, b->size, FLASH_GOOD);
    flash_h7_watch(device, b->offset, b->size);
}

// -- ends -------------------------------------------------------------------------------------------------------------

static void next(vb_device *device, unsigned bank)
{
    flash *state = device->state;
    flash_bank *b = &state->banks[bank];
    while (b->job == FLASH_IDLE && b->waiting_count > 0) {
        flash_word word = b->waiting[0];
        b->waiting[0] = b->waiting[1];
        b->waiting_count--;
        program(device, bank, &word);
    }
    if (b->job == FLASH_IDLE && b->erase_waits) {
        b->erase_waits = false;
        flash_h7_start_erase(device, bank);
    }
}

static void finish(vb_device *device, unsigned bank, flash_job job)
{
    flash *state = device->state;
    if (job == FLASH_PROGRAM) {
        programmed(device, bank);
    } else if (job == FLASH_ERASE) {
        erased(device, bank);
    }
    state->banks[bank].sr |= job != FLASH_IDLE ? FLASH_SR_EOP : 0;
}

void flash_h7_bank_done(vb_device *device, unsigned bank)
{
    flash *state = device->state;
    flash_bank *b = &state->banks[bank];
    flash_job job = b->job;
    b->job = FLASH_IDLE;
    if (b->fails) {
        fail(device, bank, b->failure);
    } else {
        finish(device, bank, job);
    }
    next(device, bank);
    flash_h7_update(device);
}

void flash_h7_bank_stopped(vb_device *device, unsigned bank)
{
    flash *state = device->state;
    if (state->banks[bank].job != FLASH_IDLE) {
        flash_h7_tear(device, bank);
    }
    vb_cancel(device, FLASH_EVENT_BANK + bank);
}
