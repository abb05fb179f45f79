// SPDX-License-Identifier: MIT
// Counts operations on what the chip keeps, and lets the supply fall, a reset come, or the controller fail, in the one that
// was planned.
#include "core.h"

#include <sys/wait.h>
#include <unistd.h>

#define MILLION 1000000u
#define HANGING (1000000u * VB_S) // longer than anybody waits

uint64_t vb_flash_operations(const vb_board *board)
{
    return board->operation.number;
}

void vb_on_flash_operation(vb_board *board, vb_flash_operation_fn fn, void *context)
{
    board->operation_fn = fn;
    board->operation_context = context;
}

uint64_t vb_cuts(const vb_board *board)
{
    return board->cut.count;
}

// Any moment inside lies before the end, where the operation counts as done.
static vb_time moment_in(const vb_flash_operation *operation, uint32_t done)
{
    vb_time duration = operation->end - operation->start;
    if (done >= VB_CUT_AFTER || duration == 0) {
        return operation->end;
    }
    return operation->start + (vb_time)((unsigned __int128)duration * done / MILLION);
}

static void plan(vb_board *board, vb_time at)
{
    board->cut.number = 0;
    board->cut.at = at;
    core_update_deadline(board);
    if (board->running && at <= vb_now(board)) {
        engine_interrupt(board->engine);
    }
}

vb_status vb_cut_at_operation(vb_board *board, uint64_t number, uint32_t done)
{
    const vb_flash_operation *last = &board->operation;
    if (number == 0 || number < last->number || (number == last->number && vb_now(board) >= last->end)) {
        return core_fail(board, VB_E_ADDRESS, "flash operation %llu is over already", (unsigned long long)number);
    }
    plan(board, number == last->number ? moment_in(last, done) : CORE_NEVER);
    if (number > last->number) {
        board->cut.number = number;
        board->cut.done = done;
    }
    return VB_OK;
}

void vb_cut_at(vb_board *board, vb_time moment)
{
    plan(board, moment);
}

void vb_cut_by(vb_board *board, vb_cut_kind kind)
{
    board->cut.kind = kind;
}

void vb_cut_never(vb_board *board)
{
    plan(board, CORE_NEVER);
}

void vb_flash_begins(vb_device *device, vb_flash_kind kind, uint32_t address, uint32_t size, vb_time end)
{
    vb_board *board = device->board;
    board->operation = (vb_flash_operation){.number = board->operation.number + 1, .kind = kind, .address = address,
                                            .size = size, .start = vb_now(board), .end = end};
    if (board->operation.number == board->cut.number) {
        plan(board, moment_in(&board->operation, board->cut.done));
    }
    if (board->operation_fn != NULL) {
        board->operation_fn(board->operation_context, &board->operation);
    }
}

vb_status vb_fail_at_operation(vb_board *board, uint64_t number, uint32_t flags)
{
    if (number != 0 && number <= board->operation.number) {
        return core_fail(board, VB_E_ADDRESS, "flash operation %llu has begun already", (unsigned long long)number);
    }
    board->failure.number = number;
    board->failure.flags = flags;
    return VB_OK;
}

uint64_t vb_flash_failures(const vb_board *board)
{
    return board->failure.count;
}

bool vb_flash_fails(vb_device *device, uint32_t *flags, vb_time *end)
{
    vb_board *board = device->board;
    if (board->failure.number != board->operation.number) {
        return false;
    }
    board->failure.number = 0;
    board->failure.count++;
    *flags = board->failure.flags;
    *end += *flags == VB_FLASH_HANGS ? HANGING : 0;
    return true;
}

static void strike(vb_board *board)
{
    if (board->cut.kind == VB_CUT_SUPPLY) {
        vb_power_off(board, true);
        return;
    }
    board->reset_cause = board->cut.kind == VB_CUT_PIN ? VB_CAUSE_PIN : VB_CAUSE_IWDG;
    core_system_reset(board);
}

void core_cut_now(vb_board *board)
{
    vb_time at = board->cut.at;
    board->cut.at = CORE_NEVER;
    board->cut.count++;
    core_at_moment(board, at, strike);
}

int vb_try(int (*fn)(void *context), void *context)
{
    pid_t child = fork();
    if (child == 0) {
        _exit(fn(context) & 0xFF);
    }
    int status = 0;
    bool ended = child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status);
    return ended ? WEXITSTATUS(status) : -1;
}
