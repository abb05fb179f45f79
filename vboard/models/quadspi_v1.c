// SPDX-License-Identifier: MIT
// QUADSPI of F412, F446, F7, H74x, L4: indirect writing and reading, status polling; at its lines is the external flash of
// the board file, or nobody, which reads as ones. Not modelled: memory-mapped mode, DMA, the second flash, double data rate.
// Manual: RM0433, 23.3 and 23.5.
//
// The FIFO is looked at when software looks: bytes that have had their time on the wire by then are moved. The end of a
// command is an event of its own, because the flash begins its work there.
#include "nor_w25q.h"
#include "registers.h"

enum {
    CR = 0x00, DCR = 0x04, SR = 0x08, FCR = 0x0C, DLR = 0x10, CCR = 0x14, AR = 0x18, ABR = 0x1C, DR = 0x20, PSMKR = 0x24,
    PSMAR = 0x28, PIR = 0x2C, LPTR = 0x30
};
enum {
    CR_EN = 1u << 0, CR_ABORT = 1u << 1, CR_DMAEN = 1u << 2, CR_TCEN = 1u << 3, CR_DFM = 1u << 6, CR_FSEL = 1u << 7,
    CR_FTHRES_POS = 8, CR_TEIE = 1u << 16, CR_TCIE = 1u << 17, CR_FTIE = 1u << 18, CR_SMIE = 1u << 19, CR_APMS = 1u << 22,
    CR_PMM = 1u << 23, CR_PRESCALER_POS = 24, CR_UNMODELLED = CR_DMAEN | CR_TCEN | CR_DFM | CR_FSEL,
    DCR_FSIZE_POS = 16, DCR_CSHT_POS = 8,
    SR_TEF = 1u << 0, SR_TCF = 1u << 1, SR_FTF = 1u << 2, SR_SMF = 1u << 3, SR_BUSY = 1u << 5, SR_FLEVEL_POS = 8,
    SR_CLEARED = 0x1B, CCR_IMODE_POS = 8, CCR_ADMODE_POS = 10, CCR_ADSIZE_POS = 12, CCR_ABMODE_POS = 14, CCR_ABSIZE_POS = 16,
    CCR_DCYC_POS = 18, CCR_DMODE_POS = 24, CCR_FMODE_POS = 26
};
#define CCR_UNMODELLED 0xD0000000u // DDRM, DHHC, SIOO
enum { EVENT_END, EVENT_POLL, EVENT_FLASH, FIFO = 32 };
typedef enum mode { WRITING, READING, POLLING, MAPPED } mode;

typedef struct quadspi {
    uint32_t cr, dcr, flags, dlr, ccr, ar, abr, psmkr, psmar, pir, lptr;
    uint8_t fifo[FIFO];
    unsigned first, level;
    bool busy;         // a command is under way
    uint32_t left;     // data bytes that have not been on the wire
    vb_time next;      // when the next of them has been, if the FIFO lets it
    nor *flash;
} quadspi;

static unsigned field(uint32_t word, unsigned position, unsigned bits)
{
    return word >> position & ((1u << bits) - 1u);
}

static mode mode_of(const quadspi *state)
{
    return (mode)field(state->ccr, CCR_FMODE_POS, 2);
}

static unsigned lines(const quadspi *state, unsigned position)
{
    static const uint8_t counts[] = {0, 1, 2, 4};
    return counts[field(state->ccr, position, 2)];
}

static vb_time clocks(const vb_device *device, uint64_t count)
{
    const quadspi *state = device->state;
    uint32_t clock = vb_device_clock(device);
    return clock == 0 ? VB_S : count * (field(state->cr, CR_PRESCALER_POS, 8) + 1u) * VB_S / clock;
}

static vb_time byte_time(const vb_device *device)
{
    return clocks(device, 8 / lines(device->state, CCR_DMODE_POS));
}

static bool has_data(const quadspi *state)
{
    return lines(state, CCR_DMODE_POS) != 0;
}

// -- flags ------------------------------------------------------------------------------------------------------------

static uint32_t status(const quadspi *state)
{
    unsigned threshold = field(state->cr, CR_FTHRES_POS, 5) + 1u;
    bool reading = mode_of(state) == READING;
    bool over = state->level != 0 && (state->flags & SR_TCF) != 0; // what is left after the end
    bool fifo = reading ? state->level >= threshold || over : mode_of(state) == WRITING && FIFO - state->level >= threshold;
    return state->flags | (fifo ? SR_FTF : 0) | (state->busy ? SR_BUSY : 0) | state->level << SR_FLEVEL_POS;
}

