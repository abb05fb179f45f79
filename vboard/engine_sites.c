// SPDX-License-Identifier: MIT
// Single instructions the engine must be called at before they execute: divisions while division by zero traps, FP
// instructions while the FPU is off, loads that could meet guarded memory, breakpoints. A code hook on just that
// instruction makes Unicorn stop there with everything in place, and leaves all other code at full speed.
#include "engine_impl.h"

#include <stdlib.h>

#define NOWHERE 1u // no instruction is at an odd address

static const engine_decoded *decoded_at(engine *e, uint32_t address)
{
    static const engine_decoded nothing = {.instruction = {.size = 2}};
    const engine_region *region = engine_region_at(e, address);
    return region == NULL ? &nothing : engine_decode(e, region, address);
}

static bool guarded(engine *e, uint32_t address)
{
    const engine_region *region = engine_region_at(e, address);
    if (e->guard_size == 0 || region == NULL) {
        return false;
    }
    const uint8_t *byte = region->bytes + (address - region->address);
    return byte >= e->guard && byte < e->guard + e->guard_size;
}

// Looks at a load or store that is about to execute.
static void check_access(engine *e, uint32_t address, const thumb_access *access)
{
    uint32_t first = engine_first_transfer(e, address, access);
    unsigned width = access->aligned ? 4 : access->width;
    if (access->load && guarded(e, first)) {
        engine_halt(e, ENGINE_GUARDED, address, first);
    } else if ((e->trap_unaligned || access->aligned) && (first & (width - 1)) != 0) {
        engine_halt(e, ENGINE_UNALIGNED, address, first);
    }
}

// Unicorn keeps more of BASEPRI and CONTROL than the chip has, so they are read in its place. Code without privilege reads
// BASEPRI as 0, which Unicorn knows.
static void read_special(engine *e, uint32_t address, const thumb_instruction *instruction)
{
    bool control = thumb_special(instruction->code) == THUMB_CONTROL;
    bool privileged = (engine_get(e, ENGINE_CONTROL) & CONTROL_NPRIV) == 0 ||
                      (engine_get(e, ENGINE_XPSR) & XPSR_IPSR) != 0;
    if (!control && !privileged) {
        return;
    }
    engine_set(e, (instruction->code >> 8) & 0xFu, engine_get(e, control ? ENGINE_CONTROL : ENGINE_BASEPRI));
    engine_halt(e, ENGINE_INTERRUPTED, address + instruction->size, 0);
}

static size_t break_at(const engine *e, uint32_t address)
{
    size_t i = 0;
    while (i < e->breaks_count && e->breaks[i] != address) {
        i++;
    }
    return i;
}

static void look_at(engine *e, uint32_t address)
{
    // Not running: an instruction of the engine's own. Unicorn would not stop inside an IT block.
    if (!e->running || e->stopping || engine_block_it(e, address) != 0) {
        return;
    }
    if (address == e->stepping_over) {
        e->stepping_over = NOWHERE;
    } else if (e->single_step || break_at(e, address) < e->breaks_count) {
        e->stepping_over = address;
        engine_halt(e, e->single_step ? ENGINE_INTERRUPTED : ENGINE_BREAK, address, 0);
        return;
    }
    const engine_decoded *decoded = decoded_at(e, address);
    const thumb_instruction *instruction = &decoded->instruction;
    if (e->fpu_off && (instruction->flags & THUMB_FP) != 0) {
        engine_halt(e, ENGINE_NO_FPU, address, 0);
    } else if (e->trap_division && (instruction->flags & THUMB_DIVIDE) != 0 &&
               engine_get(e, thumb_divisor(instruction)) == 0) {
        engine_halt(e, ENGINE_DIVIDE, address, 0);
    } else if ((instruction->flags & THUMB_SPECIAL) != 0) {
        read_special(e, address, instruction);
    } else if (decoded->accesses) {
        check_access(e, address, &decoded->access);
    }
}

static void on_every_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    look_at(user, (uint32_t)address);
}

// A site has two hooks while every instruction has one, and must be looked at once: the pass over a breakpoint counts.
static void on_site(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    engine *e = user;
    if (!e->watching_all) {
        look_at(e, (uint32_t)address);
    }
}

// The block with this instruction must be translated anew to take a hook in.
static void retranslate(engine *e, uint32_t address)
{
    const engine_region *region = engine_region_at(e, address);
    if (region != NULL) {
        engine_changed(e, region->bytes + (address - region->address), 2);
    }
}

bool engine_site_add(engine *e, uint32_t address)
{
    for (size_t i = 0; i < e->sites_count; i++) {
        if (e->sites[i].address == address) {
            return false;
        }
    }
    if (e->sites_count == e->sites_capacity) {
        size_t capacity = e->sites_capacity * 2 + 16;
        engine_site *sites = realloc(e->sites, capacity * sizeof *sites);
        if (sites == NULL) {
            return false;
        }
        e->sites = sites;
        e->sites_capacity = capacity;
    }
    engine_site *site = &e->sites[e->sites_count];
    site->address = address;
    if (uc_hook_add(e->uc, &site->hook, UC_HOOK_CODE, (void *)on_site, e, address, address) != UC_ERR_OK) {
        return false;
    }
    e->sites_count++;
    retranslate(e, address);
    return true;
}

typedef bool site_rule(const engine *e, const engine_decoded *decoded, uint32_t address);

