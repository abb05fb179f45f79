// SPDX-License-Identifier: MIT
// Exception entry and return. Armv7-M Architecture Reference Manual (DDI 0403), B1.5.6 to B1.5.8.
//
// FP registers are stacked at once whenever CONTROL.FPCA is set. Silicon may put that off (lazy stacking), which firmware
// can tell only by looking at the reserved space in time; FPCCR.LSPACT therefore always reads 0.
#include "core.h"

#include <string.h>

// Cycles of entry, return and going from one handler straight to the next (Cortex-M4 TRM, 3.9.3).
enum { CYCLES_ENTRY = 12, CYCLES_RETURN = 10, CYCLES_TAIL_CHAIN = 6 };
enum { BASIC_WORDS = 8, FP_WORDS = 26 };

#define CCR_STKALIGN     (1u << 9)
#define CCR_NONBASETHRD  (1u << 0)
#define SCR_SLEEPONEXIT  (1u << 1)
#define FPCCR_ASPEN      (1u << 31)
#define FPCCR_LSPEN      (1u << 30)
#define XPSR_ALIGNED     (1u << 9)
#define EXC_RETURN_BASIC (1u << 4)
#define EXC_RETURN_PSP   (1u << 2)
#define EXC_RETURN_TO_THREAD (1u << 3)

static bool vector(vb_board *board, unsigned exception, uint32_t *value)
{
    const uint8_t *bytes = core_memory_at(board, board->scb.vtor + 4 * exception, 4, false);
    if (bytes != NULL) {
        memcpy(value, bytes, sizeof *value);
    }
    return bytes != NULL;
}

static void jump(vb_board *board, uint32_t target)
{
    engine *e = board->engine;
    uint32_t xpsr = engine_get(e, ENGINE_XPSR) & ~(XPSR_THUMB | XPSR_IT);
    engine_set(e, ENGINE_XPSR, xpsr | ((target & 1u) != 0 ? XPSR_THUMB : 0));
    engine_set(e, ENGINE_PC, target);
}

void core_reset_registers(vb_board *board)
{
    engine *e = board->engine;
    engine_set_mode(e, 0, 0);
    for (unsigned reg = ENGINE_R0; reg <= ENGINE_LR; reg++) {
        engine_set(e, reg, reg == ENGINE_LR ? 0xFFFFFFFFu : 0);
    }
    engine_set(e, ENGINE_PRIMASK, 0);
    engine_set(e, ENGINE_FAULTMASK, 0);
    engine_set(e, ENGINE_BASEPRI, 0);
    engine_set(e, ENGINE_PSP, 0);
    engine_set(e, ENGINE_FPSCR, 0);
    engine_set(e, ENGINE_XPSR, XPSR_THUMB);
    engine_clear_exclusive(e);
    engine_take_event(e);
    uint32_t stack = 0, start = 0;
    if (!vector(board, 0, &stack) || !vector(board, EXC_RESET, &start)) {
        core_lock_up(board, "no vector table to start from");
        return;
    }
    engine_set(e, ENGINE_SP, stack & ~3u);
    jump(board, start);
}

// -- stacking -------------------------------------------------------------------------------------------------------

static bool fp_active(const vb_board *board)
{
    bool automatic = (board->scb.fpccr & FPCCR_ASPEN) != 0;
    return automatic && (engine_get(board->engine, ENGINE_CONTROL) & CONTROL_FPCA) != 0;
}

static void fill_frame(vb_board *board, uint32_t *frame, bool aligned, bool fp)
{
    static const uint8_t registers[] = {0, 1, 2, 3, 12, ENGINE_LR, ENGINE_PC, ENGINE_XPSR};
    engine *e = board->engine;
    for (unsigned i = 0; i < BASIC_WORDS; i++) {
        frame[i] = engine_get(e, registers[i]);
    }
    frame[7] = (frame[7] & ~XPSR_ALIGNED) | (aligned ? XPSR_ALIGNED : 0);
    for (unsigned i = 0; fp && i < 16; i++) {
        frame[BASIC_WORDS + i] = engine_get(e, ENGINE_S0 + i);
    }
    if (fp) {
        frame[24] = engine_get(e, ENGINE_FPSCR);
        frame[25] = 0;
    }
}

