// SPDX-License-Identifier: MIT
// Faults: which status bits they set, which exception they become, and when the core gives up.
// Armv7-M Architecture Reference Manual (DDI 0403), B1.5.14, B1.5.15 and B3.2.15 to B3.2.17.
#include "core.h"

#include <stdio.h>

#define HFSR_VECTTBL  (1u << 1)
#define HFSR_FORCED   (1u << 30)
#define HFSR_DEBUGEVT (1u << 31)
#define CFSR_BFARVALID (1u << 15)
#define CCR_BFHFNMIGN (1u << 8)
#define DEMCR_MON_EN  (1u << 16)
#define DFSR_BKPT     (1u << 1)

typedef struct fault_kind {
    uint8_t exception;
    uint32_t cfsr;
    const char *words;
} fault_kind;

static const fault_kind kinds[] = {
    [FAULT_UNDEFINED] = {EXC_USAGE_FAULT, 1u << 16, "undefined instruction"},
    [FAULT_INVSTATE] = {EXC_USAGE_FAULT, 1u << 17, "jump to an address without the Thumb bit"},
    [FAULT_INVPC] = {EXC_USAGE_FAULT, 1u << 18, "illegal exception return"},
    [FAULT_NO_FPU] = {EXC_USAGE_FAULT, 1u << 19, "FP instruction while the FPU is off (CPACR)"},
    [FAULT_UNALIGNED] = {EXC_USAGE_FAULT, 1u << 24, "unaligned access"},
    [FAULT_DIVIDE] = {EXC_USAGE_FAULT, 1u << 25, "division by zero"},
    [FAULT_FETCH_BUS] = {EXC_BUS_FAULT, 1u << 8, "instruction fetch from nothing"},
    [FAULT_FETCH_NX] = {EXC_MEM_MANAGE, 1u << 0, "instruction fetch from memory that must not be executed"},
    [FAULT_DATA] = {EXC_BUS_FAULT, (1u << 9) | CFSR_BFARVALID, "bus error on a load or store"},
    [FAULT_LATE] = {EXC_BUS_FAULT, 1u << 10, "bus error on an earlier store"},
    [FAULT_STACKING] = {EXC_BUS_FAULT, 1u << 12, "no memory for an exception's stack frame"},
    [FAULT_UNSTACKING] = {EXC_BUS_FAULT, 1u << 11, "no memory where an exception's stack frame should be"},
    [FAULT_VECTOR] = {EXC_HARD_FAULT, 0, "no memory where the exception vector should be"},
    [FAULT_BREAKPOINT] = {EXC_DEBUG, 0, "BKPT without a debugger"},
    [FAULT_SVC] = {EXC_SVC, 0, "SVC where it cannot be taken"},
};

static const char *const names[] = {
    [EXC_HARD_FAULT] = "HardFault", [EXC_MEM_MANAGE] = "MemManage", [EXC_BUS_FAULT] = "BusFault",
    [EXC_USAGE_FAULT] = "UsageFault", [EXC_SVC] = "SVCall", [EXC_DEBUG] = "DebugMonitor",
};

void core_lock_up(vb_board *board, const char *words)
{
    board->lockup = true;
    vb_say(board, VB_REPORT_FAULT, "lockup: %s at 0x%08X (CFSR 0x%08X, HFSR 0x%08X)", words,
           (unsigned)engine_pc(board->engine), (unsigned)board->scb.cfsr, (unsigned)board->scb.hfsr);
}

bool core_ignores_bus_faults(const vb_board *board)
{
    return (board->scb.ccr & CCR_BFHFNMIGN) != 0 && core_execution_priority(board, MASK_ALL) <= -1;
}

static bool can_be_taken(const vb_board *board, unsigned exception)
{
    if (exception == EXC_DEBUG && (board->scb.demcr & DEMCR_MON_EN) == 0) {
        return false;
    }
    return core_exception_enabled(board, exception) &&
           core_priority_of(board, exception) < core_execution_priority(board, MASK_ALL);
}

static void book(vb_board *board, core_fault fault, uint32_t address)
{
    board->scb.cfsr |= kinds[fault].cfsr;
    if (fault == FAULT_DATA) {
        board->scb.bfar = address;
    } else if (fault == FAULT_VECTOR) {
        board->scb.hfsr |= HFSR_VECTTBL;
    } else if (fault == FAULT_BREAKPOINT) {
        board->scb.dfsr |= DFSR_BKPT;
    }
}

static unsigned escalate(vb_board *board, core_fault fault)
{
    unsigned exception = kinds[fault].exception;
    if (can_be_taken(board, exception)) {
        return exception;
    }
    if (exception != EXC_HARD_FAULT) {
        board->scb.hfsr |= fault == FAULT_BREAKPOINT ? HFSR_DEBUGEVT : HFSR_FORCED;
    }
    return core_execution_priority(board, MASK_ALL) > -1 ? EXC_HARD_FAULT : 0;
}

static void tell(vb_board *board, core_fault fault, uint32_t address, unsigned exception)
{
    const fault_kind *kind = &kinds[fault];
    char where[32] = "";
    if (fault == FAULT_DATA || (fault == FAULT_UNALIGNED && address != 0)) {
        snprintf(where, sizeof where, " of 0x%08X", (unsigned)address);
    }
    vb_say(board, VB_REPORT_FAULT, "%s: %s%s, PC 0x%08X, CFSR 0x%08X%s", names[kind->exception], kind->words, where,
           (unsigned)engine_pc(board->engine), (unsigned)board->scb.cfsr,
           exception == EXC_HARD_FAULT && kind->exception != EXC_HARD_FAULT ? ", becomes a HardFault" : "");
}

unsigned core_fault_exception(vb_board *board, core_fault fault, uint32_t address)
{
    book(board, fault, address);
    unsigned exception = escalate(board, fault);
    if (fault != FAULT_SVC || exception != EXC_SVC) {
        tell(board, fault, address, exception);
    }
    if (exception == 0) {
        core_lock_up(board, kinds[fault].words);
    }
    return exception;
}

void core_fault_taken(vb_board *board, core_fault fault, uint32_t address)
{
    unsigned exception = core_fault_exception(board, fault, address);
    if (exception != 0) {
        core_enter(board, exception);
    }
}
