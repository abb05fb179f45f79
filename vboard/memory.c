// SPDX-License-Identifier: MIT
// Memory of the chip: flash, RAM and the read-only regions, as blocks of host memory mapped into the engine.
//
// Regions that touch and behave alike are one block, so that an access may cross from one into the next as it may on
// the bus. Read-only regions are often smaller than a page and share one.
#include "core.h"

#include <stdlib.h>
#include <string.h>

static uint32_t page_down(uint32_t address)
{
    return address & ~(ENGINE_PAGE - 1);
}

static uint32_t page_up(uint32_t address)
{
    return page_down(address + ENGINE_PAGE - 1);
}

static int block_at(const vb_board *board, uint32_t address)
{
    for (size_t i = 0; i < board->blocks_count; i++) {
        if (address - board->blocks[i].address < board->blocks[i].size) {
            return (int)i;
        }
    }
    return -1;
}

// Makes [address, address + size) part of a block: of the one it touches, else of a new one.
static void add_block(vb_board *board, uint32_t address, uint32_t size, bool execute, bool writable)
{
    uint32_t start = page_down(address), end = page_up(address + size);
    for (size_t i = 0; i < board->blocks_count; i++) {
        uint32_t block_end = board->blocks[i].address + board->blocks[i].size;
        bool alike = board->blocks[i].execute == execute && board->blocks[i].writable == writable;
        if (alike && start <= block_end && end >= board->blocks[i].address) {
            uint32_t first = start < board->blocks[i].address ? start : board->blocks[i].address;
            board->blocks[i].size = (end > block_end ? end : block_end) - first;
            board->blocks[i].address = first;
            return;
        }
    }
    size_t next = board->blocks_count++;
    board->blocks[next].address = start;
    board->blocks[next].size = end - start;
    board->blocks[next].execute = execute;
    board->blocks[next].writable = writable;
}

static void plan_blocks(vb_board *board)
{
    const hf_chip *chip = &board->description.chip;
    add_block(board, chip->flash.address, chip->flash.size, true, false);
    for (size_t i = 0; i < chip->ram_count; i++) {
        add_block(board, chip->ram[i].address, chip->ram[i].size, chip->ram[i].executable, true);
    }
    for (size_t i = 0; i < chip->rom_count; i++) {
        add_block(board, chip->rom[i].address, chip->rom[i].size, true, false);
    }
}

static bool map_blocks(vb_board *board)
{
    for (size_t i = 0; i < board->blocks_count; i++) {
        uint8_t *bytes = malloc(board->blocks[i].size);
        board->blocks[i].bytes = bytes;
        if (bytes == NULL) {
            return false;
        }
        memset(bytes, 0xFF, board->blocks[i].size);
        engine_memory kind = board->blocks[i].writable ? ENGINE_RAM : ENGINE_ROM;
        if (!engine_map(board->engine, kind, board->blocks[i].address, board->blocks[i].size, bytes,
                        board->blocks[i].execute)) {
            return false;
        }
    }
    return true;
}

static void name_regions(vb_board *board, const hf_region *regions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int block = block_at(board, regions[i].address);
        uint8_t *bytes = board->blocks[block].bytes + (regions[i].address - board->blocks[block].address);
        board->memories[board->memories_count++] = (core_memory){.region = &regions[i], .bytes = bytes};
    }
}

// What the factory writes: a serial number and the flash size in KB (RM0090, 39.1 and 39.2).
static void write_factory_data(vb_board *board)
{
    static const uint8_t serial[12] = {0x2A, 0x00, 0x1F, 0x00, 0x0C, 0x47, 0x39, 0x34, 0x31, 0x38, 0x30, 0x32};
    uint8_t *uid = vb_region(board, "uid"), *flash_size = vb_region(board, "flash_size");
    uint16_t kilobytes = (uint16_t)(board->description.chip.flash.size / 1024);
    if (uid != NULL) {
        memcpy(uid, serial, sizeof serial);
    }
    if (flash_size != NULL) {
        memcpy(flash_size, &kilobytes, sizeof kilobytes);
    }
}

bool core_memory_create(vb_board *board)
{
    const hf_chip *chip = &board->description.chip;
    plan_blocks(board);
    if (!map_blocks(board)) {
        return false;
    }
    board->flash = board->blocks[block_at(board, chip->flash.address)].bytes;
    name_regions(board, chip->ram, chip->ram_count);
    name_regions(board, chip->rom, chip->rom_count);
    write_factory_data(board);
    board->watched_pages = calloc(chip->flash.size / ENGINE_PAGE, 1);
    board->boot_alias = chip->flash.address;
    if (board->watched_pages == NULL) {
        return false;
    }
    return core_memory_at(board, 0, 1, false) != NULL || core_map_alias(board); // memory of its own at 0: no alias
}

void core_memory_destroy(vb_board *board)
{
    for (size_t i = 0; i < board->blocks_count; i++) {
        free(board->blocks[i].bytes);
    }
    free(board->watched_pages);
}

uint32_t core_canonical(const vb_board *board, uint32_t address)
{
    return address < board->alias_size ? board->boot_alias + address : address;
}