// Pushes a frame. Returns EXC_RETURN; *stacked is false when the memory refused.
static uint32_t push_frame(vb_board *board, bool *stacked)
{
    engine *e = board->engine;
    bool fp = fp_active(board), handler = (engine_get(e, ENGINE_XPSR) & XPSR_IPSR) != 0;
    bool psp = !handler && (engine_get(e, ENGINE_CONTROL) & CONTROL_SPSEL) != 0;
    uint32_t size = 4 * (fp ? FP_WORDS : BASIC_WORDS), sp = engine_get(e, ENGINE_SP);
    bool aligned = (sp & 4u) != 0 && (fp || (board->scb.ccr & CCR_STKALIGN) != 0);
    uint32_t words[FP_WORDS];
    fill_frame(board, words, aligned, fp);
    sp = (aligned ? sp - 4 : sp) - size;
    engine_set(e, ENGINE_SP, sp);
    if (fp && (board->scb.fpccr & FPCCR_LSPEN) != 0) {
        board->scb.fpcar = sp + 4 * BASIC_WORDS;
    }
    uint8_t *memory = core_memory_at(board, sp, size, true);
    *stacked = memory != NULL;
    if (memory != NULL) {
        memcpy(memory, words, size);
        engine_changed(e, memory, size);
    }
    return 0xFFFFFFE1u | (fp ? 0 : EXC_RETURN_BASIC) | (handler ? 0 : EXC_RETURN_TO_THREAD) |
           (psp ? EXC_RETURN_PSP : 0);
}

static void take_vector(vb_board *board, unsigned exception, uint32_t exc_return)
{
    engine *e = board->engine;
    uint32_t control = engine_get(e, ENGINE_CONTROL) & CONTROL_NPRIV, target;
    engine_set_mode(e, exception, control);
    engine_set(e, ENGINE_LR, exc_return);
    exception_put(&board->nvic.active, exception, true);
    exception_put(&board->nvic.pending, exception, false);
    board->event_register = true;
    engine_clear_exclusive(e);
    if (vector(board, exception, &target)) {
        jump(board, target);
        return;
    }
    unsigned next = core_fault_exception(board, FAULT_VECTOR, 0);
    if (next != 0) {
        take_vector(board, next, exc_return);
    }
}

// Which of the two goes first; the other one stays pending.
static unsigned first_of(vb_board *board, unsigned exception, unsigned derived)
{
    bool derived_first = core_priority_of(board, derived) <= core_priority_of(board, exception);
    core_pend(board, derived_first ? exception : derived);
    return derived_first ? derived : exception;
}

void core_enter(vb_board *board, unsigned exception)
{
    bool stacked;
    uint32_t exc_return = push_frame(board, &stacked);
    engine_add_cycles(board->engine, CYCLES_ENTRY);
    board->sleeping = false;
    if (!stacked) {
        unsigned derived = core_fault_exception(board, FAULT_STACKING, 0);
        if (derived == 0) {
            return;
        }
        exception = first_of(board, exception, derived);
    }
    take_vector(board, exception, exc_return);
}

bool core_take_exception(vb_board *board)
{
    unsigned exception = core_best_pending(board);
    if (exception == 0) {
        engine_watch_masks(board->engine, false);
        return false;
    }
    int priority = core_priority_of(board, exception);
    if (priority >= core_execution_priority(board, MASK_ALL)) {
        // Only the core itself can let it in now: by unmasking, or by returning from a handler.
        engine_watch_masks(board->engine, priority < core_execution_priority(board, 0));
        return false;
    }
    if (core_flash_blocks(board, board->scb.vtor + 4 * exception)) {
        board->blocked = true; // the vector cannot be read yet
        return false;
    }
    core_enter(board, exception);
    return true;
}

// -- return -------------------------------------------------------------------------------------------------------

static unsigned active_count(const vb_board *board)
{
    unsigned count = 0;
    for (unsigned word = 0; word < CORE_WORDS; word++) {
        count += (unsigned)__builtin_popcount(board->nvic.active.words[word]);
    }
    return count;
}

