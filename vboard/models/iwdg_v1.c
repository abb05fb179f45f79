// SPDX-License-Identifier: MIT
// Independent watchdog without a window: counts LSI periods down, cannot be stopped, resets the
// chip at 0. Manual: RM0090 Rev 21, chapter 21.
#include "registers.h"

enum { KR = 0x00, PR = 0x04, RLR = 0x08, SR = 0x0C };
enum { KEY_START = 0xCCCC, KEY_RELOAD = 0xAAAA, KEY_ACCESS = 0x5555 };
enum { PVU = 1u << 0, RVU = 1u << 1 };
enum { EVENT_BITE, EVENT_PR, EVENT_RLR };
enum {
    UPDATE_CYCLES = 5
}; // of LSI until a new PR or RLR has crossed into its domain (RM0090 21.4.4)

typedef struct iwdg {
    bool running, access;
    uint32_t pr, rlr;             // in force
    uint32_t new_pr, new_rlr, sr; // on their way
    uint32_t count;               // at the moment `since`
    vb_time since;
} iwdg;

static uint32_t lsi_hz(const vb_device *device)
{
    return vb_description(device->board)->chip.clocks.lsi_hz;
}

static uint32_t divider(const iwdg *state)
{
    return 4u << (state->pr < 6 ? state->pr : 6);
}

static vb_time ticks_to_time(const vb_device *device, uint64_t ticks)
{
    return ticks * VB_S / lsi_hz(device);
}

// Brings count to the present.
static void settle(vb_device *device)
{
    iwdg *state = device->state;
    if (!state->running) {
        return;
    }
    vb_time tick = ticks_to_time(device, divider(state));
    vb_time passed = vb_since(device, state->since) / tick;
    state->count = passed < state->count ? state->count - (uint32_t)passed : 0;
    state->since += passed * tick;
}

static void schedule_bite(vb_device *device)
{
    iwdg *state = device->state;
    if (state->running) {
        vb_schedule(device, EVENT_BITE,
                    state->since +
                        ticks_to_time(device, (uint64_t)(state->count + 1) * divider(state)));
    }
}

static void reload(vb_device *device)
{
    iwdg *state = device->state;
    state->count = state->rlr;
    state->since = vb_now(device->board);
    schedule_bite(device);
}

// The new value crosses when LSI runs; the watchdog itself switches LSI on.
static void schedule_updates(vb_device *device)
{
    iwdg *state = device->state;
    if (!state->running && vb_clock_hz(device->board, VB_CLOCK_LSI) == 0) {
        return;
    }
    vb_time at = vb_now(device->board) + ticks_to_time(device, UPDATE_CYCLES);
    vb_time planned;
    if ((state->sr & PVU) && !vb_scheduled(device, EVENT_PR, &planned)) {
        vb_schedule(device, EVENT_PR, at);
    }
    if ((state->sr & RVU) && !vb_scheduled(device, EVENT_RLR, &planned)) {
        vb_schedule(device, EVENT_RLR, at);
    }
}

static void start(vb_device *device)
{
    iwdg *state = device->state;
    if (state->running) {
        return;
    }
    state->running = true;
    reload(device);
    schedule_updates(device);
}

static void reset(vb_device *device, vb_reset kind)
{
    if (kind != VB_RESET_POWER && kind != VB_RESET_SYSTEM) {
        return;
    }
    *(iwdg *)device->state = (iwdg){.rlr = 0xFFF};
    vb_cancel(device, EVENT_BITE);
    vb_cancel(device, EVENT_PR);
    vb_cancel(device, EVENT_RLR);
    if (vb_link_get(device->board, VB_LINK_HARDWARE_WATCHDOG)) {
        start(device);
    }
}

static void event(vb_device *device, unsigned id)
{
    iwdg *state = device->state;
    switch (id) {
    case EVENT_BITE: vb_reset_request(device->board, VB_CAUSE_IWDG); return;
    case EVENT_PR:
        settle(device);
        state->pr = state->new_pr;
        state->sr &= ~(uint32_t)PVU;
        schedule_bite(device);
        return;
    case EVENT_RLR:
        state->rlr = state->new_rlr;
        state->sr &= ~(uint32_t)RVU;
        return;
    default: return;
    }
}

static void key(vb_device *device, uint32_t value)
{
    iwdg *state = device->state;
    state->access = value == KEY_ACCESS;
    if (value == KEY_START) {
        start(device);
    }
    if (value == KEY_RELOAD && state->running) {
        reload(device);
    }
}

// A second value while the first is still crossing is lost.
static void update(vb_device *device, uint32_t flag, uint32_t *target, uint32_t value)
{
    iwdg *state = device->state;
    if (!state->access) {
        return;
    }
    if (state->sr & flag) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: %s written while its update flag is set",
               device->info->name, flag == PVU ? "PR" : "RLR");
        return;
    }
    *target = value;
    state->sr |= flag;
    schedule_updates(device);
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    const iwdg *state = device->state;
    switch (offset & ~3u) {
    case KR: return 0;
    case PR: return vb_part(state->pr, offset, width);
    case RLR: return vb_part(state->rlr, offset, width);
    case SR: return vb_part(state->sr, offset, width);
    default: return vb_no_register_read(device, offset);
    }
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    iwdg *state = device->state;
    uint32_t word = vb_spread(width, value);
    switch (offset & ~3u) {
    case KR: key(device, word & 0xFFFF); return;
    case PR: update(device, PVU, &state->new_pr, word & 7u); return;
    case RLR: update(device, RVU, &state->new_rlr, word & 0xFFFu); return;
    case SR: return; // read-only
    default: vb_no_register_write(device, offset, value);
    }
}

static void clock_changed(vb_device *device)
{
    schedule_updates(device);
}

extern const vb_model vb_iwdg_v1;
const vb_model vb_iwdg_v1 = {
    .generation = "iwdg_v1",
    .watchdog = true,
    .state_size = sizeof(iwdg),
    .always_clocked = true,
    .reset = reset,
    .read = read,
    .write = write,
    .event = event,
    .clock_changed = clock_changed,
};
