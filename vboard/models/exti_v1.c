// SPDX-License-Identifier: MIT
// EXTI: edges of 16 pins become interrupts. Other lines (PVD, RTC, USB, Ethernet) only have their register bits: no model here
// raises them. Manual: RM0090 Rev 21, 12.2 and 12.3; the H7 has the same in another order, for more lines, with what the
// sleeping D3 domain needs beside it (RM0433, 20.5 and 20.6), of which bits are kept.
#include "registers.h"

enum { IMR = 0x00, EMR = 0x04, RTSR = 0x08, FTSR = 0x0C, SWIER = 0x10, PR = 0x14 };
enum { PIN_LINES = 16, LINES = 0x007FFFFF };

enum { H7_RTSR1 = 0x00, H7_FTSR1 = 0x04, H7_SWIER1 = 0x08, H7_IMR1 = 0x80, H7_EMR1 = 0x84, H7_PR1 = 0x88, H7_END = 0xC0 };
#define H7_IMR1_RESET 0xFFC00000u // lines without an edge detector

typedef struct exti {
    uint32_t other[H7_END / 4]; // of the H7: registers of lines that nobody raises
    uint32_t imr, emr, rtsr, ftsr, swier, pr;
    uint32_t levels; // of the pins, one bit per line
} exti;

// The chip file lists the interrupts as EXTI0..4, EXTI9_5, EXTI15_10.
static const uint32_t lines_of_irq[] = {1u << 0, 1u << 1, 1u << 2, 1u << 3,
                                        1u << 4, 0x03E0,  0xFC00};

static void update_irqs(vb_device *device)
{
    const exti *state = device->state;
    for (unsigned i = 0; i < sizeof(lines_of_irq) / sizeof(lines_of_irq[0]); i++) {
        vb_irq(device, i, (state->pr & state->imr & lines_of_irq[i]) != 0);
    }
}

static uint32_t pin_levels(const vb_device *device)
{
    uint64_t ports = vb_link_get(device->board, VB_LINK_EXTI_PORTS);
    uint32_t levels = 0;
    for (unsigned line = 0; line < PIN_LINES; line++) {
        hf_pin pin = {.port = (char)('A' + ((ports >> (4 * line)) & 15)), .number = (uint8_t)line};
        levels |= (uint32_t)(vb_pin_level(device->board, pin) == VB_HIGH) << line;
    }
    return levels;
}

static void pins_changed(vb_device *device)
{
    exti *state = device->state;
    uint32_t levels = pin_levels(device);
    uint32_t rising = levels & ~state->levels & state->rtsr;
    uint32_t falling = ~levels & state->levels & state->ftsr;
    state->levels = levels;
    state->pr |= rising | falling;
    update_irqs(device);
}

static void reset(vb_device *device, vb_reset kind)
{
    if (kind == VB_RESET_BACKUP) {
        return;
    }
    *(exti *)device->state = (exti){.levels = pin_levels(device)};
    update_irqs(device);
}

// Lets a bit pattern raise lines by software: only where the interrupt is unmasked and not pending
// yet.
static void software_edges(exti *state, uint32_t value)
{
    state->pr |= value & ~state->swier & state->imr;
    state->swier |= value & LINES;
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const exti *state = device->state;
    switch (offset) {
    case IMR: return state->imr;
    case EMR: return state->emr;
    case RTSR: return state->rtsr;
    case FTSR: return state->ftsr;
    case SWIER: return state->swier;
    case PR: return state->pr;
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    pins_changed(device);
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    exti *state = device->state;
    uint32_t word = vb_spread(width, value);
    pins_changed(device); // SYSCFG may have chosen another pin since: to the edge detector that is
                          // a change like any
    switch (offset & ~3u) {
    case IMR: state->imr = word & LINES; break;
    case EMR:
        state->emr = word & LINES;
        vb_no_function(device, "EMR", state->emr);
        break;
    case RTSR: state->rtsr = word & LINES; break;
    case FTSR: state->ftsr = word & LINES; break;
    case SWIER: software_edges(state, word); break;
    case PR:
        state->pr &= ~word;
        state->swier &= ~word;
        break;
    default: vb_no_register_write(device, offset, value); return;
    }
    update_irqs(device);
}

extern const vb_model vb_exti_v1;
const vb_model vb_exti_v1 = {
    .generation = "exti_v1",
    .state_size = sizeof(exti),
    .reset = reset,
    .read = read,
    .write = write,
    .pins_changed = pins_changed,
};

// -- the H7's order ---------------------------------------------------------------------------------------------------

// The register of the first 23 lines that an offset stands for; -1: of others.
static int as_v1(uint32_t offset)
{
    switch (offset) {
    case H7_RTSR1: return RTSR;
    case H7_FTSR1: return FTSR;
    case H7_SWIER1: return SWIER;
    case H7_IMR1: return IMR;
    case H7_EMR1: return EMR;
    case H7_PR1: return PR;
    default: return -1;
    }
}

static void reset_h7(vb_device *device, vb_reset kind)
{
    reset(device, kind);
    if (kind != VB_RESET_BACKUP) {
        ((exti *)device->state)->other[H7_IMR1 / 4] = H7_IMR1_RESET;
    }
}

static uint32_t read_h7(vb_device *device, uint32_t offset, unsigned width)
{
    const exti *state = device->state;
    uint32_t whole = offset & ~3u;
    int known = as_v1(whole);
    if (whole >= H7_END) {
        return vb_no_register_read(device, offset);
    }
    pins_changed(device);
    uint32_t word = state->other[whole / 4] & ~(known >= 0 ? (uint32_t)LINES : 0u);
    return vb_part(word | (known >= 0 ? read_register(device, (uint32_t)known) : 0), offset, width);
}

static void write_h7(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    exti *state = device->state;
    uint32_t whole = offset & ~3u, word = vb_spread(width, value);
    int known = as_v1(whole);
    if (whole >= H7_END) {
        vb_no_register_write(device, offset, value);
        return;
    }
    state->other[whole / 4] = word;
    if (known >= 0) {
        write(device, (uint32_t)known, 4, word & LINES);
    }
}

extern const vb_model vb_exti_h7;
const vb_model vb_exti_h7 = {
    .generation = "exti_h7",
    .state_size = sizeof(exti),
    .reset = reset_h7,
    .read = read_h7,
    .write = write_h7,
    .pins_changed = pins_changed,
};
