// SPDX-License-Identifier: MIT
// The bus: brings accesses of the core and of bus masters to devices and memory, and checks clocks on the way.
//
// Bit-banding (Armv7-M ARM, B3.1; PM0214, 2.2.5): a word in an alias stands for one bit of RAM or of a peripheral.
#include "core.h"

#include <string.h>

enum { PPB = 0xE0000000u, EXTERNAL_PPB = 0xE0040000u, BAND = 0x02000000u, BITS = 0x00100000u };

static const uint32_t bit_bands[] = {0x20000000u, 0x40000000u};

vb_device *core_device_at(const vb_board *board, uint32_t address)
{
    for (size_t i = 0; i < board->devices_count; i++) {
        vb_device *device = &board->devices[i].device;
        if (address - device->info->address < device->info->size) {
            return device;
        }
    }
    return NULL;
}

static bool clocked(const core_device *device)
{
    const vb_board *board = device->device.board;
    return device->bus < 0 || device->device.model->always_clocked ||
           (board->buses[device->bus].gates & (1u << device->device.info->bit)) != 0;
}

// The device that answers at address, NULL with a report when none does.
static vb_device *answering(vb_board *board, const char *what, uint32_t address, unsigned width)
{
    vb_device *device = board->answered;
    if (device == NULL || address - device->info->address >= device->info->size) {
        device = board->answered = core_device_at(board, address);
    }
    if (device == NULL) {
        vb_say(board, VB_REPORT_UNMODELLED, "%s of %u bytes at 0x%08X, PC 0x%08X", what, width, (unsigned)address,
               (unsigned)engine_pc(board->engine));
        return NULL;
    }
    if (!clocked(core_of(device))) {
        vb_say(board, VB_REPORT_UNCLOCKED, "%s: %s at 0x%08X while its clock is off, PC 0x%08X", device->info->name, what,
               (unsigned)address, (unsigned)engine_pc(board->engine));
        return NULL;
    }
    return device;
}

// Peripherals see aligned accesses only.
static bool read_device(vb_board *board, uint32_t address, unsigned width, uint32_t *value)
{
    vb_device *device = answering(board, "load", address, width);
    board->access_failed = false;
    *value = device != NULL ? device->model->read(device, (address - device->info->address) & ~(width - 1), width) : 0;
    return !board->access_failed;
}

static bool write_device(vb_board *board, uint32_t address, unsigned width, uint32_t value)
{
    vb_device *device = answering(board, "store", address, width);
    board->access_failed = false;
    if (device != NULL) {
        device->model->write(device, (address - device->info->address) & ~(width - 1), width, value);
        if (!device->model->watchdog) { // feeding a watchdog is no sign of work
            board->written_at = engine_cycles(board->engine);
        }
    }
    return !board->access_failed;
}

void vb_bus_fault(vb_device *device)
{
    device->board->access_failed = true;
}

// -- bit-banding ----------------------------------------------------------------------------------------------------

// Translates an address of an alias to the word and bit it stands for.
static bool bit_of(const vb_board *board, uint32_t address, uint32_t *word, unsigned *bit)
{
    for (size_t i = 0; board->bit_bands && i < sizeof bit_bands / sizeof bit_bands[0]; i++) {
        uint32_t offset = address - (bit_bands[i] + BAND);
        if (offset < 32 * BITS) {
            *word = bit_bands[i] + (offset / 32 & ~3u);
            *bit = offset / 4 % 32;
            return true;
        }
    }
    return false;
}

static bool read_word(vb_board *board, uint32_t address, uint32_t *value)
{
    const uint8_t *memory = core_memory_at(board, address, 4, false);
    if (memory == NULL) {
        return read_device(board, address, 4, value);
    }
    memcpy(value, memory, 4);
    return true;
}

static bool write_bit(vb_board *board, uint32_t address, unsigned bit, bool on)
{
    uint32_t value;
    if (!read_word(board, address, &value)) {
        return false;
    }
    value = on ? value | (1u << bit) : value & ~(1u << bit);
    uint8_t *memory = core_memory_at(board, address, 4, true);
    if (memory == NULL) {
        return write_device(board, address, 4, value);
    }
    memcpy(memory, &value, 4);
    engine_changed(board->engine, memory, 4);
    return true;
}

// -- flash ----------------------------------------------------------------------------------------------------------

static bool in_flash(const vb_board *board, uint32_t address)
{
    const hf_flash *flash = &board->description.chip.flash;
    return core_canonical(board, address) - flash->address < flash->size;
}

// A load that may meet units nobody can read.
static bool load_from_flash(vb_board *board, uint32_t address, unsigned width, uint32_t *value)
{
    uint32_t place = core_canonical(board, address);
    *value = 0;
    if (board->flash_load != NULL && !board->flash_load(board->flash_device, place, width)) {
        return false;
    }
    memcpy(value, board->flash + (place - board->description.chip.flash.address), width);
    return true;
}

