// SPDX-License-Identifier: MIT
// The inside of the CPU engine. Only engine*.c include this: nothing else of the board knows Unicorn.
#ifndef VB_ENGINE_IMPL_H
#define VB_ENGINE_IMPL_H

#include "engine.h"
#include "thumb.h"

#include <unicorn/unicorn.h>

#define ENGINE_MAX_REGIONS 16
#define ENGINE_MAX_WINDOWS 8
#define ENGINE_MAX_STALE   16
#define ENGINE_BLOCKS      (1u << 14)
#define ENGINE_DECODED     (1u << 12)
#define ENGINE_WATCHED     1024 // pages, at most, that were ever watched

// What is known of a block: straight code that Unicorn has translated as one piece.
typedef struct engine_block {
    uint32_t address;
    uint16_t size;   // bytes; 0: nothing
    uint16_t count;  // instructions
    uint16_t cycles; // without the refill behind a jump
    uint16_t flags;  // THUMB_* of all its instructions
    uint8_t it;      // IT state behind it: not 0 when an IT block goes on in the next one
    bool has_guards; // the engine is called at each load of it that could meet guarded memory
} engine_block;

// An instruction that was decoded, kept because waiting code executes the same few again and again.
typedef struct engine_decoded {
    uint32_t address; // odd: nothing
    bool accesses;    // touches memory, as access says
    thumb_instruction instruction;
    thumb_access access;
} engine_decoded;

// Host memory that is seen at one or more addresses, with a bit for every halfword that was translated.
typedef struct engine_code {
    const uint8_t *bytes;
    uint32_t size;
    uint8_t *map;
} engine_code;

typedef struct engine_region {
    uint32_t address, size;
    uint8_t *bytes;
    bool writable, execute;
    engine_code *code;
} engine_region;

typedef struct engine_window {
    engine *owner;
    uint32_t address;
} engine_window;

// An instruction the engine is called at before it executes.
typedef struct engine_site {
    uint32_t address;
    uc_hook hook;
} engine_site;

// The instruction that makes the access under way, as far as it can be told.
typedef struct engine_where {
    bool found;
    uint8_t it;        // IT state before it; not 0: inside an IT block, where Unicorn stops at loads only
    uint32_t pc;
    uint32_t cycles;   // of the block's instructions before it
    uint32_t count;    // how many those are
    thumb_instruction instruction;
    thumb_access access;
} engine_where;

struct engine {
    uc_engine *uc;
    engine_bus bus;
    uint64_t cycles, instructions; // up to the start of the block under way
    uint64_t limit;                // the block hook looks closer from here on: deadline, or 0
    uint64_t deadline;
    engine_block block;            // under way
    uint32_t next;                 // address behind it
    uint8_t it, next_it;           // IT state before it, and behind it
    uint16_t watch;                // flags of a finished block that stop the engine
    uint16_t trap;                 // flags of a block that must not simply be started
    uint16_t seen;                 // flags of all blocks since somebody asked
    engine_block *blocks;
    engine_decoded *decoded;

    uint32_t pc;                   // of the next instruction, while not running
    bool running, interrupted, late_fault;
    bool stopping;                 // exit, pc and address below are decided
    engine_stop stop;
    bool in_access, access_failed;
    bool complete;                 // the access at where must be finished by hand
    uint32_t loaded;               // value for that
    engine_where where;
    uint32_t cursor;               // offset into the block behind the last access that was located
    uint8_t swallow;               // byte stores that follow an unaligned store and say nothing new

    bool ask_fetch;
    uint32_t fetch_from, fetch_size; // where the last answer was yes

    const uint8_t *guard;
    uint32_t guard_size;
    uint32_t breaks[ENGINE_BREAKS];
    size_t breaks_count;
    uint32_t stepping_over;        // site not to stop at, once
    bool trap_unaligned, fpu_off, trap_division, single_step;
    bool watching_all;             // there is a hook on every instruction
    uc_hook everywhere;

    size_t regions_count, windows_count, codes_count, sites_count, sites_capacity, stale_count;
    engine_region regions[ENGINE_MAX_REGIONS];
    engine_window windows[ENGINE_MAX_WINDOWS];
    engine_window *watched[ENGINE_WATCHED]; // Unicorn keeps the pointer: one per page, for the engine's life
    engine_code codes[ENGINE_MAX_REGIONS];
    engine_site *sites;
    struct {
        const uint8_t *bytes;
        uint32_t size;
    } stale[ENGINE_MAX_STALE];
};

// engine_block.c
engine_region *engine_region_at(engine *e, uint32_t address);
void engine_block_fill(engine *e, engine_block *block, uint32_t address, uint32_t size);
void engine_block_forget(engine *e);
// The instruction at an address that a region holds. Valid until the next one is asked for.
const engine_decoded *engine_decode(engine *e, const engine_region *region, uint32_t address);
// Cycles and instructions of the block under way before pc.
void engine_block_until(engine *e, uint32_t pc, uint32_t *cycles, uint32_t *count);
// Finds the instruction of the block under way that makes this access, behind the last one found.
void engine_locate(engine *e, uint32_t address, unsigned width, bool load);
// IT state before the instruction at pc in the block under way, or behind the block.
uint8_t engine_block_it(engine *e, uint32_t pc);
// Whether no later instruction of the block could be meant as well.
bool engine_located_surely(engine *e, uint32_t address, unsigned width, bool load);
uint32_t engine_first_transfer(engine *e, uint32_t pc, const thumb_access *access);

// engine_memory.c
bool engine_on_memory(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *user);
bool engine_code_touched(const engine_code *code, uint32_t offset, uint32_t size);
void engine_flush_stale(engine *e);
void engine_begin_access(engine *e, uint32_t address, unsigned width, bool load);
void engine_end_access(engine *e, uint32_t address, unsigned width, bool load, uint32_t value);

// engine_sites.c
bool engine_site_add(engine *e, uint32_t address); // false when it was there already
bool engine_guard_block(engine *e, engine_block *block);             // false: it must not run now
bool engine_trap_block(engine *e, const engine_block *block);        // false: it must not run now
void engine_watch_all(engine *e); // a hook on every instruction, or none, as the next run needs it

// engine.c
void engine_halt(engine *e, engine_exit why, uint32_t pc, uint32_t address);
uint32_t engine_read_core(const engine *e, unsigned reg);

#endif
