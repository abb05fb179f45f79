// SPDX-License-Identifier: MIT
// RTC of F4 (second generation): calendar with shadow registers, write protection, initialisation
// mode, 20 backup registers. Alarms, wake-up timer, time stamps, tampers and calibration are not
// modelled and are reported when used. Manual: RM0090 Rev 21, 26.3.5 to 26.3.8, 26.3.14, 26.6.
#include <string.h>

#include "registers.h"
#include "rtc_calendar.h"

enum {
    TR = 0x00,
    DR = 0x04,
    CR = 0x08,
    ISR = 0x0C,
    PRER = 0x10,
    WPR = 0x24,
    SSR = 0x28,
    TAFCR = 0x40,
    BKP0R = 0x50,
    BKP19R = 0x9C
};
enum { CR_BYPSHAD = 1u << 5, CR_FMT = 1u << 6, CR_KEPT = 0x007C006F, CR_UNMODELLED = 0x0083FF90 };
enum {
    ISR_RESET = 0x07,
    ISR_INITS = 1u << 4,
    ISR_RSF = 1u << 5,
    ISR_INITF = 1u << 6,
    ISR_INIT = 1u << 7
};
enum { EVENT_INIT, EVENT_SYNC };
enum { TR_BITS = 0x007F7F7F, DR_BITS = 0x00FFFF3F, DR_RESET = 0x00002101, PRER_RESET = 0x007F00FF };
enum {
    SYNC_CYCLES = 2
}; // of RTCCLK, for entering INIT and for the shadow registers (RM0090 26.3.5, 26.3.6)
enum { TAFCR_ALARMOUTTYPE = 1u << 18 };

// What the backup domain keeps, and the state file too.
typedef struct kept {
    uint32_t tr, dr, cr, prer, tafcr, init; // init: ISR's INIT and INITF
    uint32_t backup[20];
} kept;

typedef struct rtc {
    kept keep;
    uint32_t hz;   // RTCCLK that has been counting since `since`
    vb_time since; // start of the calendar's present second
    bool synced;   // RSF
    bool unlocked; // WPR keys
    bool half_key;
    bool frozen; // TR or SSR was read: the shadows hold still until DR is read
    uint32_t shadow_tr, shadow_dr, shadow_ssr;
} rtc;

static uint32_t prediv_a(const rtc *state)
{
    return ((state->keep.prer >> 16) & 0x7F) + 1;
}

static uint32_t prediv_s(const rtc *state)
{
    return (state->keep.prer & 0x7FFF) + 1;
}

static bool counting(const rtc *state)
{
    return state->hz != 0 && !(state->keep.init & ISR_INITF);
}

// Brings TR and DR to the present.
static void settle(vb_device *device)
{
    rtc *state = device->state;
    if (!counting(state)) {
        return;
    }
    uint64_t clocks_per_second = (uint64_t)prediv_a(state) * prediv_s(state);
    vb_time second = clocks_per_second * VB_S / state->hz;
    uint64_t passed = vb_since(device, state->since) / second;
    if (passed > 0) {
        vb_calendar_advance(&state->keep.tr, &state->keep.dr, state->keep.cr & CR_FMT, passed);
        state->since += passed * second;
    }
}

static uint32_t subseconds(const vb_device *device)
{
    const rtc *state = device->state;
    if (!counting(state)) {
        return prediv_s(state) - 1;
    }
    vb_time tick = (uint64_t)prediv_a(state) * VB_S / state->hz;
    uint64_t passed = vb_since(device, state->since) / tick;
    return passed < prediv_s(state) ? prediv_s(state) - 1 - (uint32_t)passed : 0;
}

static void schedule_sync(vb_device *device, unsigned id)
{
    const rtc *state = device->state;
    if (state->hz != 0) {
        vb_schedule(device, id, vb_now(device->board) + SYNC_CYCLES * VB_S / state->hz);
    }
}

static void lose_sync(vb_device *device)
{
    rtc *state = device->state;
    state->synced = false;
    state->frozen = false;
    schedule_sync(device, EVENT_SYNC);
}

static void clock_changed(vb_device *device)
{
    rtc *state = device->state;
    uint32_t hz = vb_clock_hz(device->board, VB_CLOCK_RTC);
    if (hz == state->hz) {
        return;
    }
    settle(device);
    state->hz = hz;
    state->since = vb_now(device->board);
    vb_cancel(device, EVENT_INIT);
    vb_cancel(device, EVENT_SYNC);
    if (!state->synced) {
        schedule_sync(device, EVENT_SYNC);
    }
    if ((state->keep.init & (ISR_INIT | ISR_INITF)) == ISR_INIT) {
        schedule_sync(device, EVENT_INIT);
    }
}

static void reset(vb_device *device, vb_reset kind)
{
    rtc *state = device->state;
    if (kind == VB_RESET_BACKUP) {
        *state = (rtc){.keep = {.dr = DR_RESET, .prer = PRER_RESET},
                       .since = vb_now(device->board),
                       .hz = state->hz};
        vb_cancel(device, EVENT_INIT);
    }
    // Any other reset only concerns the side towards the bus.
    state->unlocked = false;
    state->half_key = false;
    lose_sync(device);
}

