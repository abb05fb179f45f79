// SPDX-License-Identifier: MIT
// CRC unit, second generation: programmable polynomial of 7, 8, 16 or 32 bits, start value, reflection of input and
// output. Manual: RM0433, chapter 22.
#include "registers.h"

enum { DR = 0x00, IDR = 0x04, CR = 0x08, INIT = 0x10, POL = 0x14 };
enum { CR_RESET = 1u << 0, CR_POLYSIZE_POS = 3, CR_REV_IN_POS = 5, CR_REV_OUT = 1u << 7, CR_KEPT = 0xF8 };
enum { CYCLES_PER_WORD = 4 }; // of the bus clock (RM0433 22.3.3)
#define POLYNOMIAL 0x04C11DB7u

typedef struct crc {
    uint32_t remainder, idr, cr, init, pol;
    vb_time ready;
} crc;

static void reset(vb_device *device, vb_reset kind)
{
    if (kind != VB_RESET_BACKUP) {
        *(crc *)device->state = (crc){.remainder = UINT32_MAX, .init = UINT32_MAX, .pol = POLYNOMIAL};
    }
}

static unsigned poly_bits(const crc *state)
{
    static const uint8_t bits[] = {32, 16, 8, 7};
    return bits[state->cr >> CR_POLYSIZE_POS & 3u];
}

static uint32_t reversed(uint32_t value, unsigned bits)
{
    uint32_t result = 0;
    for (unsigned i = 0; i < bits; i++) {
        result |= (value >> i & 1u) << (bits - 1 - i);
    }
    return result;
}

// Bits reversed within bytes, half-words or words.
static uint32_t as_fed(const crc *state, uint32_t value, unsigned width)
{
    static const uint8_t groups[] = {0, 8, 16, 32};
    unsigned group = groups[state->cr >> CR_REV_IN_POS & 3u], bits = 8 * width;
    group = group > bits ? bits : group;
    if (group == 0) {
        return value;
    }
    uint32_t result = 0;
    for (unsigned at = 0; at < bits; at += group) {
        result |= reversed(value >> at, group) << at;
    }
    return result;
}

static void feed(crc *state, uint32_t value, unsigned width)
{
    unsigned size = poly_bits(state);
    uint32_t top = 1u << (size - 1), mask = size == 32 ? UINT32_MAX : (1u << size) - 1;
    for (unsigned bit = 8 * width; bit-- > 0;) {
        bool one = ((state->remainder & top) != 0) != ((value >> bit & 1u) != 0);
        state->remainder = (state->remainder << 1 ^ (one ? state->pol : 0)) & mask;
    }
}

// Data is accepted at once; the next access waits until it has been digested.
static void wait_ready(vb_device *device)
{
    const crc *state = device->state;
    if (vb_now(device->board) < state->ready) {
        vb_stall(device, state->ready);
    }
}

static void write_dr(vb_device *device, unsigned width, uint32_t value)
{
    crc *state = device->state;
    uint32_t clock = vb_device_clock(device);
    wait_ready(device);
    vb_time start = vb_now(device->board) > state->ready ? vb_now(device->board) : state->ready;
    state->ready = start + (clock == 0 ? 0 : CYCLES_PER_WORD * width / 4 * VB_S / clock);
    feed(state, as_fed(state, value, width), width);
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const crc *state = device->state;
    switch (offset) {
    case DR:
        wait_ready(device);
        return (state->cr & CR_REV_OUT) != 0 ? reversed(state->remainder, poly_bits(state)) : state->remainder;
    case IDR: return state->idr;
    case CR: return state->cr;
    case INIT: return state->init;
    case POL: return state->pol;
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    crc *state = device->state;
    uint32_t whole = offset & ~3u;
    switch (whole) {
    case DR: write_dr(device, width, value); return;
    case IDR: state->idr = vb_merge(state->idr, offset, width, value); return;
    case CR:
        state->cr = vb_merge(state->cr, offset, width, value) & CR_KEPT;
        if ((vb_merge(0, offset, width, value) & CR_RESET) != 0) {
            state->remainder = state->init;
        }
        return;
    case INIT: // also starts afresh
        state->init = vb_merge(state->init, offset, width, value);
        state->remainder = state->init;
        return;
    case POL: state->pol = vb_merge(state->pol, offset, width, value); return;
    default: vb_no_register_write(device, offset, value);
    }
}

extern const vb_model vb_crc_v2;
const vb_model vb_crc_v2 = {
    .generation = "crc_v2",
    .state_size = sizeof(crc),
    .reset = reset,
    .read = read,
    .write = write,
};
