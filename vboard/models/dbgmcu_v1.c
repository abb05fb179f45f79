// SPDX-License-Identifier: MIT
// DBGMCU: the chip's identity, and the debug freeze bits, which are kept and do nothing (no
// debugger halts the core). Manual: RM0090 Rev 21, 38.6 and 38.16.
#include "registers.h"

enum { IDCODE = 0x00, CR = 0x04, APB1FZ = 0x08, APB2FZ = 0x0C };

typedef struct dbgmcu {
    uint32_t cr, apb1fz, apb2fz;
} dbgmcu;

// Only power-on resets these: a debugger wants them to live through a system reset.
static void reset(vb_device *device, vb_reset kind)
{
    if (kind == VB_RESET_POWER) {
        *(dbgmcu *)device->state = (dbgmcu){0};
    }
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const dbgmcu *state = device->state;
    const hf_chip *chip = &vb_description(device->board)->chip;
    switch (offset) {
    case IDCODE: return ((uint32_t)chip->rev_id << 16) | chip->dev_id;
    case CR: return state->cr;
    case APB1FZ: return state->apb1fz;
    case APB2FZ: return state->apb2fz;
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    dbgmcu *state = device->state;
    switch (offset & ~3u) {
    case IDCODE: return; // read-only
    case CR: state->cr = vb_merge(state->cr, offset, width, value) & 0xE7u; return;
    case APB1FZ:
        state->apb1fz = vb_merge(state->apb1fz, offset, width, value) & 0x06E01DFFu;
        return;
    case APB2FZ:
        state->apb2fz = vb_merge(state->apb2fz, offset, width, value) & 0x00070003u;
        return;
    default: vb_no_register_write(device, offset, value);
    }
}

extern const vb_model vb_dbgmcu_v1;
const vb_model vb_dbgmcu_v1 = {
    .generation = "dbgmcu_v1",
    .state_size = sizeof(dbgmcu),
    .always_clocked = true,
    .reset = reset,
    .read = read,
    .write = write,
};
