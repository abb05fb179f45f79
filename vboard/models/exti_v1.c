// SPDX-License-Identifier: MIT
// EXTI: edges of 16 pins become interrupts. Lines 16 to 22 (PVD, RTC, USB, Ethernet) only have
// their register bits: no model here raises them. Manual: RM0090 Rev 21, 12.2 and 12.3.
#include "registers.h"

enum { IMR = 0x00, EMR = 0x04, RTSR = 0x08, FTSR = 0x0C, SWIER = 0x10, PR = 0x14 };
enum { PIN_LINES = 16, LINES = 0x007FFFFF };

typedef struct exti {
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