static void event(vb_device *device, unsigned id)
{
    rtc *state = device->state;
    if (id == EVENT_SYNC) {
        state->synced = true;
        return;
    }
    settle(device);
    state->keep.init |= ISR_INITF;
}

static void unlock(rtc *state, uint32_t key)
{
    state->unlocked = state->half_key && key == 0x53;
    state->half_key = key == 0xCA;
}

static uint32_t read_isr(const rtc *state)
{
    uint32_t isr = ISR_RESET | state->keep.init;
    isr |= state->synced ? ISR_RSF : 0;
    isr |= (state->keep.dr >> 16) & 0xFF ? ISR_INITS : 0;
    return isr;
}

static void write_isr(vb_device *device, uint32_t value)
{
    rtc *state = device->state;
    if (!(value & ISR_RSF)) {
        lose_sync(device);
    }
    if ((value & ISR_INIT) && !(state->keep.init & ISR_INIT)) {
        state->keep.init |= ISR_INIT;
        lose_sync(device);
        schedule_sync(device, EVENT_INIT);
    }
    if (!(value & ISR_INIT) && (state->keep.init & ISR_INIT)) {
        state->keep.init = 0;
        state->since = vb_now(device->board);
        vb_cancel(device, EVENT_INIT);
        lose_sync(device);
    }
}

// The registers that count only take a value in initialisation mode.
static void write_in_init(const vb_device *device, uint32_t *target, uint32_t value)
{
    const rtc *state = device->state;
    if (state->keep.init & ISR_INITF) {
        *target = value;
    }
}

static uint32_t shadow(vb_device *device, uint32_t offset)
{
    rtc *state = device->state;
    if (!state->frozen) {
        settle(device);
        state->shadow_tr = state->keep.tr;
        state->shadow_dr = state->keep.dr;
        state->shadow_ssr = subseconds(device);
    }
    state->frozen = offset != DR && !(state->keep.cr & CR_BYPSHAD);
    return offset == TR ? state->shadow_tr : offset == DR ? state->shadow_dr : state->shadow_ssr;
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const rtc *state = device->state;
    if (offset >= BKP0R && offset <= BKP19R) {
        return state->keep.backup[(offset - BKP0R) / 4];
    }
    switch (offset) {
    case TR:
    case DR:
    case SSR: return shadow(device, offset);
    case CR: return state->keep.cr;
    case ISR: return read_isr(state);
    case PRER: return state->keep.prer;
    case WPR: return 0;
    case TAFCR: return state->keep.tafcr;
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static void write_control(vb_device *device, uint32_t word)
{
    rtc *state = device->state;
    vb_no_function(device, "CR", word & CR_UNMODELLED);
    settle(device);
    state->keep.cr = word & CR_KEPT;
}

static void write_protected(vb_device *device, uint32_t offset, uint32_t word)
{
    rtc *state = device->state;
    switch (offset) {
    case TR: write_in_init(device, &state->keep.tr, word & TR_BITS); return;
    case DR: write_in_init(device, &state->keep.dr, word & DR_BITS); return;
    case CR: write_control(device, word); return;
    case ISR: write_isr(device, word); return;
    case PRER: write_in_init(device, &state->keep.prer, word & 0x007F7FFF); return;
    case SSR: return; // read-only
    default: vb_no_register_write(device, offset, word);
    }
}

// The keys of WPR guard neither the backup registers nor TAFCR; DBP guards everything.
static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    rtc *state = device->state;
    uint32_t word = vb_spread(width, value);
    offset &= ~3u;
    if (!vb_backup_writable(device->board)) {
        return;
    }
    if (offset >= BKP0R && offset <= BKP19R) {
        state->keep.backup[(offset - BKP0R) / 4] = word;
    } else if (offset == WPR) {
        unlock(state, word & 0xFF);
    } else if (offset == TAFCR) {
        vb_no_function(device, "TAFCR", word & ~(uint32_t)TAFCR_ALARMOUTTYPE);
        state->keep.tafcr = word & TAFCR_ALARMOUTTYPE;
    } else if (state->unlocked) {
        write_protected(device, offset, word);
    }
}

static size_t save(vb_device *device, void *buffer)
{
    const rtc *state = device->state;
    if (buffer != NULL) {
        settle(device);
        memcpy(buffer, &state->keep, sizeof(state->keep));
    }
    return sizeof(state->keep);
}

static bool load(vb_device *device, const void *buffer, size_t size)
{
    rtc *state = device->state;
    if (size != sizeof(state->keep)) {
        return false;
    }
    memcpy(&state->keep, buffer, size);
    state->since = vb_now(device->board);
    return true;
}

extern const vb_model vb_rtc_v2;
const vb_model vb_rtc_v2 = {
    .generation = "rtc_v2",
    .state_size = sizeof(rtc),
    .always_clocked = true,
    .reset = reset,
    .read = read,
    .write = write,
    .event = event,
    .clock_changed = clock_changed,
    .save = save,
    .load = load,
};
