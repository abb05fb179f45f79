// SPDX-License-Identifier: MIT
// What a block of code costs, and which of its instructions makes an access.
//
// Unicorn does not keep the program counter inside a block. When a device is accessed, the instruction is found by
// decoding the block and comparing each load or store with the access, using the registers as they are at that moment:
// the true instruction always fits, because nothing it needs has changed yet.
#include "engine_impl.h"

#include <string.h>

engine_region *engine_region_at(engine *e, uint32_t address)
{
    for (size_t i = 0; i < e->regions_count; i++) {
        if (address - e->regions[i].address < e->regions[i].size) {
            return &e->regions[i];
        }
    }
    return NULL;
}

static void mark_code(engine_region *region, uint32_t address, uint32_t size)
{
    uint32_t first = (address - region->address) / 2;
    for (uint32_t halfword = first; halfword < first + (size + 1) / 2 && halfword < region->size / 2; halfword++) {
        region->code->map[halfword / 8] |= (uint8_t)(1u << (halfword % 8));
    }
}

const engine_decoded *engine_decode(engine *e, const engine_region *region, uint32_t address)
{
    engine_decoded *it = &e->decoded[(address >> 1) % ENGINE_DECODED];
    if (it->address != address) {
        uint32_t offset = address - region->address;
        it->address = address;
        it->instruction = thumb_decode(region->bytes + offset, region->size - offset);
        it->accesses = thumb_memory_access(&it->instruction, &it->access);
    }
    return it;
}

void engine_block_fill(engine *e, engine_block *block, uint32_t address, uint32_t size)
{
    *block = (engine_block){.address = address, .size = (uint16_t)size, .count = 1, .cycles = 1};
    engine_region *region = engine_region_at(e, address);
    if (region == NULL) {
        return;
    }
    mark_code(region, address, size);
    uint32_t cycles = 0, count = 0;
    uint8_t it = 0;
    for (uint32_t at = address; at - address < size && at - region->address + 2 <= region->size;) {
        const thumb_instruction *instruction = &engine_decode(e, region, at)->instruction;
        cycles += instruction->cycles;
        count++;
        block->flags |= instruction->flags;
        it = thumb_next_it(it, instruction);
        at += instruction->size;
    }
    block->it = it;
    block->cycles = (uint16_t)cycles;
    block->count = (uint16_t)count;
}

void engine_block_forget(engine *e)
{
    memset(e->blocks, 0, ENGINE_BLOCKS * sizeof *e->blocks);
    memset(e->decoded, 0xFF, ENGINE_DECODED * sizeof *e->decoded);
}

void engine_block_until(engine *e, uint32_t pc, uint32_t *cycles, uint32_t *count)
{
    *cycles = *count = 0;
    const engine_region *region = engine_region_at(e, e->block.address);
    for (uint32_t at = e->block.address; region != NULL && at - e->block.address < pc - e->block.address;) {
        const thumb_instruction *instruction = &engine_decode(e, region, at)->instruction;
        *cycles += instruction->cycles;
        (*count)++;
        at += instruction->size;
    }
}

uint8_t engine_block_it(engine *e, uint32_t pc)
{
    uint8_t it = e->it;
    const engine_region *region = engine_region_at(e, e->block.address);
    for (uint32_t at = e->block.address; region != NULL && at - e->block.address < pc - e->block.address;) {
        const thumb_instruction *instruction = &engine_decode(e, region, at)->instruction;
        it = thumb_next_it(it, instruction);
        at += instruction->size;
    }
    return it;
}

uint32_t engine_first_transfer(engine *e, uint32_t pc, const thumb_access *access)
{
    uint32_t address = access->base == 15 ? (pc + 4) & ~3u : engine_get(e, access->base);
    if (access->index >= 0) {
        address += engine_get(e, (unsigned)access->index) << access->shift;
    }
    return address + (uint32_t)access->offset;
}

static bool fits(engine *e, uint32_t pc, const thumb_access *access, uint32_t address, unsigned width, bool load)
{
    if (access->load != load || (access->count == 1 && width > access->width)) {
        return false;
    }
    uint32_t first = engine_first_transfer(e, pc, access);
    return address - first < (uint32_t)access->width * access->count;
}

// Walks the block from offset on and fills in where when an instruction fits. Keeps the cycles of what it passes.
static bool search(engine *e, uint32_t offset, uint32_t address, unsigned width, bool load, engine_where *where)
{
    const engine_region *region = engine_region_at(e, e->block.address);
    *where = (engine_where){0};
    uint8_t it = e->it;
    for (uint32_t at = 0; region != NULL && at < e->block.size;) {
        uint32_t pc = e->block.address + at;
        const engine_decoded *decoded = engine_decode(e, region, pc);
        if (at >= offset && decoded->accesses && fits(e, pc, &decoded->access, address, width, load)) {
            where->found = true;
            where->it = it;
            where->pc = pc;
            where->instruction = decoded->instruction;
            where->access = decoded->access;
            return true;
        }
        where->cycles += decoded->instruction.cycles;
        where->count++;
        it = thumb_next_it(it, &decoded->instruction);
        at += decoded->instruction.size;
    }
    return false;
}

void engine_locate(engine *e, uint32_t address, unsigned width, bool load)
{
    if (!search(e, e->cursor, address, width, load, &e->where)) {
        e->where = (engine_where){.pc = e->block.address};
        return;
    }
    bool more = e->where.access.count > 1; // the next transfer belongs to the same instruction
    e->cursor = e->where.pc - e->block.address + (more ? 0u : e->where.instruction.size);
}

bool engine_located_surely(engine *e, uint32_t address, unsigned width, bool load)
{
    if (!e->where.found) {
        return false;
    }
    engine_where other;
    uint32_t behind = e->where.pc - e->block.address + e->where.instruction.size;
    return !search(e, behind, address, width, load, &other);
}
