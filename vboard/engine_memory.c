// SPDX-License-Identifier: MIT
// Memory as the core sees it, and code that changed.
//
// RAM is mapped read-only: in Unicorn 2.0 a store to writable RAM always takes the long way around (some 150 ns, to look
// for translated code), while the hook for stores to read-only memory costs a fifth of that. The hook stores, knows
// which halfwords were translated, and has stale code thrown away before the next block.
#include "engine_impl.h"

#include <stdlib.h>
#include <string.h>

bool engine_code_touched(const engine_code *code, uint32_t offset, uint32_t size)
{
    for (uint32_t halfword = offset / 2; halfword <= (offset + size - 1) / 2; halfword++) {
        if (code->map[halfword / 8] == 0) { // on to the last of these eight
            halfword |= 7u;
        } else if ((code->map[halfword / 8] & (1u << (halfword % 8))) != 0) {
            return true;
        }
    }
    return false;
}

// Throws translations of a piece of memory away, wherever it is mapped.
static void drop(engine *e, const uint8_t *bytes, uint32_t size)
{
    for (size_t i = 0; i < e->regions_count; i++) {
        const engine_region *region = &e->regions[i];
        if (bytes < region->bytes || bytes >= region->bytes + region->size) {
            continue;
        }
        // Page by page: Unicorn translates only the start of a range, and watched pages split what it has mapped.
        uint64_t address = region->address + (uint32_t)(bytes - region->bytes), end = address + size;
        for (uint64_t next; address < end; address = next) {
            next = (address & ~(uint64_t)(ENGINE_PAGE - 1)) + ENGINE_PAGE;
            uc_ctl_remove_cache(e->uc, address, next < end ? next : end);
        }
    }
    engine_block_forget(e);
}

void engine_flush_stale(engine *e)
{
    for (size_t i = 0; i < e->stale_count; i++) {
        drop(e, e->stale[i].bytes, e->stale[i].size);
    }
    e->stale_count = 0;
}

static void mark_stale(engine *e, const uint8_t *bytes, uint32_t size)
{
    if (!e->running) {
        drop(e, bytes, size);
        return;
    }
    size_t last = e->stale_count - 1;
    if (e->stale_count > 0 && e->stale[last].bytes + e->stale[last].size == bytes) {
        e->stale[last].size += size;
    } else if (e->stale_count < ENGINE_MAX_STALE) {
        e->stale[e->stale_count].bytes = bytes;
        e->stale[e->stale_count++].size = size;
    } else { // too many to list: all of the memory
        for (size_t i = 0; i < e->codes_count; i++) {
            e->stale[i].bytes = e->codes[i].bytes;
            e->stale[i].size = e->codes[i].size;
        }
        e->stale_count = e->codes_count;
    }
    engine_interrupt(e);
}

void engine_changed(engine *e, const uint8_t *bytes, uint32_t size)
{
    for (size_t i = 0; i < e->codes_count && size > 0; i++) {
        const engine_code *code = &e->codes[i];
        if (bytes >= code->bytes && bytes < code->bytes + code->size &&
            engine_code_touched(code, (uint32_t)(bytes - code->bytes), size)) {
            mark_stale(e, bytes, size);
        }
    }
}

void engine_begin_access(engine *e, uint32_t address, unsigned width, bool load)
{
    engine_locate(e, address, width, load);
    e->in_access = true;
    e->access_failed = false;
}

// The access is over. Stops right here when somebody asked for it and Unicorn can.
void engine_end_access(engine *e, uint32_t address, unsigned width, bool load, uint32_t value)
{
    e->in_access = false;
    if (!e->access_failed && (!e->interrupted || e->stopping)) {
        return;
    }
    bool possible = e->where.found && e->where.it == 0;
    if (e->access_failed && possible) {
        engine_halt(e, ENGINE_BUS_FAULT, e->where.pc, address);
        return;
    }
    if (e->access_failed) {
        e->late_fault = true;
        engine_interrupt(e);
        return;
    }
    if (possible && e->where.access.single && engine_located_surely(e, address, width, load)) {
        e->complete = true;
        e->loaded = value;
        engine_halt(e, ENGINE_INTERRUPTED, e->where.pc, 0);
    }
}