static bool valid_return(const vb_board *board, uint32_t exc_return, unsigned returning)
{
    bool known = (exc_return & 0xFFFFFFE3u) == 0xFFFFFFE1u;
    bool thread = (exc_return & EXC_RETURN_TO_THREAD) != 0;
    if (!known || (!thread && (exc_return & EXC_RETURN_PSP) != 0) || !exception_has(&board->nvic.active, returning)) {
        return false;
    }
    bool last = active_count(board) == 1;
    return thread ? last || (board->scb.ccr & CCR_NONBASETHRD) != 0 : !last;
}

static void deactivate(vb_board *board, unsigned exception)
{
    exception_put(&board->nvic.active, exception, false);
    if (exception != EXC_NMI) {
        engine_set(board->engine, ENGINE_FAULTMASK, 0);
    }
    if (exception_has(&board->nvic.level, exception)) { // the device still wants something
        core_pend(board, exception);
    }
}

// A fault on the way back is entered without stacking anew.
static void fault_on_return(vb_board *board, core_fault fault, uint32_t exc_return)
{
    unsigned exception = core_fault_exception(board, fault, 0);
    if (exception != 0) {
        take_vector(board, exception, exc_return);
    }
}

static void restore_registers(vb_board *board, const uint32_t *frame, bool fp)
{
    static const uint8_t registers[] = {0, 1, 2, 3, 12, ENGINE_LR};
    engine *e = board->engine;
    for (unsigned i = 0; i < sizeof registers; i++) {
        engine_set(e, registers[i], frame[i]);
    }
    for (unsigned i = 0; fp && i < 16; i++) {
        engine_set(e, ENGINE_S0 + i, frame[BASIC_WORDS + i]);
    }
    if (fp) {
        engine_set(e, ENGINE_FPSCR, frame[24]);
    }
    engine_set(e, ENGINE_XPSR, frame[7] & ~XPSR_ALIGNED);
    engine_set(e, ENGINE_PC, frame[6]);
}

static void pop_frame(vb_board *board, uint32_t exc_return)
{
    engine *e = board->engine;
    bool fp = (exc_return & EXC_RETURN_BASIC) == 0, thread = (exc_return & EXC_RETURN_TO_THREAD) != 0;
    bool psp = (exc_return & EXC_RETURN_PSP) != 0;
    uint32_t size = 4 * (fp ? FP_WORDS : BASIC_WORDS), sp = engine_get(e, psp ? ENGINE_PSP : ENGINE_MSP);
    const uint8_t *memory = core_memory_at(board, sp, size, false);
    if (memory == NULL) {
        fault_on_return(board, FAULT_UNSTACKING, exc_return);
        return;
    }
    uint32_t frame[FP_WORDS];
    memcpy(frame, memory, size);
    if (((frame[7] & XPSR_IPSR) == 0) != thread) {
        fault_on_return(board, FAULT_INVPC, exc_return);
        return;
    }
    bool aligned = (frame[7] & XPSR_ALIGNED) != 0 && (fp || (board->scb.ccr & CCR_STKALIGN) != 0);
    engine_set(e, psp ? ENGINE_PSP : ENGINE_MSP, (sp + size) | (aligned ? 4u : 0));
    uint32_t control = (engine_get(e, ENGINE_CONTROL) & CONTROL_NPRIV) | (fp ? CONTROL_FPCA : 0) |
                       (psp ? CONTROL_SPSEL : 0);
    engine_set_mode(e, frame[7] & XPSR_IPSR, control);
    restore_registers(board, frame, fp);
    engine_add_cycles(e, CYCLES_RETURN);
}

void core_exception_return(vb_board *board, uint32_t exc_return)
{
    unsigned returning = engine_get(board->engine, ENGINE_XPSR) & XPSR_IPSR;
    bool valid = valid_return(board, exc_return, returning);
    deactivate(board, returning);
    engine_clear_exclusive(board->engine);
    if (!valid) {
        fault_on_return(board, FAULT_INVPC, exc_return);
        return;
    }
    unsigned next = core_best_pending(board);
    if (next != 0 && core_priority_of(board, next) < core_execution_priority(board, MASK_ALL)) {
        engine_add_cycles(board->engine, CYCLES_TAIL_CHAIN);
        take_vector(board, next, exc_return);
        return;
    }
    pop_frame(board, exc_return);
    bool thread = (engine_get(board->engine, ENGINE_XPSR) & XPSR_IPSR) == 0;
    if (thread && (board->scb.scr & SCR_SLEEPONEXIT) != 0) {
        board->sleeping = true;
    }
}
