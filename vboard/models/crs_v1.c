// SPDX-License-Identifier: MIT
// Clock recovery system: its registers are kept. HSI48 of the virtual board is exact, so there is nothing to trim and no
// flag ever rises. Manual: RM0433, chapter 9.
#include "registers.h"

enum { CR = 0x00, CFGR = 0x04, ISR = 0x08, ICR = 0x0C };
enum { CR_RESET = 0x2000, CFGR_RESET = 0x2022BB7F, CR_KEPT = 0x3F6F, CR_CEN = 1u << 5 };

typedef struct crs {
    uint32_t cr, cfgr;
} crs;

static void reset(vb_device *device, vb_reset kind)
{
    if (kind != VB_RESET_BACKUP) {
        *(crs *)device->state = (crs){.cr = CR_RESET, .cfgr = CFGR_RESET};
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    const crs *state = device->state;
    switch (offset & ~3u) {
    case CR: return vb_part(state->cr, offset, width);
    case CFGR: return vb_part(state->cfgr, offset, width);
    case ISR:
    case ICR: return 0;
    default: return vb_no_register_read(device, offset);
    }
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    crs *state = device->state;
    uint32_t word = vb_spread(width, value);
    switch (offset & ~3u) {
    case CR: state->cr = word & CR_KEPT; return;
    case CFGR:
        if ((state->cr & CR_CEN) == 0) { // protected while it counts
            state->cfgr = word;
        }
        return;
    case ISR:
    case ICR: return;
    default: vb_no_register_write(device, offset, value);
    }
}

extern const vb_model vb_crs_v1;
const vb_model vb_crs_v1 = {
    .generation = "crs_v1",
    .state_size = sizeof(crs),
    .reset = reset,
    .read = read,
    .write = write,
};
