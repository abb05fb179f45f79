// SPDX-License-Identifier: MIT
// Backup SRAM: 4 KB on AHB1, writable with PWR_CR.DBP, kept through system resets, kept on VBAT
// only while the backup regulator is on, erased when read protection is taken back from level 1 to
// 0. Manual: RM0090 Rev 21, 2.3.1, 5.1.2 and 7.1.3.
#include <string.h>

#include "registers.h"

enum { SIZE = 4096 };

typedef struct bkpsram {
    uint8_t bytes[SIZE];
} bkpsram;

// BDRST resets the backup domain but spares this memory. A power-on is kept over by the regulator
// alone.
static void reset(vb_device *device, vb_reset kind)
{
    bkpsram *state = device->state;
    bool lost =
        (kind == VB_RESET_BACKUP && !vb_link_get(device->board, VB_LINK_BACKUP_SOFT_RESET)) ||
        (kind == VB_RESET_POWER && !vb_link_get(device->board, VB_LINK_BACKUP_REGULATOR));
    if (lost) {
        memset(state->bytes, 0, sizeof(state->bytes));
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    const bkpsram *state = device->state;
    uint32_t value = 0;
    for (unsigned i = 0; i < width && offset + i < SIZE; i++) {
        value |= (uint32_t)state->bytes[offset + i] << (8 * i);
    }
    return value;
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    bkpsram *state = device->state;
    if (!vb_backup_writable(device->board)) {
        return;
    }
    for (unsigned i = 0; i < width && offset + i < SIZE; i++) {
        state->bytes[offset + i] = (uint8_t)(value >> (8 * i));
    }
}

static size_t save(vb_device *device, void *buffer)
{
    if (buffer != NULL) {
        memcpy(buffer, device->state, SIZE);
    }
    return SIZE;
}

static bool load(vb_device *device, const void *buffer, size_t size)
{
    if (size != SIZE) {
        return false;
    }
    memcpy(device->state, buffer, SIZE);
    return true;
}

extern const vb_model vb_bkpsram_f4;
const vb_model vb_bkpsram_f4 = {
    .generation = "bkpsram_f4",
    .state_size = sizeof(bkpsram),
    .reset = reset,
    .read = read,
    .write = write,
    .save = save,
    .load = load,
};
