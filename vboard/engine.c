// SPDX-License-Identifier: MIT
// Runs Unicorn and turns each way in which it stops into an engine_stop.
//
// Everything rests on one block hook: called before each block with its address and size, it adds up cycles and
// compares them with a limit. Unicorn leaves cleanly when it is stopped there. Two facts about Unicorn 2.0 shape the
// rest: inside a block the program counter is not kept (engine_block.c finds it out), and a stop inside a block leaves
// right after the memory transfer, before the instruction is finished (engine_memory.c finishes it).
#include "engine_impl.h"

#include <stdlib.h>
#include <string.h>

// Unicorn's names for exceptions of the M profile come from QEMU's EXCP_* numbers.
enum { INTERRUPT_SVC = 2, INTERRUPT_FETCH_ABORT = 3, INTERRUPT_DATA_ABORT = 4, INTERRUPT_BKPT = 7, INTERRUPT_EXCEPTION_EXIT = 8 };

// Decides how this run ends. The first reason counts.
void engine_halt(engine *e, engine_exit why, uint32_t pc, uint32_t address)
{
    if (!e->stopping) {
        e->stopping = true;
        e->stop = (engine_stop){.why = why, .pc = pc, .address = address};
        e->limit = 0;
    }
    uc_emu_stop(e->uc);
}

// Between two blocks with something to consider. False: this block does not start.
static bool look_closer(engine *e, engine_block *block, uint16_t finished)
{
    if (e->stopping) {
        return false;
    }
    if (e->late_fault) {
        e->late_fault = false;
        engine_halt(e, ENGINE_LATE_FAULT, block->address, 0);
        return false;
    }
    if (e->interrupted || e->cycles >= e->deadline || (finished & e->watch) != 0) {
        engine_halt(e, ENGINE_INTERRUPTED, block->address, 0);
        return false;
    }
    return e->guard_size == 0 || engine_guard_block(e, block);
}

void engine_ask_fetch(engine *e, bool on)
{
    e->ask_fetch = on;
    e->fetch_size = 0;
}

// True: the block at address may be executed.
static bool may_fetch(engine *e, uint32_t address)
{
    if (address - e->fetch_from < e->fetch_size ||
        e->bus.fetch(e->bus.context, address, &e->fetch_from, &e->fetch_size)) {
        return true;
    }
    e->fetch_size = 0;
    engine_halt(e, ENGINE_NO_EXECUTE, address, address);
    return false;
}

static void on_block(uc_engine *uc, uint64_t address64, uint32_t size, void *user)
{
    (void)uc;
    engine *e = user;
    uint32_t address = (uint32_t)address64;
    uint16_t finished = e->block.flags;
    e->cycles += e->block.cycles + (address == e->next ? 0u : (unsigned)THUMB_REFILL);
    e->instructions += e->block.count;
    e->it = address == e->next ? e->next_it : 0;
    e->block = (engine_block){0};
    e->next = address;
    e->next_it = e->it;
    // Unicorn has translated it by now: it is noted even when it does not start, or nobody would throw it away again.
    engine_block *block = &e->blocks[(address >> 1) % ENGINE_BLOCKS];
    if (block->address != address || block->size != size) {
        engine_block_fill(e, block, address, size);
    }
    if ((e->cycles >= e->limit || (finished & e->watch) != 0) && !look_closer(e, block, finished)) {
        return;
    }
    if (e->ask_fetch && !may_fetch(e, address)) {
        return;
    }
    if ((block->flags & e->trap) != 0 && !engine_trap_block(e, block)) {
        return;
    }
    e->block = *block;
    e->seen |= block->flags;
    e->next = address + size;
    e->next_it = e->it == 0 ? block->it : engine_block_it(e, e->next);
    e->cursor = 0;
}

static void on_interrupt(uc_engine *uc, uint32_t number, void *user)
{
    (void)uc;
    engine *e = user;
    uint32_t pc = engine_read_core(e, UC_ARM_REG_PC);
    switch (number) {
    case INTERRUPT_SVC: engine_halt(e, ENGINE_SVC, pc, 0); break;
    case INTERRUPT_FETCH_ABORT: engine_halt(e, ENGINE_NO_EXECUTE, pc, pc); break; // the architecture's memory map
    case INTERRUPT_BKPT: engine_halt(e, ENGINE_BKPT, pc, 0); break;
    case INTERRUPT_EXCEPTION_EXIT: engine_halt(e, ENGINE_RETURN, e->next, pc | 1u); break;
    case INTERRUPT_DATA_ABORT: engine_halt(e, ENGINE_UNALIGNED, pc, 0); break; // exclusives check alignment themselves
    default: engine_halt(e, ENGINE_FAILED, pc, number); break;
    }
}

