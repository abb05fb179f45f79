// SPDX-License-Identifier: MIT
// The main loop: lets the engine run until something is due, does it, and looks again.
#include "core.h"

// A core that has not written to any device for so long only waits for the outside.
#define POLLING_TIME (200 * VB_US)
#define STEP_PATIENCE VB_MS

bool core_wakes(const vb_board *board)
{
    if (board->sleeps_for_event && board->event_register) {
        return true;
    }
    unsigned pending = core_best_pending(board);
    unsigned masks = MASK_BASEPRI | (board->sleeps_for_event ? MASK_PRIMASK | MASK_FAULTMASK : 0u);
    return pending != 0 && core_priority_of(board, pending) < core_execution_priority(board, masks);
}

static vb_time soonest(vb_time a, vb_time b)
{
    return a < b ? a : b;
}

// Time passes for everybody but the core, until the moment or whatever happens before.
static void stand(vb_board *board, vb_time moment)
{
    vb_time outside = soonest(board->run_until, board->cut.at);
    core_stand_until(board, soonest(moment, soonest(outside, core_next_event(board))));
}

// A core that is locked up needs a reset, and from within the chip only a watchdog gives one.
static bool reset_may_come(const vb_board *board)
{
    for (size_t i = 0; i < board->devices_count; i++) {
        const core_device *device = &board->devices[i];
        for (unsigned id = 0; id < CORE_EVENTS && device->device.model->watchdog; id++) {
            if (device->event_place[id] != 0) {
                return true;
            }
        }
    }
    return false;
}

static void sleep_core(vb_board *board, bool for_event)
{
    if (for_event && (engine_take_event(board->engine) || board->event_register)) {
        board->event_register = false;
        return;
    }
    board->sleeping = true;
    board->sleeps_for_event = for_event;
}

static void sleep_on(vb_board *board)
{
    uint64_t before = engine_cycles(board->engine);
    stand(board, CORE_NEVER);
    board->slept += engine_cycles(board->engine) - before;
}

static void wake(vb_board *board)
{
    board->sleeping = false;
    if (board->sleeps_for_event) {
        board->event_register = false;
    }
}

// A load or store that went wrong. address is that of the access.
static void failed_access(vb_board *board, engine_stop *stop)
{
    if (core_ignores_bus_faults(board)) {
        engine_skip_access(board->engine, stop);
    } else {
        core_fault_taken(board, FAULT_DATA, stop->address);
    }
}

static void late_fault(vb_board *board)
{
    if (!core_ignores_bus_faults(board)) {
        core_fault_taken(board, FAULT_LATE, 0);
    }
}

static void fetched_in_vain(vb_board *board, const engine_stop *stop)
{
    const hf_flash *flash = &board->description.chip.flash;
    if (core_open_for_fetch(board, stop->address)) {
        return;
    }
    uint32_t from, size;
    if (!core_may_fetch(board, stop->address, &from, &size)) {
        core_fault_taken(board, FAULT_FETCH_NX, stop->address);
        return;
    }
    bool in_flash = core_canonical(board, stop->address) - flash->address < flash->size;
    core_fault_taken(board, in_flash ? FAULT_FETCH_BUS : FAULT_FETCH_NX, stop->address);
}

static void act_on(vb_board *board, engine_stop *stop)
{
    switch (stop->why) {
    case ENGINE_INTERRUPTED:
    case ENGINE_BREAK:
    case ENGINE_FAILED: break; // the loop's business
    case ENGINE_GUARDED: board->blocked = true; break;
    case ENGINE_WFI: sleep_core(board, false); break;
    case ENGINE_WFE: sleep_core(board, true); break;
    case ENGINE_SVC: core_fault_taken(board, FAULT_SVC, 0); break;
    case ENGINE_BKPT: core_fault_taken(board, FAULT_BREAKPOINT, 0); break;
    case ENGINE_RETURN: core_exception_return(board, stop->address); break;
    case ENGINE_UNDEFINED: core_fault_taken(board, FAULT_UNDEFINED, 0); break;
    case ENGINE_NO_FPU: core_fault_taken(board, FAULT_NO_FPU, 0); break;
    case ENGINE_NOT_THUMB: core_fault_taken(board, FAULT_INVSTATE, 0); break;
    case ENGINE_UNALIGNED: core_fault_taken(board, FAULT_UNALIGNED, stop->address); break;
    case ENGINE_DIVIDE: core_fault_taken(board, FAULT_DIVIDE, 0); break;
    case ENGINE_NO_MEMORY:
    case ENGINE_BUS_FAULT: failed_access(board, stop); break;
    case ENGINE_LATE_FAULT: late_fault(board); break;
    case ENGINE_NO_CODE: core_fault_taken(board, FAULT_FETCH_BUS, stop->address); break;
    case ENGINE_NO_EXECUTE: fetched_in_vain(board, stop); break;
    }
}

