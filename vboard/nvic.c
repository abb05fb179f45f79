// SPDX-License-Identifier: MIT
// Nested vectored interrupt controller: which exception is pending, enabled, active, and which one goes first.
// Follows the Armv7-M Architecture Reference Manual (DDI 0403), B1.5.4 and B3.4.
#include "core.h"

bool exception_has(const exception_set *set, unsigned number)
{
    return (set->words[number / 32] & (1u << (number % 32))) != 0;
}

void exception_put(exception_set *set, unsigned number, bool on)
{
    uint32_t bit = 1u << (number % 32);
    set->words[number / 32] = on ? set->words[number / 32] | bit : set->words[number / 32] & ~bit;
}

static unsigned interrupts(const vb_board *board)
{
    return board->description.chip.vectors - EXC_IRQ0;
}

void core_nvic_reset(vb_board *board)
{
    exception_set level = board->nvic.level; // lines are what devices make of them
    bool nmi = board->nvic.nmi_line;
    board->nvic = (core_nvic){.priority_mask = ENGINE_PRIORITY_MASK, .level = level, .nmi_line = nmi};
    static const uint8_t always[] = {EXC_RESET, EXC_NMI, EXC_HARD_FAULT, EXC_SVC, EXC_DEBUG, EXC_PENDSV, EXC_SYSTICK};
    for (size_t i = 0; i < sizeof always; i++) {
        exception_put(&board->nvic.enabled, always[i], true);
    }
    board->nvic.pending = level;
}

// -- priorities -----------------------------------------------------------------------------------------------------

static int group_of(const vb_board *board, unsigned priority)
{
    return (int)(priority & ~((2u << board->nvic.prigroup) - 1u) & 0xFFu);
}

static int full_priority(const vb_board *board, unsigned exception)
{
    switch (exception) {
    case EXC_RESET: return -3;
    case EXC_NMI: return -2;
    case EXC_HARD_FAULT: return -1;
    default: return board->nvic.priority[exception];
    }
}

int core_priority_of(const vb_board *board, unsigned exception)
{
    int priority = full_priority(board, exception);
    return priority < 0 ? priority : group_of(board, (unsigned)priority);
}

static int lower(int a, int b)
{
    return a < b ? a : b;
}

int core_execution_priority(const vb_board *board, unsigned masks)
{
    int priority = 256;
    for (unsigned word = 0; word < CORE_WORDS; word++) {
        for (uint32_t bits = board->nvic.active.words[word]; bits != 0; bits &= bits - 1) {
            priority = lower(priority, core_priority_of(board, 32 * word + (unsigned)__builtin_ctz(bits)));
        }
    }
    uint32_t basepri = (masks & MASK_BASEPRI) != 0 ? engine_get(board->engine, ENGINE_BASEPRI) : 0;
    if (basepri != 0) {
        priority = lower(priority, group_of(board, basepri));
    }
    if ((masks & MASK_PRIMASK) != 0 && (engine_get(board->engine, ENGINE_PRIMASK) & 1u) != 0) {
        priority = lower(priority, 0);
    }
    if ((masks & MASK_FAULTMASK) != 0 && (engine_get(board->engine, ENGINE_FAULTMASK) & 1u) != 0) {
        priority = lower(priority, -1);
    }
    return priority;
}

unsigned core_best_pending(const vb_board *board)
{
    unsigned best = 0;
    for (unsigned word = 0; word < CORE_WORDS; word++) {
        uint32_t bits = board->nvic.pending.words[word] & board->nvic.enabled.words[word];
        for (; bits != 0; bits &= bits - 1) {
            unsigned exception = 32 * word + (unsigned)__builtin_ctz(bits);
            if (best == 0 || full_priority(board, exception) < full_priority(board, best)) {
                best = exception;
            }
        }
    }
    return best;
}

bool core_exception_enabled(const vb_board *board, unsigned exception)
{
    return exception_has(&board->nvic.enabled, exception);
}

// -- pending ------------------------------------------------------------------------------------------------------

