// SPDX-License-Identifier: MIT
// Flash of the F40x and F42x: programming and erasing the array, every reason to refuse, and the time it
// takes. Manual: RM0090 Rev 21, 3.6; times from the chip file (typical figures).
#include <string.h>

#include "flash_f4.h"

enum { ROW = 16 }; // bytes of the array a program operation must stay within (RM0090 3.6.3)

typedef struct sector {
    unsigned number; // as CR.SNB counts them
    uint32_t start, size; // start from the beginning of the array
} sector;

static unsigned code_of(const hf_sector_run *run)
{
    return run->code != 0 ? run->code : run->first;
}

static bool sector_by_number(const hf_flash *geometry, unsigned number, sector *found)
{
    for (size_t i = 0; i < geometry->runs_count; i++) {
        const hf_sector_run *run = &geometry->runs[i];
        if (number - code_of(run) < run->count) {
            uint32_t start = run->address - geometry->address + (number - code_of(run)) * run->size;
            *found = (sector){.number = number, .start = start, .size = run->size};
            return true;
        }
    }
    return false;
}

static unsigned sector_at(const hf_flash *geometry, uint32_t from_start)
{
    size_t i = 0;
    while (i + 1 < geometry->runs_count && from_start >= geometry->runs[i + 1].address - geometry->address) {
        i++;
    }
    const hf_sector_run *run = &geometry->runs[i];
    return code_of(run) + (from_start - (run->address - geometry->address)) / run->size;
}

static unsigned psize(const flash *state)
{
    return (state->cr >> FLASH_CR_PSIZE) & 3u;
}

// The chip file's row for the present PSIZE, NULL for x64: that needs a supply on VPP, which no
// board here has.
static const hf_program_width *present_width(const vb_device *device)
{
    const flash *state = device->state;
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    for (size_t i = 0; i < geometry->widths_count; i++) {
        if (geometry->widths[i].bytes == 1u << psize(state)) {
            return &geometry->widths[i];
        }
    }
    return NULL;
}

// Silicon does not see that the supply is too low; its cells do.
static void check_supply(vb_device *device, const hf_program_width *width)
{
    flash *state = device->state;
    uint32_t supply = vb_description(device->board)->supply_min_mv;
    state->too_wide = supply < width->min_mv;
    if (state->too_wide) {
        vb_say(device->board, VB_REPORT_MISUSE,
               "%s: PSIZE of %u bits needs %u mV, the board may have %u", device->info->name,
               (unsigned)width->bytes * 8, (unsigned)width->min_mv, (unsigned)supply);
    }
}

// -- programming ----------------------------------------------------------------------------------
static uint32_t program_errors(const vb_device *device, uint32_t from_start, unsigned width)
{
    const flash *state = device->state;
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    bool configured = (state->cr & (FLASH_CR_PG | FLASH_CR_SER | FLASH_CR_MER | FLASH_CR_MER1)) == FLASH_CR_PG;
    uint32_t errors = configured ? 0 : FLASH_SR_PGSERR;
    if (width != 1u << psize(state) || from_start % width != 0) {
        errors |= FLASH_SR_PGPERR;
    }
    if (from_start / ROW != (from_start + width - 1) / ROW) {
        errors |= FLASH_SR_PGAERR;
    }
    if (errors == 0 && flash_protected(device, sector_at(geometry, from_start))) {
        errors = FLASH_SR_WRPERR;
    }
    return errors;
}

static uint32_t load_unit(const uint8_t *bytes, unsigned width)
{
    uint32_t value = 0;
    memcpy(&value, bytes, width); // host and target are both little-endian
    return value;
}

static void check_content(vb_device *device, uint32_t from_start, unsigned width, uint32_t value)
{
    const flash *state = device->state;
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    uint32_t old = load_unit(vb_flash_array(device->board) + from_start, width);
    uint32_t address = geometry->address + from_start;
    if (value & ~old) {
        vb_say(device->board, VB_REPORT_MISUSE,
               "%s: 0x%08X holds 0x%X; programming 0x%X leaves 0x%X%s", device->info->name,
               (unsigned)address, (unsigned)old, (unsigned)value, (unsigned)(old & value),
               state->acr & FLASH_ACR_DCEN ? ", and the data cache would hide it" : "");
    }
    unsigned number = sector_at(geometry, from_start);
    if ((state->acr & FLASH_ACR_DCEN) && (state->stale_sectors & (1u << number))) {
        vb_say(device->board, VB_REPORT_MISUSE,
               "%s: sector %u was erased with the data cache on, which has not been reset since: "
               "reads may be stale",
               device->info->name, number);
    }
}