void engine_access_fault(engine *e)
{
    e->access_failed = true;
}

static void store_ram(engine *e, const engine_region *region, uint32_t offset, unsigned size, uint64_t value)
{
    unsigned fitting = size <= region->size - offset ? size : region->size - offset;
    uint8_t *to = region->bytes + offset;
    switch (fitting) { // both sides are little-endian; of a size it knows, the compiler makes one instruction
    case 1: memcpy(to, &value, 1); break;
    case 2: memcpy(to, &value, 2); break;
    case 4: memcpy(to, &value, 4); break;
    default: memcpy(to, &value, fitting); break;
    }
    if (engine_code_touched(region->code, offset, fitting)) {
        mark_stale(e, region->bytes + offset, fitting);
    }
}

static void store_rom(engine *e, uint32_t address, unsigned size, uint64_t value)
{
    engine_begin_access(e, address, size, false);
    e->bus.store(e->bus.context, address, size < 4 ? size : 4, (uint32_t)value);
    if (size == 8) {
        e->bus.store(e->bus.context, address + 4, 4, (uint32_t)(value >> 32));
    }
    engine_end_access(e, address, size, false, 0);
}

// STM, STRD and their kin must be aligned; only a plain store may come here.
static bool may_be_unaligned(engine *e, uint32_t address, unsigned size)
{
    engine_locate(e, address, size, false);
    if (!e->where.found || !e->where.access.aligned || e->where.it != 0) {
        return true;
    }
    engine_halt(e, ENGINE_UNALIGNED, e->where.pc, address);
    return false;
}

// A store to mapped memory, all of which is read-only to Unicorn. True: done, Unicorn goes on without storing.
static bool on_store(engine *e, uint32_t address, unsigned size, uint64_t value)
{
    if (size == 1 && e->swallow > 0) { // Unicorn repeats an unaligned store byte by byte
        e->swallow--;
        return true;
    }
    e->swallow = 0;
    const engine_region *region = engine_region_at(e, address);
    if (region == NULL) {
        return false;
    }
    bool unaligned = (address & (size - 1)) != 0;
    if (unaligned && !may_be_unaligned(e, address, size)) {
        return false;
    }
    if (region->writable) {
        store_ram(e, region, address - region->address, size, value);
        return true;
    }
    e->swallow = unaligned ? (uint8_t)size : 0;
    store_rom(e, address, size, value);
    return true;
}

bool engine_on_memory(uc_engine *uc, uc_mem_type type, uint64_t address64, int size, int64_t value, void *user)
{
    (void)uc;
    engine *e = user;
    uint32_t address = (uint32_t)address64;
    if (type == UC_MEM_WRITE_PROT && on_store(e, address, (unsigned)size, (uint64_t)value)) {
        return true;
    }
    if (type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT) {
        engine_exit why = type == UC_MEM_FETCH_PROT ? ENGINE_NO_EXECUTE : ENGINE_NO_CODE;
        engine_halt(e, why, engine_read_core(e, UC_ARM_REG_PC), address);
        return false;
    }
    if (e->stopping) {
        return false;
    }
    bool load = type == UC_MEM_READ_UNMAPPED || type == UC_MEM_READ_PROT;
    engine_locate(e, address, (unsigned)size, load);
    if (!load && e->where.it != 0) {
        e->late_fault = true;
        engine_interrupt(e);
        return false;
    }
    engine_halt(e, ENGINE_NO_MEMORY, e->where.pc, address);
    return false;
}

static uint64_t on_device_read(uc_engine *uc, uint64_t offset, unsigned size, void *user)
{
    (void)uc;
    const engine_window *window = user;
    engine *e = window->owner;
    uint32_t address = window->address + (uint32_t)offset;
    if (e->stopping) {
        return 0;
    }
    engine_begin_access(e, address, size, true);
    uint32_t value = e->bus.read(e->bus.context, address, size);
    engine_end_access(e, address, size, true, value);
    return value;
}