uint8_t *core_memory_at(const vb_board *board, uint32_t address, uint32_t size, bool write)
{
    address = core_canonical(board, address);
    int block = block_at(board, address);
    if (block < 0 || (write && !board->blocks[block].writable)) {
        return NULL;
    }
    uint32_t offset = address - board->blocks[block].address;
    return size <= board->blocks[block].size - offset ? board->blocks[block].bytes + offset : NULL;
}

// SRAM wakes up with whatever its cells tend to; firmware that reads before it writes should fail here, too.
void core_scramble_ram(vb_board *board)
{
    uint64_t state = board->seed ^ 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < board->blocks_count; i++) {
        if (!board->blocks[i].writable) {
            continue;
        }
        for (uint32_t at = 0; at < board->blocks[i].size; at += sizeof state) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            memcpy(board->blocks[i].bytes + at, &state, sizeof state);
        }
        engine_changed(board->engine, board->blocks[i].bytes, board->blocks[i].size);
    }
}

bool core_map_alias(vb_board *board)
{
    board->alias_wanted = false;
    if (board->alias_size != 0) {
        engine_unmap(board->engine, 0);
        board->alias_size = 0;
    }
    int block = block_at(board, board->boot_alias);
    if (block < 0) {
        return false;
    }
    uint32_t offset = board->boot_alias - board->blocks[block].address, size = board->blocks[block].size - offset;
    engine_memory kind = board->blocks[block].writable ? ENGINE_RAM : ENGINE_ROM;
    if (!engine_map(board->engine, kind, 0, size, board->blocks[block].bytes + offset, board->blocks[block].execute)) {
        return false;
    }
    board->alias_size = size;
    return true;
}

void vb_set_boot_alias(vb_board *board, uint32_t address)
{
    if (address == board->boot_alias) {
        return;
    }
    board->boot_alias = address;
    board->alias_wanted = true;
    engine_interrupt(board->engine);
}

uint8_t *vb_region(vb_board *board, const char *name)
{
    for (size_t i = 0; i < board->memories_count; i++) {
        if (strcmp(board->memories[i].region->name, name) == 0) {
            return board->memories[i].bytes;
        }
    }
    return NULL;
}

uint8_t *vb_flash_array(vb_board *board)
{
    return board->flash;
}

void vb_flash_changed(vb_board *board, uint32_t address, size_t size)
{
    engine_changed(board->engine, board->flash + (address - board->description.chip.flash.address), (uint32_t)size);
}

void vb_flash_busy(vb_device *device, uint32_t address, size_t size, vb_time until)
{
    vb_board *board = device->board;
    board->busy_address = address;
    board->busy_size = (uint32_t)size;
    board->busy_until = until;
    board->blocked = false;
    engine_guard(board->engine, board->flash + (address - board->description.chip.flash.address), (uint32_t)size);
    engine_interrupt(board->engine);
}

bool core_flash_blocks(const vb_board *board, uint32_t address)
{
    return core_canonical(board, address) - board->busy_address < board->busy_size;
}

// -- flash that must be looked at ---------------------------------------------------------------------------------------

enum { WATCHED_NOW = 1, WATCHED_WANTED = 2 };

void vb_watch_flash(vb_board *board, uint32_t address, bool on)
{
    uint8_t *page = &board->watched_pages[(address - board->description.chip.flash.address) / ENGINE_PAGE];
    *page = (uint8_t)(on ? *page | WATCHED_WANTED : *page & ~WATCHED_WANTED);
    board->watch_changed = true;
    engine_interrupt(board->engine);
}

void core_apply_watches(vb_board *board)
{
    const hf_flash *flash = &board->description.chip.flash;
    if (!board->watch_changed) {
        return;
    }
    board->watch_changed = false;
    for (uint32_t i = 0; i < flash->size / ENGINE_PAGE; i++) {
        bool now = (board->watched_pages[i] & WATCHED_NOW) != 0;
        bool wanted = (board->watched_pages[i] & WATCHED_WANTED) != 0;
        if (now != wanted) {
            engine_watch_page(board->engine, flash->address + i * ENGINE_PAGE, wanted);
            board->watched_pages[i] = wanted ? WATCHED_NOW | WATCHED_WANTED : 0;
        }
    }
}

// The engine cannot execute from a watched page. Units that can be read can be executed: the page becomes ordinary
// memory again, and what is wrong with its other units is no longer seen until the flash model says so anew.
bool core_open_for_fetch(vb_board *board, uint32_t address)
{
    const hf_flash *flash = &board->description.chip.flash;
    address = core_canonical(board, address);
    if (address - flash->address >= flash->size || board->flash_load == NULL) {
        return false;
    }
    bool watched = board->watched_pages[(address - flash->address) / ENGINE_PAGE] != 0;
    if (!watched || !board->flash_load(board->flash_device, address, 2)) {
        return false;
    }
    vb_watch_flash(board, address, false);
    core_apply_watches(board);
    return true;
}

void vb_on_flash_load(vb_device *device, vb_flash_load_fn fn)
{
    device->board->flash_load = fn;
}

void vb_set_boot_vectors(vb_board *board, uint32_t address)
{
    board->initial_vtor = address;
}