// The hint that ended the block before pc: Unicorn reports WFE and YIELD as invalid instructions.
static uint16_t hint_before(engine *e, uint32_t pc)
{
    const engine_region *region = engine_region_at(e, pc - 4);
    if (e->block.size == 0 || pc != e->next || region == NULL) {
        return 0;
    }
    const uint8_t *end = region->bytes + (pc - region->address);
    uint16_t last = (uint16_t)(end[-2] | (end[-1] << 8)), before = (uint16_t)(end[-4] | (end[-3] << 8));
    bool wide = e->block.size >= 4 && before == 0xF3AFu && (last & 0xFFF0u) == 0x8000u;
    return wide ? (uint16_t)(0xBF00u | ((last & 0xFu) << 4)) : last;
}

static bool on_invalid(uc_engine *uc, void *user)
{
    (void)uc;
    engine *e = user;
    uint32_t pc = engine_read_core(e, UC_ARM_REG_PC);
    uint16_t hint = hint_before(e, pc);
    if ((engine_read_core(e, UC_ARM_REG_XPSR) & XPSR_THUMB) == 0) {
        engine_halt(e, ENGINE_NOT_THUMB, pc, 0);
    } else if (hint == 0xBF20u) {
        engine_halt(e, ENGINE_WFE, pc, 0);
    } else if (hint == 0xBF10u) { // YIELD does nothing
        engine_halt(e, ENGINE_INTERRUPTED, pc, 0);
    } else {
        engine_halt(e, ENGINE_UNDEFINED, pc, 0);
    }
    return true;
}

// Brings the counters up to where the core stands.
static void settle(engine *e, uint32_t pc)
{
    uint32_t cycles = e->block.cycles, count = e->block.count;
    if (e->block.size != 0 && pc - e->block.address < e->block.size) {
        engine_block_until(e, pc, &cycles, &count);
    }
    e->cycles += cycles;
    e->instructions += count;
    e->block = (engine_block){0};
}

static void write_back(engine *e, const engine_where *where)
{
    if (!where->access.writeback) {
        return;
    }
    uint32_t base = engine_get(e, where->access.base);
    engine_set(e, where->access.base, base + (uint32_t)where->access.step);
}

// Does what is left of a single load or store when Unicorn has left right after the transfer.
static void complete(engine *e)
{
    const engine_where *where = &e->where;
    write_back(e, where);
    if (where->access.load) {
        uint32_t value = e->loaded;
        unsigned unused = 32 - 8 * where->access.width;
        value = where->access.signed_load ? (uint32_t)((int32_t)(value << unused) >> unused)
                                          : (value << unused) >> unused;
        engine_set(e, where->access.reg, value);
    }
    e->cycles += where->instruction.cycles;
    e->instructions++;
    e->pc += where->instruction.size;
}

void engine_run(engine *e, engine_stop *stop)
{
    engine_watch_all(e);
    engine_flush_stale(e);
    uint32_t xpsr = engine_read_core(e, UC_ARM_REG_XPSR);
    uint32_t thumb = (xpsr & XPSR_THUMB) != 0 ? 1 : 0;
    e->block = (engine_block){0};
    e->next = e->pc;
    e->next_it = (uint8_t)(((xpsr >> 25) & 3u) | ((xpsr >> 8) & 0xFCu)); // an exception's return into an IT block
    e->stopping = e->complete = e->interrupted = false;
    e->limit = e->guard_size != 0 ? 0 : e->deadline;
    e->running = true;
    uc_err error = uc_emu_start(e->uc, e->pc | thumb, 0, 0, 0);
    e->running = false;
    e->in_access = false;
    if (!e->stopping) { // nobody stopped it: WFI, or Unicorn gave up
        e->stop = (engine_stop){.why = error == UC_ERR_OK ? ENGINE_WFI : ENGINE_FAILED,
                                .pc = engine_read_core(e, UC_ARM_REG_PC), .words = uc_strerror(error)};
    }
    e->pc = e->stop.pc;
    settle(e, e->stop.why == ENGINE_RETURN ? e->next : e->pc);
    if (e->stop.why == ENGINE_NO_MEMORY && e->where.it != 0) { // Unicorn has not kept the IT state inside the block
        uint32_t it = ((uint32_t)(e->where.it & 3u) << 25) | ((uint32_t)(e->where.it & 0xFCu) << 8);
        engine_set(e, ENGINE_XPSR, (engine_get(e, ENGINE_XPSR) & ~XPSR_IT) | it);
    }
    if (e->complete) {
        complete(e);
        e->stop.pc = e->pc;
    }
    if (e->late_fault) { // it was the last instruction before another reason to stop
        e->late_fault = false;
        e->stop.why = e->stop.why == ENGINE_INTERRUPTED ? ENGINE_LATE_FAULT : e->stop.why;
    }
    *stop = e->stop;
}