static void update(vb_device *device)
{
    const quadspi *state = device->state;
    uint32_t sr = status(state);
    bool line = ((state->cr & CR_TEIE) != 0 && (sr & SR_TEF) != 0) || ((state->cr & CR_TCIE) != 0 && (sr & SR_TCF) != 0) ||
                ((state->cr & CR_FTIE) != 0 && (sr & SR_FTF) != 0) || ((state->cr & CR_SMIE) != 0 && (sr & SR_SMF) != 0);
    vb_irq(device, 0, line);
}

// -- the wire ---------------------------------------------------------------------------------------------------------

static bool wired(vb_device *device)
{
    const hf_board *board = vb_description(device->board);
    bool held = board->external.io3.port == 0 || vb_signal_routed(device, "io3"); // HOLD
    return held && vb_signal_routed(device, "clk") && vb_signal_routed(device, "ncs") && vb_signal_routed(device, "io0") &&
           vb_signal_routed(device, "io1");
}

static nor *flash_of(vb_device *device)
{
    const quadspi *state = device->state;
    return wired(device) ? state->flash : NULL;
}

static void send(vb_device *device, uint32_t value, unsigned bytes, unsigned on)
{
    while (on != 0 && bytes-- > 0) {
        nor_write(flash_of(device), (uint8_t)(value >> 8 * bytes), on);
    }
}

// Everything in front of the data. Returns the time it takes.
static vb_time send_head(vb_device *device)
{
    const quadspi *state = device->state;
    unsigned on = lines(state, CCR_IMODE_POS), address_on = lines(state, CCR_ADMODE_POS), extra_on = lines(state, CCR_ABMODE_POS);
    unsigned address_bytes = field(state->ccr, CCR_ADSIZE_POS, 2) + 1u, extra_bytes = field(state->ccr, CCR_ABSIZE_POS, 2) + 1u;
    unsigned dummies = field(state->ccr, CCR_DCYC_POS, 5);
    nor_select(flash_of(device), true);
    send(device, state->ccr & 0xFFu, 1, on);
    send(device, state->ar, address_bytes, address_on);
    send(device, state->abr, extra_bytes, extra_on);
    nor_idle(flash_of(device), dummies);
    return clocks(device, (on != 0 ? 8u / on : 0) + (address_on != 0 ? 8u * address_bytes / address_on : 0) +
                              (extra_on != 0 ? 8u * extra_bytes / extra_on : 0) + dummies);
}

static void move_byte(vb_device *device)
{
    quadspi *state = device->state;
    if (mode_of(state) == READING) {
        state->fifo[(state->first + state->level++) % FIFO] = nor_read(flash_of(device), lines(state, CCR_DMODE_POS));
    } else {
        nor_write(flash_of(device), state->fifo[state->first], lines(state, CCR_DMODE_POS));
        state->first = (state->first + 1) % FIFO;
        state->level--;
    }
    state->left--;
    state->next += byte_time(device);
}

static bool can_move(const quadspi *state)
{
    return state->busy && state->left != 0 && (mode_of(state) == READING ? state->level < FIFO : state->level > 0);
}

static void advance(vb_device *device)
{
    quadspi *state = device->state;
    while (can_move(state) && state->next <= vb_now(device->board)) {
        move_byte(device);
    }
}

// When all that can move without software has moved.
static void schedule_end(vb_device *device)
{
    quadspi *state = device->state;
    unsigned room = mode_of(state) == READING ? FIFO - state->level : state->level;
    uint32_t run = state->left < room ? state->left : room;
    if (!state->busy || (state->left != 0 && run == 0)) {
        vb_cancel(device, EVENT_END);
        return;
    }
    vb_schedule(device, EVENT_END, state->left == 0 ? state->next : state->next + (run - 1) * byte_time(device));
}

static void finish(vb_device *device)
{
    quadspi *state = device->state;
    nor_select(flash_of(device), false);
    state->busy = false;
    state->flags |= SR_TCF;
    vb_in_flight(device, false);
}

static void end_event(vb_device *device)
{
    quadspi *state = device->state;
    advance(device);
    if (state->busy && state->left == 0) {
        finish(device);
    } else {
        schedule_end(device);
    }
    update(device);
}

// Room or data came by software: a clock that stood still goes on from now.
static void go_on(vb_device *device)
{
    quadspi *state = device->state;
    vb_time soonest = vb_now(device->board) + byte_time(device);
    if (state->busy && state->left != 0 && state->next < soonest && !vb_scheduled(device, EVENT_END, &(vb_time){0})) {
        state->next = soonest;
    }
    schedule_end(device);
}

