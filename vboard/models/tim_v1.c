// SPDX-License-Identifier: MIT
// Timers of F2 and F4 as time bases: counter, prescaler, auto-reload, update event and its
// interrupt. Compare and capture registers only keep their values; channels, slave modes and
// counting from both ends are reported when used. Manual: RM0090 Rev 21, chapters 18 (TIM2 to TIM5)
// and 20 (TIM6, TIM7).
#include "registers.h"

enum {
    CR1 = 0x00,
    CR2 = 0x04,
    SMCR = 0x08,
    DIER = 0x0C,
    SR = 0x10,
    EGR = 0x14,
    CCMR1 = 0x18,
    CCMR2 = 0x1C,
    CCER = 0x20,
    CNT = 0x24,
    PSC = 0x28,
    ARR = 0x2C,
    CCR1 = 0x34,
    CCR4 = 0x40,
    DCR = 0x48,
    OR = 0x50
};
enum {
    CR1_CEN = 1u << 0,
    CR1_UDIS = 1u << 1,
    CR1_URS = 1u << 2,
    CR1_OPM = 1u << 3,
    CR1_DIR = 1u << 4,
    CR1_CMS = 3u << 5,
    CR1_ARPE = 1u << 7,
    CR1_BITS = 0x3FF
};
enum { UIF = 1u << 0, UIE = 1u << 0, UG = 1u << 0, EVENT_UPDATE = 0 };

typedef struct tim {
    uint32_t cr1, cr2, smcr, dier, sr, ccmr[2], ccer, ccr[4], option;
    uint32_t psc, arr;         // as written
    uint32_t psc_now, arr_now; // in force
    uint32_t cnt;              // at the moment `since`
    vb_time since;
    uint32_t hz;  // timer clock since then
    uint32_t top; // of the counter: 16 or 32 bits
} tim;

static bool is_basic(const vb_device *device)
{
    return device->model->generation[3] == '_'; // "tim_basic_v1"
}

static uint32_t range(const vb_device *device)
{
    return device->model->generation[3] == '3' ? UINT32_MAX : 0xFFFF; // "tim32_v1"
}

// Twice the APB clock, but for an APB that is not divided (RM0090 7.2).
static uint32_t timer_clock(const vb_device *device)
{
    uint32_t apb = vb_device_clock(device), buses = vb_clock_hz(device->board, VB_CLOCK_AHB);
    uint32_t hclk = buses != 0 ? buses : vb_clock_hz(device->board, VB_CLOCK_HCLK);
    return apb == hclk ? apb : 2 * apb;
}

static bool counting(const tim *state)
{
    return (state->cr1 & CR1_CEN) && state->hz != 0 &&
           state->arr_now != 0; // ARR 0 blocks the counter
}

static void update_irq(vb_device *device)
{
    const tim *state = device->state;
    vb_irq(device, 0, (state->sr & UIF) && (state->dier & UIE));
}

// An update: the preloaded values come into force.
static void update_event(tim *state, bool flag)
{
    if (state->cr1 & CR1_UDIS) {
        return;
    }
    state->psc_now = state->psc;
    state->arr_now = state->arr;
    state->sr |= flag ? UIF : 0;
}

static vb_time ticks_to_time(const tim *state, uint64_t ticks)
{
    // Split, so that a 32-bit counter with a 16-bit prescaler does not overflow.
    uint64_t clocks = ticks * ((uint64_t)state->psc_now + 1);
    return (vb_time)((unsigned __int128)clocks * VB_S / state->hz); // a tenth of a second at 240 MHz leaves 64 bits
}

static uint64_t time_to_ticks(const tim *state, vb_time time)
{
    uint64_t clocks = (uint64_t)((unsigned __int128)time * state->hz / VB_S);
    return clocks / ((uint64_t)state->psc_now + 1);
}

// Ticks until the next overflow (or underflow).
static uint64_t ticks_to_update(const tim *state)
{
    if (state->cr1 & CR1_DIR) {
        return (uint64_t)state->cnt + 1;
    }
    uint32_t end =
        state->cnt <= state->arr_now ? state->arr_now : state->top; // past ARR it runs to its top
    return (uint64_t)end - state->cnt + 1;
}

static void pass_update(tim *state, vb_time at)
{
    state->since = at;
    update_event(state, true);
    state->cnt = state->cr1 & CR1_DIR ? state->arr_now : 0;
    if (state->cr1 & CR1_OPM) {
        state->cr1 &= ~(uint32_t)CR1_CEN;
    }
}

// Many updates may have passed unseen; once the values in force no longer change, whole rounds are
// skipped.
static void settle(vb_device *device)
{
    tim *state = device->state;
    vb_time now = vb_now(device->board);
    while (counting(state)) {
        vb_time update = state->since + ticks_to_time(state, ticks_to_update(state));
        if (update > now) {
            break;
        }
        pass_update(state, update);
        if (counting(state) && state->psc_now == state->psc && state->arr_now == state->arr) {
            vb_time round = ticks_to_time(state, (uint64_t)state->arr_now + 1);
            state->since += vb_since(device, state->since) / round * round;
        }
    }
    if (!counting(state)) {
        state->since = now;
        return;
    }
    uint64_t ticks = time_to_ticks(state, vb_since(device, state->since));
    state->since += ticks_to_time(state, ticks);
    state->cnt = state->cr1 & CR1_DIR ? state->cnt - (uint32_t)ticks : state->cnt + (uint32_t)ticks;
}

