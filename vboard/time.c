// SPDX-License-Identifier: MIT
// Virtual time: the core's cycles are its unit, picoseconds its outside, and a heap of moments its future.
//
// The present is computed from the cycles since the last change of HCLK, so no rounding adds up. While an event is
// handled the present is the moment the event was scheduled for, even when the core has got a few cycles further.
#include "core.h"

#include <string.h>

#define PICOSECONDS VB_S

vb_time core_time_at(const vb_board *board, uint64_t cycles)
{
    uint32_t hz = board->hz[VB_CLOCK_HCLK];
    if (hz == 0 || cycles <= board->base_cycles) {
        return board->base_time;
    }
    unsigned __int128 passed = (unsigned __int128)(cycles - board->base_cycles) * PICOSECONDS;
    return board->base_time + (vb_time)(passed / hz);
}

uint64_t core_cycles_at(const vb_board *board, vb_time moment)
{
    uint32_t hz = board->hz[VB_CLOCK_HCLK];
    if (moment <= board->base_time) {
        return board->base_cycles;
    }
    if (hz == 0 || moment == CORE_NEVER) {
        return UINT64_MAX;
    }
    unsigned __int128 product = (unsigned __int128)(moment - board->base_time) * hz + PICOSECONDS - 1;
    return board->base_cycles + (uint64_t)(product / PICOSECONDS);
}

vb_time vb_now(const vb_board *board)
{
    return board->in_event ? board->event_time : core_time_at(board, engine_cycles(board->engine));
}

void core_stand_until(vb_board *board, vb_time moment)
{
    uint64_t present = engine_cycles(board->engine);
    if (board->hz[VB_CLOCK_HCLK] == 0) {
        board->base_time = moment > board->base_time ? moment : board->base_time;
        return;
    }
    uint64_t then = core_cycles_at(board, moment);
    if (then > present) {
        engine_add_cycles(board->engine, then - present);
    }
}

// -- the heap -----------------------------------------------------------------------------------------------------
// The last slot of all is SysTick's: its device index is devices_count.

static uint32_t systick_slot(const vb_board *board)
{
    return (uint32_t)board->devices_count * CORE_EVENTS;
}

static uint32_t *place_of(vb_board *board, uint32_t slot)
{
    return &board->devices[slot / CORE_EVENTS].event_place[slot % CORE_EVENTS];
}

static bool sooner(const core_event *a, const core_event *b)
{
    return a->at != b->at ? a->at < b->at : a->slot < b->slot;
}

static void put(vb_board *board, size_t position, core_event event)
{
    board->heap[position] = event;
    *place_of(board, event.slot) = (uint32_t)position + 1;
}

static void sift_up(vb_board *board, size_t position, core_event event)
{
    while (position > 0 && sooner(&event, &board->heap[(position - 1) / 2])) {
        put(board, position, board->heap[(position - 1) / 2]);
        position = (position - 1) / 2;
    }
    put(board, position, event);
}

static void sift_down(vb_board *board, size_t position, core_event event)
{
    for (;;) {
        size_t child = 2 * position + 1;
        if (child + 1 < board->heap_count && sooner(&board->heap[child + 1], &board->heap[child])) {
            child++;
        }
        if (child >= board->heap_count || !sooner(&board->heap[child], &event)) {
            break;
        }
        put(board, position, board->heap[child]);
        position = child;
    }
    put(board, position, event);
}

static void take_out(vb_board *board, uint32_t slot)
{
    uint32_t *place = place_of(board, slot);
    if (*place == 0) {
        return;
    }
    size_t position = *place - 1;
    *place = 0;
    core_event last = board->heap[--board->heap_count];
    if (position == board->heap_count) {
        return;
    }
    if (position > 0 && sooner(&last, &board->heap[(position - 1) / 2])) {
        sift_up(board, position, last);
    } else {
        sift_down(board, position, last);
    }
}

static void put_in(vb_board *board, uint32_t slot, vb_time at)
{
    take_out(board, slot);
    vb_time now = vb_now(board);
    sift_up(board, board->heap_count++, (core_event){.at = at > now ? at : now, .slot = slot});
    core_update_deadline(board);
}

vb_time core_next_event(const vb_board *board)
{
    return board->heap_count == 0 ? CORE_NEVER : board->heap[0].at;
}

void core_cancel_all(vb_board *board)
{
    while (board->heap_count > 0) {
        take_out(board, board->heap[0].slot);
    }
}

void core_update_deadline(vb_board *board)
{
    vb_time until = core_next_event(board);
    until = board->run_until < until ? board->run_until : until;
    until = board->cut.at < until ? board->cut.at : until;
    engine_set_deadline(board->engine, core_cycles_at(board, until));
}

static void fire_first(vb_board *board)
{
    core_event event = board->heap[0];
    take_out(board, event.slot);
    bool nested = board->in_event;
    vb_time outer = board->event_time;
    board->in_event = true;
    board->event_time = event.at;
    if (event.slot == systick_slot(board)) {
        core_systick_wrapped(board);
    } else {
        vb_device *device = &board->devices[event.slot / CORE_EVENTS].device;
        if (device->model->event != NULL) {
            device->model->event(device, event.slot % CORE_EVENTS);
        }
    }
    board->in_event = nested;
    board->event_time = outer;
}

void core_fire_events(vb_board *board, vb_time until)
{
    until = board->cut.at < until ? board->cut.at : until;
    while (board->heap_count > 0 && board->heap[0].at <= until) {
        fire_first(board);
    }
    core_update_deadline(board);
}

void core_at_moment(vb_board *board, vb_time moment, void (*fn)(vb_board *board))
{
    bool nested = board->in_event;
    vb_time outer = board->event_time;
    board->in_event = true;
    board->event_time = moment;
    fn(board);
    board->in_event = nested;
    board->event_time = outer;
}

void core_schedule_systick(vb_board *board, vb_time at)
{
    if (at == CORE_NEVER) {
        take_out(board, systick_slot(board));
    } else {
        put_in(board, systick_slot(board), at);
    }
}

void vb_schedule(vb_device *device, unsigned id, vb_time at)
{
    put_in(device->board, device->index * CORE_EVENTS + id, at);
}

void vb_cancel(vb_device *device, unsigned id)
{
    take_out(device->board, device->index * CORE_EVENTS + id);
}

bool vb_scheduled(const vb_device *device, unsigned id, vb_time *at)
{
    uint32_t place = core_of(device)->event_place[id];
    if (place != 0 && at != NULL) {
        *at = device->board->heap[place - 1].at;
    }
    return place != 0;
}