static void start(vb_device *device)
{
    quadspi *state = device->state;
    if ((state->cr & CR_EN) == 0 || state->busy) {
        return;
    }
    state->busy = true;
    state->first = state->level = 0;
    vb_in_flight(device, true);
    vb_time head = send_head(device);
    state->left = has_data(state) ? state->dlr + 1 : 0;
    state->next = vb_now(device->board) + head + (has_data(state) ? byte_time(device) : 0);
    schedule_end(device);
}

// -- status polling ---------------------------------------------------------------------------------------------------

static vb_time poll_once(vb_device *device, uint32_t *value)
{
    const quadspi *state = device->state;
    vb_time head = send_head(device);
    *value = 0;
    for (uint32_t i = 0; i <= (state->dlr & 3u); i++) {
        *value |= (uint32_t)nor_read(flash_of(device), lines(state, CCR_DMODE_POS)) << 8 * i;
    }
    nor_select(flash_of(device), false);
    return head + ((state->dlr & 3u) + 1) * byte_time(device);
}

static void poll_event(vb_device *device)
{
    quadspi *state = device->state;
    uint32_t value;
    vb_time spent = poll_once(device, &value), pause = clocks(device, state->pir);
    uint32_t differ = (value ^ state->psmar) & state->psmkr;
    bool match = (state->cr & CR_PMM) != 0 ? differ != state->psmkr : differ == 0;
    if (match) {
        state->flags |= SR_SMF;
    }
    if (match && (state->cr & CR_APMS) != 0) {
        state->busy = false;
        vb_in_flight(device, false);
    } else {
        vb_schedule(device, EVENT_POLL, vb_now(device->board) + spent + pause);
    }
    update(device);
}

static void start_polling(vb_device *device)
{
    quadspi *state = device->state;
    if ((state->cr & CR_EN) == 0 || state->busy || !has_data(state)) {
        return;
    }
    state->busy = true;
    vb_in_flight(device, true);
    vb_schedule(device, EVENT_POLL, vb_now(device->board) + clocks(device, 16));
}

// -- registers --------------------------------------------------------------------------------------------------------

// What is written last of instruction, address and data starts a command.
static void may_start(vb_device *device, bool address_written)
{
    quadspi *state = device->state;
    bool wants_address = lines(state, CCR_ADMODE_POS) != 0, writes = mode_of(state) == WRITING && has_data(state);
    if (wants_address != address_written || mode_of(state) == MAPPED) {
        return;
    }
    if (mode_of(state) == POLLING) {
        start_polling(device);
    } else if (!writes) {
        start(device);
    } else {
        state->left = state->dlr + 1; // begins with the first byte in DR
        state->first = state->level = 0;
    }
}

static void write_dr(vb_device *device, unsigned width, uint32_t value)
{
    quadspi *state = device->state;
    if (mode_of(state) != WRITING || !has_data(state)) {
        return;
    }
    if (!state->busy) {
        start(device);
    }
    advance(device);
    while (state->busy && state->level + width > FIFO && can_move(state)) { // the bus waits for room
        vb_stall(device, state->next);
        move_byte(device);
    }
    for (unsigned i = 0; i < width && state->level < FIFO; i++) {
        state->fifo[(state->first + state->level++) % FIFO] = (uint8_t)(value >> 8 * i);
    }
    go_on(device);
}

static uint32_t read_dr(vb_device *device, unsigned width)
{
    quadspi *state = device->state;
    uint32_t value = 0;
    advance(device);
    while (state->level < width && can_move(state)) { // the bus waits for data
        vb_stall(device, state->next);
        move_byte(device);
    }
    for (unsigned i = 0; i < width && state->level > 0; i++, state->level--) {
        value |= (uint32_t)state->fifo[state->first] << 8 * i;
        state->first = (state->first + 1) % FIFO;
    }
    go_on(device);
    return value;
}

static void abort_command(vb_device *device)
{
    quadspi *state = device->state;
    if (state->busy) {
        nor_select(flash_of(device), false);
        state->flags |= SR_TCF;
    }
    state->busy = false;
    state->left = state->level = 0;
    vb_cancel(device, EVENT_END);
    vb_cancel(device, EVENT_POLL);
    vb_in_flight(device, false);
}

static void reset(vb_device *device, vb_reset kind)
{
    quadspi *state = device->state;
    if (kind == VB_RESET_BACKUP) {
        return;
    }
    if (kind == VB_RESET_POWER) {
        nor_supply(state->flash);
    } else {
        nor_select(state->flash, false); // its pin floats up; an operation that was commanded whole goes on
    }
    *state = (quadspi){.flash = state->flash};
    vb_cancel(device, EVENT_END);
    vb_cancel(device, EVENT_POLL);
    update(device);
}