// The moment of the next update matters only where it interrupts; else a look at the registers
// finds it.
static void plan(vb_device *device)
{
    const tim *state = device->state;
    if (counting(state) && (state->dier & UIE) && !(state->cr1 & CR1_UDIS)) {
        vb_schedule(device, EVENT_UPDATE,
                    state->since + ticks_to_time(state, ticks_to_update(state)));
    } else {
        vb_cancel(device, EVENT_UPDATE);
    }
    update_irq(device);
}

static void event(vb_device *device, unsigned id)
{
    (void)id;
    settle(device);
    plan(device);
}

static void clock_changed(vb_device *device)
{
    tim *state = device->state;
    settle(device);
    state->hz = timer_clock(device);
    state->since = vb_now(device->board);
    plan(device);
}

static void reset(vb_device *device, vb_reset kind)
{
    if (kind == VB_RESET_BACKUP) {
        return;
    }
    *(tim *)device->state = (tim){.arr = range(device),
                                  .arr_now = range(device),
                                  .top = range(device),
                                  .since = vb_now(device->board),
                                  .hz = timer_clock(device)};
    plan(device);
}

static uint32_t *plain_register(vb_device *device, uint32_t offset)
{
    tim *state = device->state;
    if (offset == CR2) {
        return &state->cr2;
    }
    if (is_basic(device)) {
        return NULL;
    }
    switch (offset) {
    case SMCR: return &state->smcr;
    case CCMR1: return &state->ccmr[0];
    case CCMR2: return &state->ccmr[1];
    case CCER: return &state->ccer;
    case OR: return &state->option;
    default: return offset >= CCR1 && offset <= CCR4 ? &state->ccr[(offset - CCR1) / 4] : NULL;
    }
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const tim *state = device->state;
    const uint32_t *plain = plain_register(device, offset);
    if (plain != NULL) {
        return *plain;
    }
    switch (offset) {
    case CR1: return state->cr1;
    case DIER: return state->dier;
    case SR: return state->sr;
    case EGR: return 0;
    case CNT: return state->cnt;
    case PSC: return state->psc;
    case ARR: return state->arr;
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    settle(device);
    plan(device);
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static void generate(vb_device *device, uint32_t value)
{
    tim *state = device->state;
    vb_no_function(device, "EGR", value & ~(uint32_t)UG);
    if (value & UG) {
        update_event(state, !(state->cr1 & CR1_URS));
        state->cnt = state->cr1 & CR1_DIR ? state->arr_now : 0;
        state->since = vb_now(device->board);
    }
}

static void write_plain(vb_device *device, uint32_t offset, uint32_t *target, uint32_t value)
{
    if (offset == SMCR || offset == CCER) {
        vb_no_function(device, offset == SMCR ? "SMCR" : "CCER", value);
    }
    *target = value & (offset >= CCR1 && offset <= CCR4 ? range(device) : 0xFFFF);
}

static void write_register(vb_device *device, uint32_t offset, uint32_t value)
{
    tim *state = device->state;
    uint32_t *plain = plain_register(device, offset);
    if (plain != NULL) {
        write_plain(device, offset, plain, value);
        return;
    }
    switch (offset) {
    case CR1:
        vb_no_function(device, "CR1", value & CR1_CMS);
        state->cr1 = value & CR1_BITS;
        return;
    case DIER:
        vb_no_function(device, "DIER", value & ~(uint32_t)UIE);
        state->dier = value & 0x5F5F;
        return;
    case SR: state->sr &= value; return; // rc_w0
    case EGR: generate(device, value); return;
    case CNT: state->cnt = value & range(device); return;
    case PSC: state->psc = value & 0xFFFF; return;
    case ARR:
        state->arr = value & range(device);
        state->arr_now = state->cr1 & CR1_ARPE ? state->arr_now : state->arr;
        return;
    default: vb_no_register_write(device, offset, value);
    }
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    settle(device);
    write_register(device, offset & ~3u, vb_spread(width, value));
    plan(device);
}

#define TIM_MODEL(name, text)                                                                      \
    extern const vb_model name;                                                                    \
    const vb_model name = {                                                                        \
        .generation = text,                                                                        \
        .state_size = sizeof(tim),                                                                 \
        .reset = reset,                                                                            \
        .read = read,                                                                              \
        .write = write,                                                                            \
        .event = event,                                                                            \
        .clock_changed = clock_changed,                                                            \
    }

TIM_MODEL(vb_tim16_v1, "tim16_v1");
TIM_MODEL(vb_tim32_v1, "tim32_v1");
TIM_MODEL(vb_tim_basic_v1, "tim_basic_v1");
