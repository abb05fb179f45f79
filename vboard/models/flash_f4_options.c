// SPDX-License-Identifier: MIT
// Option bytes of the F40x and F42x: read and write protection, hardware watchdog, brown-out level. A change
// erases and writes the whole configuration sector; protection counts at once, the user bits from
// the next reset on. Manual: RM0090 Rev 21, 3.6.2 (table 13), 3.7 and 3.9.10.
#include <string.h>

#include "flash_f4.h"

enum { NWRP = 16, RDP_LEVEL_0 = 0xAA, RDP_LEVEL_2 = 0xCC, SECOND_BANK = 16 };

static unsigned rdp(uint32_t options)
{
    return (options >> 8) & 0xFF;
}

bool flash_protected(const vb_device *device, unsigned sector)
{
    const flash *state = device->state;
    uint32_t nwrp = sector < SECOND_BANK ? state->options : state->options1;
    sector %= SECOND_BANK;
    return sector < 12 && !((nwrp >> (NWRP + sector)) & 1u);
}

static void publish_words(const vb_device *device, const char *region, uint32_t user, uint32_t options)
{
    uint8_t *memory = vb_region(device->board, region);
    uint32_t nwrp = (options >> NWRP) | 0xFFFFF000u;
    if (memory != NULL) {
        memset(memory, 0xFF, 16);
        memcpy(memory, &user, sizeof(user));
        memcpy(memory + 8, &nwrp, sizeof(nwrp));
    }
}

// The words at 0x1FFFC000: read protection and user bits, then write protection; each with unused
// bits set. The second bank's, at 0x1FFEC000, have the latter alone.
void flash_publish_options(vb_device *device)
{
    const flash *state = device->state;
    vb_link_set(device->board, VB_LINK_HARDWARE_WATCHDOG, !(state->options & FLASH_OPTCR_WDG_SW));
    publish_words(device, "option_bytes", (state->options & 0xFFEC) | 0xFFFF0000u, state->options);
    publish_words(device, "option_bytes_2", UINT32_MAX, state->options1);
}

void flash_load_options(vb_device *device)
{
    flash *state = device->state;
    state->optcr = state->options | FLASH_OPTCR_OPTLOCK;
    state->optcr1 = state->options1;
    flash_publish_options(device);
}

static void start_change(vb_device *device)
{
    flash *state = device->state;
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    if (rdp(state->options) == RDP_LEVEL_2) {
        vb_say(device->board, VB_REPORT_MISUSE,
               "%s: option bytes cannot change at read protection level 2", device->info->name);
        state->optcr &= ~(uint32_t)FLASH_OPTCR_OPTSTRT;
        return;
    }
    flash_begin(device, FLASH_OPTIONS, 0, 0, geometry->option_change_ms * VB_MS);
}

void flash_write_optcr(vb_device *device, uint32_t value)
{
    flash *state = device->state;
    if (state->optcr & FLASH_OPTCR_OPTLOCK) {
        return;
    }
    state->optcr = value & (FLASH_OPTCR_BITS | FLASH_OPTCR_OPTSTRT | FLASH_OPTCR_OPTLOCK);
    if (state->optcr & FLASH_OPTCR_OPTLOCK) {
        state->option_lock = FLASH_LOCKED;
    }
    if (state->optcr & FLASH_OPTCR_OPTSTRT) {
        start_change(device);
    }
}

void flash_write_optcr1(vb_device *device, uint32_t value)
{
    flash *state = device->state;
    if (!(state->optcr & FLASH_OPTCR_OPTLOCK)) {
        state->optcr1 = value & FLASH_OPTCR1_BITS;
    }
}

// Taking read protection back from level 1 costs the contents of flash and backup domain.
static void regress(vb_device *device)
{
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    memset(vb_flash_array(device->board), 0xFF, geometry->size);
    vb_flash_changed(device->board, geometry->address, geometry->size);
    vb_backup_reset(device->board);
}

static void store(vb_device *device, uint32_t options, uint32_t options1)
{
    flash *state = device->state;
    state->options1 = options1;
    bool regression = rdp(state->options) != RDP_LEVEL_0 && rdp(options) == RDP_LEVEL_0;
    state->options = options;
    flash_publish_options(device);
    if (regression) {
        regress(device);
    }
}

void flash_finish_options(vb_device *device)
{
    flash *state = device->state;
    state->optcr &= ~(uint32_t)FLASH_OPTCR_OPTSTRT;
    store(device, state->optcr & FLASH_OPTCR_BITS, state->optcr1);
}

// Cut short: the configuration sector holds nothing valid, and the controller falls back to read
// protection level 1 with everything else as erased. A cut at the very end leaves the new options.
void flash_tear_options(vb_device *device)
{
    flash *state = device->state;
    vb_time total = state->until - state->started, done = vb_since(device, state->started);
    if (done < total / 16) {
        return;
    }
    if (done > total - total / 16) {
        store(device, state->optcr & FLASH_OPTCR_BITS, state->optcr1);
    } else {
        store(device, FLASH_OPTCR_BITS, FLASH_OPTCR1_BITS);
    }
}