// The private bus has a part of the core's own and one for what the vendor adds: there sits DBGMCU.
static bool is_core(uint32_t address)
{
    return address >= PPB && address < EXTERNAL_PPB;
}

// -- the core's accesses ----------------------------------------------------------------------------------------------

uint32_t core_bus_read(void *context, uint32_t address, unsigned width)
{
    vb_board *board = context;
    uint32_t word, value = 0;
    unsigned bit;
    if (is_core(address)) {
        return core_scs_read(board, address, width);
    }
    if (in_flash(board, address)) {
        if (!load_from_flash(board, address, width, &value)) {
            engine_access_fault(board->engine);
        }
        return value;
    }
    bool banded = bit_of(board, address, &word, &bit);
    bool done = banded ? read_word(board, word, &value) : read_device(board, address, width, &value);
    if (!done) {
        engine_access_fault(board->engine);
    }
    return banded ? (value >> bit) & 1u : value;
}

void core_bus_write(void *context, uint32_t address, unsigned width, uint32_t value)
{
    vb_board *board = context;
    uint32_t word;
    unsigned bit;
    if (is_core(address)) {
        core_scs_write(board, address, width, value);
        return;
    }
    if (in_flash(board, address)) {
        core_bus_store(context, address, width, value);
        return;
    }
    bool done = bit_of(board, address, &word, &bit) ? write_bit(board, word, bit, (value & 1u) != 0)
                                             : write_device(board, address, width, value);
    if (!done) {
        engine_access_fault(board->engine);
    }
}

void vb_on_flash_store(vb_device *device, vb_flash_store_fn fn)
{
    device->board->flash_device = device;
    device->board->flash_store = fn;
}

static bool store_to_flash(vb_board *board, uint32_t address, unsigned width, uint32_t value)
{
    const hf_flash *flash = &board->description.chip.flash;
    if (address - flash->address >= flash->size || board->flash_store == NULL) {
        vb_say(board, VB_REPORT_MISUSE, "store of %u bytes at 0x%08X, which is read-only, PC 0x%08X", width,
               (unsigned)address, (unsigned)engine_pc(board->engine));
        return true;
    }
    board->access_failed = false;
    board->flash_store(board->flash_device, address, width, value);
    return !board->access_failed;
}

void core_bus_store(void *context, uint32_t address, unsigned width, uint32_t value)
{
    vb_board *board = context;
    board->written_at = engine_cycles(board->engine);
    if (!store_to_flash(board, core_canonical(board, address), width, value)) {
        engine_access_fault(board->engine);
    }
}

void vb_stall(vb_device *device, vb_time until)
{
    vb_board *board = device->board;
    bool quiet = !board->in_event && core_next_event(board) > until && board->run_until > until;
    if (quiet) { // nothing can happen meanwhile: the wait is part of the access
        core_stand_until(board, until);
        return;
    }
    board->stall_until = until > board->stall_until ? until : board->stall_until;
    engine_interrupt(board->engine);
}

// -- bus masters --------------------------------------------------------------------------------------------------------

// Memory a DMA controller reaches: flash, and RAM the chip file says so of.
static bool dma_reaches(const vb_board *board, uint32_t address)
{
    const hf_chip *chip = &board->description.chip;
    if (address - chip->flash.address < chip->flash.size) {
        return true;
    }
    for (size_t i = 0; i < chip->ram_count; i++) {
        if (address - chip->ram[i].address < chip->ram[i].size) {
            return chip->ram[i].dma;
        }
    }
    return false;
}

bool vb_bus_read(vb_board *board, uint32_t address, unsigned width, uint32_t *value)
{
    *value = 0;
    if (core_device_at(board, address) != NULL) {
        return read_device(board, address, width, value);
    }
    if (address - board->description.chip.flash.address < board->description.chip.flash.size) {
        return load_from_flash(board, address, width, value);
    }
    const uint8_t *memory = dma_reaches(board, address) ? core_memory_at(board, address, width, false) : NULL;
    if (memory != NULL) {
        memcpy(value, memory, width);
    }
    return memory != NULL;
}

bool vb_bus_write(vb_board *board, uint32_t address, unsigned width, uint32_t value)
{
    if (core_device_at(board, address) != NULL) {
        return write_device(board, address, width, value);
    }
    if (!dma_reaches(board, address)) {
        return false;
    }
    uint8_t *memory = core_memory_at(board, address, width, true);
    if (memory == NULL) {
        return store_to_flash(board, address, width, value);
    }
    memcpy(memory, &value, width);
    engine_changed(board->engine, memory, width);
    return true;
}