static void on_device_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *user)
{
    (void)uc;
    const engine_window *window = user;
    engine *e = window->owner;
    uint32_t address = window->address + (uint32_t)offset;
    if (e->stopping) {
        return;
    }
    engine_begin_access(e, address, size, false);
    e->bus.write(e->bus.context, address, size, (uint32_t)value);
    engine_end_access(e, address, size, false, 0);
}

static engine_code *code_of(engine *e, const uint8_t *bytes, uint32_t size)
{
    for (size_t i = 0; i < e->codes_count; i++) {
        if (e->codes[i].bytes == bytes) {
            return &e->codes[i];
        }
    }
    uint8_t *map = calloc(1, size / 16 + 1);
    if (map == NULL) {
        return NULL;
    }
    engine_code *code = &e->codes[e->codes_count++];
    *code = (engine_code){.bytes = bytes, .size = size, .map = map};
    return code;
}

bool engine_map(engine *e, engine_memory kind, uint32_t address, uint32_t size, uint8_t *bytes, bool execute)
{
    if (e->regions_count == ENGINE_MAX_REGIONS || e->codes_count == ENGINE_MAX_REGIONS) {
        return false;
    }
    engine_code *code = code_of(e, bytes, size);
    uint32_t rights = UC_PROT_READ | (execute ? UC_PROT_EXEC : 0u);
    // Unicorn discards stores only to memory that became read-only after it was mapped.
    if (code == NULL || uc_mem_map_ptr(e->uc, address, size, UC_PROT_ALL, bytes) != UC_ERR_OK ||
        uc_mem_protect(e->uc, address, size, rights) != UC_ERR_OK) {
        return false;
    }
    e->regions[e->regions_count++] = (engine_region){.address = address, .size = size, .bytes = bytes,
                                                     .writable = kind == ENGINE_RAM, .execute = execute, .code = code};
    return true;
}

bool engine_map_device(engine *e, uint32_t address, uint32_t size)
{
    if (e->windows_count == ENGINE_MAX_WINDOWS) {
        return false;
    }
    engine_window *window = &e->windows[e->windows_count++];
    *window = (engine_window){.owner = e, .address = address};
    return uc_mmio_map(e->uc, address, size, on_device_read, window, on_device_write, window) == UC_ERR_OK;
}

static engine_window *watched_page(engine *e, uint32_t address)
{
    for (size_t i = 0; i < ENGINE_WATCHED; i++) {
        if (e->watched[i] == NULL) {
            e->watched[i] = malloc(sizeof *e->watched[i]);
            if (e->watched[i] != NULL) {
                *e->watched[i] = (engine_window){.owner = e, .address = address};
            }
            return e->watched[i];
        }
        if (e->watched[i]->address == address) {
            return e->watched[i];
        }
    }
    return NULL;
}

bool engine_watch_page(engine *e, uint32_t address, bool on)
{
    const engine_region *region = engine_region_at(e, address);
    engine_window *page = watched_page(e, address);
    if (region == NULL || page == NULL) {
        return false;
    }
    uc_ctl_remove_cache(e->uc, (uint64_t)address, (uint64_t)address + ENGINE_PAGE);
    engine_block_forget(e);
    uc_mem_unmap(e->uc, address, ENGINE_PAGE);
    if (on) {
        return uc_mmio_map(e->uc, address, ENGINE_PAGE, on_device_read, page, on_device_write, page) == UC_ERR_OK;
    }
    uint32_t rights = UC_PROT_READ | (region->execute ? UC_PROT_EXEC : 0u);
    uint8_t *bytes = region->bytes + (address - region->address);
    return uc_mem_map_ptr(e->uc, address, ENGINE_PAGE, UC_PROT_ALL, bytes) == UC_ERR_OK &&
           uc_mem_protect(e->uc, address, ENGINE_PAGE, rights) == UC_ERR_OK;
}

void engine_unmap(engine *e, uint32_t address)
{
    for (size_t i = 0; i < e->regions_count; i++) {
        if (e->regions[i].address == address) {
            uc_ctl_remove_cache(e->uc, (uint64_t)address, (uint64_t)address + e->regions[i].size);
            uc_mem_unmap(e->uc, address, e->regions[i].size);
            e->regions[i] = e->regions[--e->regions_count];
            engine_block_forget(e);
            return;
        }
    }
}