// Puts sites on those instructions of a block that need one. False when there was one to add: the block is translated anew.
static bool has_sites(engine *e, const engine_block *block, site_rule *needs_one)
{
    bool added = false;
    for (uint32_t at = block->address; at - block->address < block->size;) {
        uint32_t here = at;
        const engine_decoded *decoded = decoded_at(e, here);
        at += decoded->instruction.size;
        if (needs_one(e, decoded, here) && engine_site_add(e, here)) {
            added = true;
        }
    }
    if (added) {
        engine_halt(e, ENGINE_INTERRUPTED, block->address, 0);
    }
    return !added;
}

static bool needs_trap(const engine *e, const engine_decoded *decoded, uint32_t address)
{
    (void)address;
    return (decoded->instruction.flags & e->trap) != 0;
}

bool engine_trap_block(engine *e, const engine_block *block)
{
    return has_sites(e, block, needs_trap);
}

// Whether a load could meet guarded memory, whichever is guarded. A literal cannot that is in the page of its code: a block
// in guarded memory does not begin. One that began before, with the store that made the memory busy, goes on to its end.
static bool needs_guard(const engine *e, const engine_decoded *decoded, uint32_t address)
{
    (void)e;
    const thumb_access *access = &decoded->access;
    if (!decoded->accesses || !access->load) {
        return false;
    }
    bool literal = access->base == 15 && access->index < 0;
    return !literal || ((((address + 4) & ~3u) + (uint32_t)access->offset) ^ address) >= ENGINE_PAGE;
}

bool engine_guard_block(engine *e, engine_block *block)
{
    if (guarded(e, block->address)) {
        engine_halt(e, ENGINE_GUARDED, block->address, block->address);
        return false;
    }
    if (block->has_guards) {
        return true;
    }
    block->has_guards = true;
    return has_sites(e, block, needs_guard);
}

void engine_guard(engine *e, const uint8_t *bytes, uint32_t size)
{
    e->guard = bytes;
    e->guard_size = size;
    if (size != 0) {
        e->limit = 0;
    }
}

static void set_trap(engine *e, unsigned flag, bool on)
{
    e->trap = (uint16_t)(on ? e->trap | flag : e->trap & ~flag);
}

void engine_enable_fpu(engine *e, bool on)
{
    e->fpu_off = !on;
    set_trap(e, THUMB_FP, !on);
}

void engine_trap_division(engine *e, bool on)
{
    e->trap_division = on;
    set_trap(e, THUMB_DIVIDE, on);
}

// Everything is translated anew, with or without a hook on every instruction: slow. So it is done when the engine is
// about to run, and steps one after the other do it once.
void engine_watch_all(engine *e)
{
    bool wanted = e->trap_unaligned || e->single_step;
    if (wanted == e->watching_all) {
        return;
    }
    e->watching_all = wanted;
    if (wanted) {
        uc_hook_add(e->uc, &e->everywhere, UC_HOOK_CODE, (void *)on_every_instruction, e, 1, 0);
    } else {
        uc_hook_del(e->uc, e->everywhere);
    }
    for (size_t i = 0; i < e->codes_count; i++) {
        engine_changed(e, e->codes[i].bytes, e->codes[i].size);
    }
}

void engine_trap_unaligned(engine *e, bool on)
{
    if (on != e->trap_unaligned) {
        e->trap_unaligned = on;
        engine_interrupt(e);
    }
}

void engine_single_step(engine *e, bool on)
{
    e->single_step = on;
    e->stepping_over = on ? e->pc : NOWHERE;
}

bool engine_break_add(engine *e, uint32_t address)
{
    address &= ~1u;
    if (break_at(e, address) < e->breaks_count) {
        return true;
    }
    if (e->breaks_count == ENGINE_BREAKS) {
        return false;
    }
    e->breaks[e->breaks_count++] = address;
    engine_site_add(e, address);
    retranslate(e, address);
    return true;
}

void engine_break_remove(engine *e, uint32_t address)
{
    size_t i = break_at(e, address & ~1u);
    if (i < e->breaks_count) {
        e->breaks[i] = e->breaks[--e->breaks_count];
    }
}

static const uint8_t close_monitor[ENGINE_PAGE] = {0xBF, 0xF3, 0x2F, 0x8F, 0x30, 0xBF}; // CLREX; WFI

// The monitor can only be closed by an instruction, so one is run in a place where no chip has anything, and where the
// architecture's memory map allows code.
void engine_clear_exclusive(engine *e)
{
    enum { PLACE = 0x18000000 };
    if ((e->seen & THUMB_EXCLUSIVE) == 0) {
        return;
    }
    e->seen &= (uint16_t)~THUMB_EXCLUSIVE;
    uc_mem_map_ptr(e->uc, PLACE, ENGINE_PAGE, UC_PROT_READ | UC_PROT_EXEC, (void *)(uintptr_t)close_monitor);
    uint32_t xpsr = engine_get(e, ENGINE_XPSR);
    uint64_t cycles = e->cycles, instructions = e->instructions, limit = e->limit;
    uint16_t watch = e->watch, trap = e->trap, seen = e->seen;
    e->limit = UINT64_MAX;
    e->watch = e->trap = 0;
    engine_set(e, ENGINE_XPSR, (xpsr & XPSR_IPSR) | XPSR_THUMB);
    uc_emu_start(e->uc, (uint32_t)PLACE | 1u, 0, 0, 0);
    engine_set(e, ENGINE_XPSR, xpsr);
    e->cycles = cycles;
    e->instructions = instructions;
    e->limit = limit;
    e->watch = watch;
    e->trap = trap;
    e->seen = seen;
    e->block = (engine_block){0};
    uc_mem_unmap(e->uc, PLACE, ENGINE_PAGE);
}
