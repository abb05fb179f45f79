// SPDX-License-Identifier: MIT
// Flash of the H74x: error correction of each 256-bit unit, and what an operation leaves that was cut short. The manual
// says that such contents are not to be relied on (RM0433, 4.3.9, 4.3.10, 4.7.4); this is one such content, chosen by
// the board's seed, the place and the time, so that a run can be repeated.
#include <string.h>

#include "flash_h7.h"

enum { SURE = 256 }; // probabilities are out of this

static uint64_t mixed(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

// -- reading ----------------------------------------------------------------------------------------------------------

// The first error's place is kept until its flag is cleared.
static void flag(vb_device *device, unsigned bank, uint32_t bit, uint32_t offset)
{
    flash *state = device->state;
    flash_bank *b = &state->banks[bank];
    if ((b->sr & (FLASH_SR_SNECCERR | FLASH_SR_DBECCERR)) == 0) {
        b->ecc_fa = offset % flash_h7_bank_size(device) / FLASH_UNIT;
    }
    b->sr |= bit;
    flash_h7_update(device);
}

static bool load_unit(vb_device *device, uint32_t offset)
{
    flash *state = device->state;
    unsigned bank = offset / flash_h7_bank_size(device);
    flash_unit unit = (flash_unit)state->units[offset / FLASH_UNIT];
    if (unit == FLASH_MARGINAL) {
        bool fails = (mixed(vb_seed(device->board) + offset + 0x9E3779B97F4A7C15u * ++state->reads) & 1u) != 0;
        unit = fails ? FLASH_BAD : FLASH_GOOD;
    }
    if (unit == FLASH_CORRECTED) {
        flag(device, bank, FLASH_SR_SNECCERR, offset);
    } else if (unit == FLASH_BAD) {
        flag(device, bank, FLASH_SR_DBECCERR, offset);
    }
    return unit != FLASH_BAD;
}

bool flash_h7_load(vb_device *device, uint32_t address, unsigned width)
{
    uint32_t offset = address - vb_description(device->board)->chip.flash.address, last = offset + width - 1;
    bool good = load_unit(device, offset);
    if (last / FLASH_UNIT != offset / FLASH_UNIT) {
        good = load_unit(device, last) && good;
    }
    return good;
}

void flash_h7_mark(vb_device *device, uint32_t offset, uint32_t size, flash_unit as)
{
    flash *state = device->state;
    memset(state->units + offset / FLASH_UNIT, as, size / FLASH_UNIT);
}

// Pages with a unit that is not good are brought to flash_h7_load.
void flash_h7_watch(vb_device *device, uint32_t offset, uint32_t size)
{
    static const uint8_t good[FLASH_PAGE / FLASH_UNIT]; // FLASH_GOOD is 0
    const flash *state = device->state;
    uint32_t flash_address = vb_description(device->board)->chip.flash.address;
    vb_flash_changed(device->board, flash_address + offset, size);
    for (uint32_t page = offset & ~(FLASH_PAGE - 1u); page < offset + size; page += FLASH_PAGE) {
        bool watched = memcmp(state->units + page / FLASH_UNIT, good, sizeof good) != 0;
        vb_watch_flash(device->board, flash_address + page, watched);
    }
}

// -- cut short --------------------------------------------------------------------------------------------------------

static uint64_t chance(const vb_device *device, const flash_bank *bank, uint64_t place)
{
    return mixed(vb_seed(device->board) + 0x9E3779B97F4A7C15u * (place + 1) + bank->started);
}

static unsigned progress(const vb_device *device, const flash_bank *bank)
{
    uint64_t total = bank->until - bank->started, done = vb_since(device, bank->started);
    return total == 0 || done >= total ? SURE : (unsigned)(done * SURE / total);
}

// A byte in which each bit is set with this probability.
static uint8_t dice(const vb_device *device, const flash_bank *bank, uint32_t place, unsigned probability)
{
    uint64_t random = chance(device, bank, place);
    uint8_t bits = 0;
    for (unsigned bit = 0; bit < 8; bit++) {
        bits |= (uint8_t)(((random >> (8 * bit) & 0xFF) < probability) << bit);
    }
    return bits;
}

// Bits that were to become 0 have become so the more surely the later the cut. Data and ECC hardly ever fit each other;
// late cuts leave units that are read well at times.
static void tear_program(vb_device *device, flash_bank *bank, unsigned done)
{
    uint8_t *unit = vb_flash_array(device->board) + bank->offset;
    if (done < SURE / 32) {
        return; // nothing has moved yet
    }
    for (uint32_t i = 0; i < FLASH_UNIT; i++) {
        unit[i] &= bank->running.bytes[i] | (uint8_t)~dice(device, bank, bank->offset + i, done);
    }
    unsigned fate = (unsigned)(chance(device, bank, bank->offset + FLASH_UNIT) % SURE);
    if (fate >= done / 2) {
        flash_h7_mark(device, bank->offset, FLASH_UNIT, FLASH_BAD);
        return;
    }
    memcpy(unit, bank->running.bytes, FLASH_UNIT);
    flash_h7_mark(device, bank->offset, FLASH_UNIT, fate < done / 8 ? FLASH_CORRECTED : FLASH_MARGINAL);
}

// An erase first programs every cell to 0, then drives all of them to 1: early cuts damage some units, cuts in the
// middle all of them, late ones leave most of them blank.
static void tear_erase_unit(vb_device *device, const flash_bank *bank, uint32_t offset, unsigned done)
{
    uint8_t *unit = vb_flash_array(device->board) + offset;
    unsigned fate = (unsigned)(chance(device, bank, offset) % SURE);
    bool late = done > SURE * 7 / 8, early = done < SURE / 8;
    if (early && fate >= done * 8) {
        return;
    }
    if (late && fate >= (SURE - done) * 8) {
        memset(unit, 0xFF, FLASH_UNIT);
        flash_h7_mark(device, offset, FLASH_UNIT, fate % 16 == 0 ? FLASH_MARGINAL : FLASH_GOOD);
        return;
    }
    for (uint32_t i = 0; i < FLASH_UNIT; i++) {
        unit[i] = dice(device, bank, offset + i, done);
    }
    flash_h7_mark(device, offset, FLASH_UNIT, FLASH_BAD);
}

void flash_h7_tear(vb_device *device, unsigned bank)
{
    flash *state = device->state;
    flash_bank *b = &state->banks[bank];
    unsigned done = progress(device, b);
    if (b->job == FLASH_PROGRAM) {
        tear_program(device, b, done);
    } else {
        for (uint32_t at = b->offset; at < b->offset + b->size; at += FLASH_UNIT) {
            tear_erase_unit(device, b, at, done);
        }
    }
    flash_h7_watch(device, b->offset, b->size);
}