void core_look_at_interrupts(vb_board *board)
{
    engine_interrupt(board->engine);
}

void core_pend(vb_board *board, unsigned exception)
{
    if (exception_has(&board->nvic.pending, exception)) {
        return;
    }
    exception_put(&board->nvic.pending, exception, true);
    if ((board->scb.scr & (1u << 4)) != 0) { // SEVONPEND
        board->event_register = true;
    }
    core_look_at_interrupts(board);
}

void core_unpend(vb_board *board, unsigned exception)
{
    bool held = exception_has(&board->nvic.level, exception) && !exception_has(&board->nvic.active, exception);
    exception_put(&board->nvic.pending, exception, held);
}

void vb_irq(vb_device *device, unsigned nth, bool level)
{
    if (nth >= device->info->irqs_count) {
        return;
    }
    vb_board *board = device->board;
    unsigned exception = EXC_IRQ0 + device->info->irqs[nth];
    bool before = exception_has(&board->nvic.level, exception);
    exception_put(&board->nvic.level, exception, level);
    if (level && !before) {
        core_pend(board, exception);
    }
}

void vb_nmi(vb_device *device, bool level)
{
    vb_board *board = device->board;
    if (level && !board->nvic.nmi_line) {
        core_pend(board, EXC_NMI);
    }
    board->nvic.nmi_line = level;
}

// -- registers, offsets from 0xE000E000 -------------------------------------------------------------------------------

static uint32_t *bank(vb_board *board, uint32_t offset, exception_set **set)
{
    switch (offset & ~0x7Fu) {
    case 0x100:
    case 0x180: *set = &board->nvic.enabled; break;
    case 0x200:
    case 0x280: *set = &board->nvic.pending; break;
    default: *set = &board->nvic.active; break;
    }
    return (*set)->words;
}

// 32 interrupts from number on, out of a set that starts with the 16 system exceptions.
static uint32_t interrupt_bits(const uint32_t *words, unsigned number)
{
    unsigned word = number / 32;
    uint32_t high = word + 1 < CORE_WORDS ? words[word + 1] << 16 : 0;
    return (words[word] >> 16) | high;
}

uint32_t core_nvic_read(vb_board *board, uint32_t offset)
{
    if (offset >= 0x400) {
        uint32_t value = 0;
        for (unsigned i = 0; i < 4; i++) {
            value |= (uint32_t)board->nvic.priority[(EXC_IRQ0 + offset - 0x400 + i) % CORE_EXCEPTIONS] << (8 * i);
        }
        return value;
    }
    exception_set *set;
    return interrupt_bits(bank(board, offset, &set), 8 * (offset & 0x1Cu));
}

static void write_priorities(vb_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    for (unsigned i = 0; i < width; i++) {
        unsigned interrupt = offset - 0x400 + i;
        if (interrupt < interrupts(board)) {
            board->nvic.priority[EXC_IRQ0 + interrupt] = (uint8_t)(value >> (8 * i)) & board->nvic.priority_mask;
        }
    }
    core_look_at_interrupts(board);
}

static void change(vb_board *board, uint32_t offset, unsigned exception)
{
    switch (offset & ~0x7Fu) {
    case 0x100: exception_put(&board->nvic.enabled, exception, true); break;
    case 0x180: exception_put(&board->nvic.enabled, exception, false); break;
    case 0x200: core_pend(board, exception); break;
    case 0x280: core_unpend(board, exception); break;
    default: break; // IABR is read-only
    }
}

void core_nvic_write(vb_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    if (offset >= 0x400) {
        write_priorities(board, offset, width, value);
        return;
    }
    unsigned first = 8 * (offset & 0x1Cu);
    for (; value != 0; value &= value - 1) {
        unsigned interrupt = first + (unsigned)__builtin_ctz(value);
        if (interrupt < interrupts(board)) {
            change(board, offset, EXC_IRQ0 + interrupt);
        }
    }
    core_look_at_interrupts(board);
}