void engine_interrupt(engine *e)
{
    e->interrupted = true;
    e->limit = 0;
}

void engine_skip_access(engine *e, engine_stop *stop)
{
    if (!e->where.found || !e->where.access.single) { // a multiple transfer is left out as a whole
        e->pc += e->where.found ? e->where.instruction.size : 2;
    } else {
        e->loaded = 0;
        complete(e);
    }
    stop->pc = e->pc;
}

uint64_t engine_cycles(const engine *e)
{
    return e->cycles + (e->in_access ? e->where.cycles : 0);
}

void engine_add_cycles(engine *e, uint64_t cycles)
{
    e->cycles += cycles;
}

uint64_t engine_instructions(const engine *e)
{
    return e->instructions;
}

void engine_set_deadline(engine *e, uint64_t cycles)
{
    e->deadline = cycles;
    if (e->limit != 0) {
        e->limit = cycles;
    }
}

uint32_t engine_pc(const engine *e)
{
    if (!e->running) {
        return e->pc;
    }
    return e->in_access && e->where.found ? e->where.pc : e->block.address;
}

void engine_watch_masks(engine *e, bool on)
{
    e->watch = on ? THUMB_MASKS : 0;
}

bool engine_take_event(engine *e)
{
    bool event = (e->seen & THUMB_SEV) != 0;
    e->seen &= (uint16_t)~THUMB_SEV;
    return event;
}

engine *engine_create(const engine_bus *bus, engine_core core)
{
    int model = core == ENGINE_CORTEX_M7 ? UC_CPU_ARM_CORTEX_M7 : UC_CPU_ARM_CORTEX_M4;
    engine *e = calloc(1, sizeof *e);
    if (e == NULL) {
        return NULL;
    }
    e->bus = *bus;
    e->blocks = calloc(ENGINE_BLOCKS, sizeof *e->blocks);
    e->decoded = malloc(ENGINE_DECODED * sizeof *e->decoded);
    e->deadline = e->limit = UINT64_MAX;
    e->trap = THUMB_SPECIAL | THUMB_ALIGNED; // always
    if (e->blocks == NULL || e->decoded == NULL || uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &e->uc) != UC_ERR_OK) {
        engine_destroy(e);
        return NULL;
    }
    engine_block_forget(e);
    uc_hook hook;
    bool ready = uc_ctl_set_cpu_model(e->uc, model) == UC_ERR_OK &&
                 uc_hook_add(e->uc, &hook, UC_HOOK_BLOCK, (void *)on_block, e, 1, 0) == UC_ERR_OK &&
                 uc_hook_add(e->uc, &hook, UC_HOOK_INTR, (void *)on_interrupt, e, 1, 0) == UC_ERR_OK &&
                 uc_hook_add(e->uc, &hook, UC_HOOK_INSN_INVALID, (void *)on_invalid, e, 1, 0) == UC_ERR_OK &&
                 uc_hook_add(e->uc, &hook, UC_HOOK_MEM_INVALID, (void *)engine_on_memory, e, 1, 0) == UC_ERR_OK &&
                 uc_ctl_exits_enable(e->uc) == UC_ERR_OK;
    if (!ready) {
        engine_destroy(e);
        return NULL;
    }
    return e;
}

void engine_destroy(engine *e)
{
    if (e == NULL) {
        return;
    }
    if (e->uc != NULL) {
        uc_close(e->uc);
    }
    for (size_t i = 0; i < e->codes_count; i++) {
        free(e->codes[i].map);
    }
    for (size_t i = 0; i < ENGINE_WATCHED; i++) {
        free(e->watched[i]);
    }
    free(e->sites);
    free(e->blocks);
    free(e->decoded);
    free(e);
}
