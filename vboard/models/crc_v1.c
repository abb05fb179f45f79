// SPDX-License-Identifier: MIT
// CRC unit, first generation: CRC-32 with polynomial 0x04C11DB7, most significant bit first, no
// reflection, no final xor. Manual: RM0090 Rev 21, chapter 4.
#include "registers.h"

enum { DR = 0x00, IDR = 0x04, CR = 0x08 };
enum { CYCLES = 4 }; // of HCLK for one word (RM0090 4.3)

typedef struct crc {
    uint32_t dr;
    uint8_t idr; // survives CR.RESET
    vb_time ready;
} crc;

static void reset(vb_device *device, vb_reset kind)
{
    if (kind != VB_RESET_BACKUP) {
        *(crc *)device->state = (crc){.dr = UINT32_MAX};
    }
}

static uint32_t step(uint32_t remainder, uint32_t word)
{
    remainder ^= word;
    for (int bit = 0; bit < 32; bit++) {
        remainder = (remainder << 1) ^ (remainder & 0x80000000u ? 0x04C11DB7u : 0);
    }
    return remainder;
}

// A word is accepted at once; the next access waits until it has been digested.
static void wait_ready(vb_device *device)
{
    const crc *state = device->state;
    if (vb_now(device->board) < state->ready) {
        vb_stall(device, state->ready);
    }
}

static void feed(vb_device *device, unsigned width, uint32_t value)
{
    crc *state = device->state;
    uint32_t hclk = vb_clock_hz(device->board, VB_CLOCK_HCLK);
    if (width != 4) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: DR takes whole words only, not %u bytes",
               device->info->name, width);
        return;
    }
    wait_ready(device);
    vb_time start = vb_now(device->board) > state->ready ? vb_now(device->board) : state->ready;
    state->ready = start + (hclk == 0 ? 0 : CYCLES * VB_S / hclk);
    state->dr = step(state->dr, value);
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    const crc *state = device->state;
    switch (offset & ~3u) {
    case DR: wait_ready(device); return vb_part(state->dr, offset, width);
    case IDR: return vb_part(state->idr, offset, width);
    case CR: return 0;
    default: return vb_no_register_read(device, offset);
    }
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    crc *state = device->state;
    switch (offset & ~3u) {
    case DR: feed(device, width, value); return;
    case IDR: state->idr = (uint8_t)vb_merge(state->idr, offset, width, value); return;
    case CR:
        if (vb_merge(0, offset, width, value) & 1u) {
            state->dr = UINT32_MAX;
        }
        return;
    default: vb_no_register_write(device, offset, value);
    }
}

extern const vb_model vb_crc_v1;
const vb_model vb_crc_v1 = {
    .generation = "crc_v1",
    .state_size = sizeof(crc),
    .reset = reset,
    .read = read,
    .write = write,
};
