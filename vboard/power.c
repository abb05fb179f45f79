// SPDX-License-Identifier: MIT
// Supply and resets: who is reset by what, and in which order.
#include "core.h"

static void reset_devices(vb_board *board, vb_reset kind)
{
    for (size_t i = 0; i < board->devices_count; i++) {
        vb_device *device = &board->devices[i].device;
        if (device->model->reset != NULL) {
            device->model->reset(device, kind);
        }
    }
}

// The core as it leaves reset. VTOR is 0: what is there is the boot alias.
static void reset_core(vb_board *board)
{
    board->sleeping = board->sleeps_for_event = board->lockup = board->blocked = board->event_register = false;
    board->stall_until = 0;
    board->reset_wanted = false;
    core_nvic_reset(board);
    core_scb_reset(board);
    core_systick_reset(board);
    engine_watch_masks(board->engine, false);
    if (board->alias_wanted) {
        core_map_alias(board);
    }
    core_reset_registers(board);
    core_update_deadline(board);
}

void core_system_reset(vb_board *board)
{
    reset_devices(board, VB_RESET_SYSTEM);
    reset_core(board);
}

void vb_power_on(vb_board *board)
{
    if (board->powered) {
        return;
    }
    board->powered = true;
    board->reset_cause = VB_CAUSE_POWER;
    core_scramble_ram(board);
    if (board->backup_lost) {
        board->backup_lost = false;
        reset_devices(board, VB_RESET_BACKUP);
    }
    reset_devices(board, VB_RESET_POWER);
    reset_core(board);
}

void vb_power_off(vb_board *board, bool vbat)
{
    if (!board->powered) {
        board->backup_lost |= !vbat;
        return;
    }
    board->reset_cause = VB_CAUSE_POWER;
    board->cut.at = CORE_NEVER;
    reset_devices(board, VB_RESET_POWER);
    if (!vbat) {
        reset_devices(board, VB_RESET_BACKUP);
    }
    board->powered = false;
    core_cancel_all(board);
    for (unsigned clock = 0; clock < VB_CLOCKS; clock++) {
        core_set_hz(board, (vb_clock)clock, 0);
    }
    engine_interrupt(board->engine);
}

void vb_reset_request(vb_board *board, vb_reset_cause cause)
{
    if (!board->powered) {
        return;
    }
    board->reset_cause = cause;
    if (!board->running) {
        core_system_reset(board);
        return;
    }
    board->reset_wanted = true;
    engine_interrupt(board->engine);
}

void vb_reset_pin(vb_board *board)
{
    vb_reset_request(board, VB_CAUSE_PIN);
}

vb_reset_cause vb_last_reset(const vb_board *board)
{
    return board->reset_cause;
}

void vb_backup_reset(vb_board *board)
{
    reset_devices(board, VB_RESET_BACKUP);
}

bool vb_backup_writable(const vb_board *board)
{
    return board->backup_writable;
}

void vb_set_backup_writable(vb_board *board, bool writable)
{
    board->backup_writable = writable;
}