static uint32_t read_register(vb_device *device, uint32_t offset, unsigned width)
{
    const quadspi *state = device->state;
    advance(device);
    switch (offset) {
    case CR: return state->cr;
    case DCR: return state->dcr;
    case SR: return status(state);
    case FCR: return 0;
    case DLR: return state->dlr;
    case CCR: return state->ccr;
    case AR: return state->ar;
    case ABR: return state->abr;
    case DR: return read_dr(device, width);
    case PSMKR: return state->psmkr;
    case PSMAR: return state->psmar;
    case PIR: return state->pir;
    case LPTR: return state->lptr;
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    uint32_t word = read_register(device, offset & ~3u, width);
    return (offset & ~3u) == DR ? word : vb_part(word, offset, width);
}

static void write_cr(vb_device *device, uint32_t value)
{
    quadspi *state = device->state;
    vb_no_function(device, "CR", value & CR_UNMODELLED);
    state->cr = value & ~(uint32_t)(CR_ABORT | CR_UNMODELLED);
    if ((value & CR_ABORT) != 0) {
        abort_command(device);
    }
}

static void write_ccr(vb_device *device, uint32_t value)
{
    quadspi *state = device->state;
    vb_no_function(device, "CCR", value & CCR_UNMODELLED);
    state->ccr = value & ~CCR_UNMODELLED;
    if (mode_of(state) == MAPPED) {
        vb_no_function(device, "CCR (memory-mapped)", value & 3u << CCR_FMODE_POS);
    }
    may_start(device, false);
}

// Outside the flash: refused, with a flag.
static void write_ar(vb_device *device, uint32_t value)
{
    quadspi *state = device->state;
    uint64_t size = (uint64_t)2 << field(state->dcr, DCR_FSIZE_POS, 5);
    state->ar = value;
    if (value >= size) {
        state->flags |= SR_TEF;
        return;
    }
    may_start(device, true);
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    quadspi *state = device->state;
    uint32_t whole = offset & ~3u;
    advance(device);
    if (state->busy && (whole == DLR || whole == CCR || whole == AR || whole == ABR || whole == DCR)) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: offset 0x%02X is written while a command is under way: ignored",
               device->info->name, (unsigned)offset);
        return;
    }
    switch (whole) {
    case CR: write_cr(device, vb_merge(state->cr, offset, width, value)); break;
    case DCR: state->dcr = vb_merge(state->dcr, offset, width, value) & 0x001F0701u; break;
    case SR: return;
    case FCR: state->flags &= ~(value & SR_CLEARED); break;
    case DLR: state->dlr = vb_merge(state->dlr, offset, width, value); break;
    case CCR: write_ccr(device, vb_merge(state->ccr, offset, width, value)); break;
    case AR: write_ar(device, vb_merge(state->ar, offset, width, value)); break;
    case ABR: state->abr = vb_merge(state->abr, offset, width, value); break;
    case DR: write_dr(device, width, value); break;
    case PSMKR: state->psmkr = vb_merge(state->psmkr, offset, width, value); break;
    case PSMAR: state->psmar = vb_merge(state->psmar, offset, width, value); break;
    case PIR: state->pir = vb_merge(state->pir, offset, width, value) & 0xFFFFu; break;
    case LPTR: state->lptr = vb_merge(state->lptr, offset, width, value) & 0xFFFFu; break;
    default: vb_no_register_write(device, offset, value); return;
    }
    update(device);
}

static void event(vb_device *device, unsigned id)
{
    const quadspi *state = device->state;
    switch (id) {
    case EVENT_END: end_event(device); return;
    case EVENT_POLL: poll_event(device); return;
    default: nor_event(state->flash);
    }
}

static vb_status create(vb_device *device)
{
    ((quadspi *)device->state)->flash = nor_create(device, EVENT_FLASH);
    return VB_OK;
}

static void destroy(vb_device *device)
{
    nor_destroy(((quadspi *)device->state)->flash);
}

static size_t save(vb_device *device, void *buffer)
{
    return nor_save(((quadspi *)device->state)->flash, buffer);
}

static bool load(vb_device *device, const void *buffer, size_t size)
{
    return nor_load(((quadspi *)device->state)->flash, buffer, size);
}

extern const vb_model vb_quadspi_v1;
const vb_model vb_quadspi_v1 = {
    .generation = "quadspi_v1",
    .state_size = sizeof(quadspi),
    .create = create,
    .destroy = destroy,
    .reset = reset,
    .read = read,
    .write = write,
    .event = event,
    .save = save,
    .load = load,
};