// What must be done before the core may go on. True when there was something: look again.
static bool prepare(vb_board *board)
{
    if (board->reset_wanted) {
        core_system_reset(board);
        return true;
    }
    if (board->alias_wanted) {
        core_map_alias(board);
    }
    core_apply_watches(board);
    if (!board->powered || board->lockup || board->hz[VB_CLOCK_HCLK] == 0) {
        stand(board, CORE_NEVER);
        return true;
    }
    if (board->stall_until > vb_now(board)) {
        stand(board, board->stall_until);
        return true;
    }
    if (board->blocked) {
        stand(board, board->busy_until);
        board->blocked = vb_now(board) < board->busy_until;
        return true;
    }
    if (core_take_exception(board)) {
        return true;
    }
    if (board->sleeping && !core_wakes(board)) {
        sleep_on(board);
        return true;
    }
    if (board->sleeping) {
        wake(board);
    }
    return board->blocked;
}

static vb_stop loop(vb_board *board, vb_time until)
{
    for (;;) {
        core_fire_events(board, vb_now(board));
        if (vb_now(board) >= board->cut.at) {
            core_cut_now(board);
            return VB_STOP_CUT;
        }
        if (board->stop_asked) {
            return VB_STOP_ASKED;
        }
        if (board->lockup && !board->reset_wanted && !reset_may_come(board)) {
            return VB_STOP_LOCKUP;
        }
        if (vb_now(board) >= until && !board->reset_wanted) {
            return VB_STOP_TIME;
        }
        if (prepare(board)) {
            continue;
        }
        engine_stop stop;
        engine_run(board->engine, &stop);
        act_on(board, &stop);
        if (stop.why == ENGINE_BREAK) {
            return VB_STOP_ASKED;
        }
        if (stop.why == ENGINE_FAILED) {
            core_fail(board, VB_E_ENGINE, "the CPU engine failed at 0x%08X: %s", (unsigned)stop.pc,
                      stop.words != NULL ? stop.words : "unknown exception");
            return VB_STOP_ENGINE;
        }
    }
}

vb_stop vb_run(vb_board *board, vb_time until)
{
    board->running = true;
    board->stop_asked = false;
    board->run_until = until;
    core_update_deadline(board);
    vb_stop stop = loop(board, until);
    board->running = false;
    return stop;
}

// One instruction, or what comes instead of it. The loop does everything else as usual.
vb_stop vb_step(vb_board *board)
{
    uint64_t before = engine_instructions(board->engine);
    uint32_t exception = engine_get(board->engine, ENGINE_XPSR) & XPSR_IPSR;
    vb_time limit = vb_now(board) + STEP_PATIENCE;
    engine_single_step(board->engine, true);
    vb_stop stop = VB_STOP_ASKED;
    board->running = true;
    board->stop_asked = false;
    board->run_until = limit;
    core_update_deadline(board);
    while (engine_instructions(board->engine) == before && vb_now(board) < limit) {
        core_fire_events(board, vb_now(board));
        if (vb_now(board) >= board->cut.at) {
            core_cut_now(board);
            stop = VB_STOP_CUT;
            break;
        }
        if (board->lockup && !reset_may_come(board)) {
            stop = VB_STOP_LOCKUP;
            break;
        }
        if (prepare(board)) {
            if ((engine_get(board->engine, ENGINE_XPSR) & XPSR_IPSR) != exception) {
                break; // an exception was entered
            }
            continue;
        }
        engine_stop why;
        engine_run(board->engine, &why);
        act_on(board, &why);
        if (why.why != ENGINE_INTERRUPTED && why.why != ENGINE_GUARDED) {
            stop = why.why == ENGINE_FAILED ? VB_STOP_ENGINE : stop;
            break;
        }
    }
    engine_single_step(board->engine, false);
    board->running = false;
    return stop;
}

void vb_stop_now(vb_board *board)
{
    board->stop_asked = true;
    engine_interrupt(board->engine);
}

uint64_t vb_instructions(const vb_board *board)
{
    return engine_instructions(board->engine);
}

bool vb_idle(const vb_board *board)
{
    if (!board->powered || board->lockup) {
        return true;
    }
    if (board->in_flight != 0 || board->busy_size != 0 || board->reset_wanted) {
        return false;
    }
    return board->sleeping || vb_now(board) - core_time_at(board, board->written_at) >= POLLING_TIME;
}

void vb_break_at(vb_board *board, uint32_t address)
{
    engine_break_remove(board->engine, board->break_address);
    board->break_address = address;
    if (address != 0) {
        engine_break_add(board->engine, address);
    }
}

vb_status vb_break_add(vb_board *board, uint32_t address)
{
    if (!engine_break_add(board->engine, address)) {
        return core_fail(board, VB_E_ADDRESS, "no room for another breakpoint at 0x%08X", (unsigned)address);
    }
    return VB_OK;
}

void vb_break_remove(vb_board *board, uint32_t address)
{
    engine_break_remove(board->engine, address);
}