void flash_program(vb_device *device, uint32_t address, unsigned width, uint32_t value)
{
    flash *state = device->state;
    uint32_t from_start = address - vb_description(device->board)->chip.flash.address;
    uint32_t errors = program_errors(device, from_start, width);
    if (errors != 0) {
        flash_fail(device, errors);
        return;
    }
    const hf_program_width *row = present_width(device); // exists: the store's width is PSIZE
    if (row == NULL) {
        flash_fail(device, FLASH_SR_PGPERR);
        return;
    }
    check_supply(device, row);
    check_content(device, from_start, width, value);
    state->data = value;
    flash_begin(device, FLASH_PROGRAM, from_start, width, row->typ_ns * (VB_US / 1000));
}

void flash_finish_program(vb_device *device)
{
    const flash *state = device->state;
    uint8_t *unit = vb_flash_array(device->board) + state->address;
    uint32_t result = load_unit(unit, state->size) & state->data;
    memcpy(unit, &result, state->size);
    if (state->too_wide) {
        flash_weaken(device);
    }
    vb_flash_changed(device->board,
                     vb_description(device->board)->chip.flash.address + state->address,
                     state->size);
}

// -- erasing --------------------------------------------------------------------------------------
static vb_time erase_time(const vb_device *device, uint32_t sector_size,
                          const hf_program_width *width)
{
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    for (size_t i = 0; i < geometry->erase_count; i++) {
        if (geometry->erase[i].size == sector_size) {
            return geometry->erase[i].typ_ms[width - geometry->widths] * VB_MS;
        }
    }
    return 0;
}

static void erase_sector(vb_device *device, const hf_program_width *width)
{
    flash *state = device->state;
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    unsigned number = (state->cr >> FLASH_CR_SNB) & 31u;
    sector chosen;
    if (!sector_by_number(geometry, number, &chosen) || flash_protected(device, number)) {
        flash_fail(device, FLASH_SR_WRPERR);
        return;
    }
    state->stale_sectors |= state->acr & FLASH_ACR_DCEN ? 1u << number : 0;
    flash_begin(device, FLASH_ERASE, chosen.start, chosen.size,
                erase_time(device, chosen.size, width));
}

// What the bits for mass erase ask for: MER the first bank or the only one, MER1 the second, both the whole.
static void erase_banks(vb_device *device, const hf_program_width *width)
{
    flash *state = device->state;
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    uint32_t bank = flash_has_two_banks(device) ? geometry->size / 2 : geometry->size;
    uint32_t from = state->cr & FLASH_CR_MER ? 0 : bank, end = state->cr & FLASH_CR_MER1 ? geometry->size : bank;
    vb_time time = 0;
    sector each;
    for (unsigned number = 0; number < FLASH_SECTORS_MAX; number++) {
        if (!sector_by_number(geometry, number, &each) || each.start < from || each.start >= end) {
            continue;
        }
        if (flash_protected(device, number)) {
            flash_fail(device, FLASH_SR_WRPERR);
            return;
        }
        time += erase_time(device, each.size, width);
    }
    state->stale_sectors |= state->acr & FLASH_ACR_DCEN ? UINT32_MAX : 0;
    flash_begin(device, FLASH_ERASE, from, end - from, time);
}

void flash_start_erase(vb_device *device)
{
    flash *state = device->state;
    const hf_program_width *width = present_width(device);
    bool sectors = (state->cr & FLASH_CR_SER) != 0, banks = (state->cr & (FLASH_CR_MER | FLASH_CR_MER1)) != 0;
    if (sectors && banks && !(state->cr & FLASH_CR_PG)) {
        flash_fail(device, FLASH_SR_WRPERR);
        return;
    }
    if (width == NULL || sectors == banks || (state->cr & FLASH_CR_PG)) {
        vb_say(device->board, VB_REPORT_MISUSE,
               "%s: STRT with CR 0x%08X, which asks for nothing the manual defines",
               device->info->name, (unsigned)state->cr);
        state->cr &= ~(uint32_t)FLASH_CR_STRT;
        return;
    }
    check_supply(device, width);
    if (sectors) {
        erase_sector(device, width);
    } else {
        erase_banks(device, width);
    }
}

void flash_finish_erase(vb_device *device)
{
    const flash *state = device->state;
    memset(vb_flash_array(device->board) + state->address, 0xFF, state->size);
    if (state->too_wide) {
        flash_weaken(device);
    }
    vb_flash_changed(device->board,
                     vb_description(device->board)->chip.flash.address + state->address,
                     state->size);
}
