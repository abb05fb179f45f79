// SPDX-License-Identifier: MIT
// Option bytes of the H74x: protection, boot address, bank swap. A change counts at once in the registers named _CUR; the
// swap, the boot address and the watchdog from the next reset on. Manual: RM0433, 4.4, 4.9.
#include <string.h>

#include "flash_h7.h"

enum { RDP_LEVEL_0 = 0xAA, RDP_LEVEL_2 = 0xCC };
#define OPTSR_BITS 0xBFFFFFFCu // what is stored

const flash_options flash_h7_delivered = {
    .optsr = 0x1BC6AAF0u,
    .boot = 0x1FF00800u,
    .prar = {0x000000FFu, 0x000000FFu}, // start behind end: no area
    .scar = {0x000000FFu, 0x000000FFu},
    .wpsn = {0xFFu, 0xFFu},
};

static unsigned rdp(uint32_t optsr)
{
    return (optsr >> 8) & 0xFF;
}

static void exchange(vb_device *device)
{
    flash *state = device->state;
    uint8_t *array = vb_flash_array(device->board);
    uint32_t size = flash_h7_bank_size(device);
    for (uint32_t i = 0; i < size; i++) {
        uint8_t byte = array[i];
        array[i] = array[size + i];
        array[size + i] = byte;
    }
    for (uint32_t i = 0; i < size / FLASH_UNIT; i++) {
        uint8_t unit = state->units[i];
        state->units[i] = state->units[size / FLASH_UNIT + i];
        state->units[size / FLASH_UNIT + i] = unit;
    }
    state->swapped = !state->swapped;
    flash_h7_watch(device, 0, FLASH_BANKS * size);
}

void flash_h7_load_options(vb_device *device)
{
    flash *state = device->state;
    bool swap = (state->current.optsr & FLASH_SWAP_BANK) != 0;
    if (swap != state->swapped) {
        exchange(device);
    }
    state->wanted = state->current;
    state->optcr = FLASH_OPTCR_OPTLOCK | (swap ? FLASH_SWAP_BANK : 0);
    vb_link_set(device->board, VB_LINK_BANK_SWAP, swap);
    vb_link_set(device->board, VB_LINK_HARDWARE_WATCHDOG, (state->current.optsr & FLASH_OPTSR_IWDG1_SW) == 0);
    vb_set_boot_vectors(device->board, state->current.boot << 16); // the boot pin is low: BOOT_ADD0
}

// The words of the bank that is seen at this place.
static uint32_t *word_of(flash_options *options, unsigned own, uint32_t offset)
{
    switch (offset) {
    case FLASH_OPTSR_CUR:
    case FLASH_OPTSR_PRG: return &options->optsr;
    case FLASH_PRAR_CUR:
    case FLASH_PRAR_PRG: return &options->prar[own];
    case FLASH_SCAR_CUR:
    case FLASH_SCAR_PRG: return &options->scar[own];
    case FLASH_WPSN_CUR:
    case FLASH_WPSN_PRG: return &options->wpsn[own];
    case FLASH_BOOT_CUR:
    case FLASH_BOOT_PRG: return &options->boot;
    default: return NULL;
    }
}

static bool is_wanted(uint32_t offset)
{
    return offset == FLASH_OPTSR_PRG || offset == FLASH_PRAR_PRG || offset == FLASH_SCAR_PRG ||
           offset == FLASH_WPSN_PRG || offset == FLASH_BOOT_PRG;
}

uint32_t flash_h7_read_option(const vb_device *device, unsigned bank, uint32_t offset)
{
    flash *state = device->state;
    const uint32_t *word = word_of(is_wanted(offset) ? &state->wanted : &state->current, bank ^ state->swapped, offset);
    if (word == NULL) {
        return vb_no_register_read(device, offset);
    }
    return *word | (offset == FLASH_OPTSR_CUR ? state->optsr_flags : 0);
}

void flash_h7_write_option(vb_device *device, unsigned bank, uint32_t offset, uint32_t value)
{
    flash *state = device->state;
    uint32_t *word = word_of(&state->wanted, bank ^ state->swapped, offset);
    if (word == NULL) {
        vb_no_register_write(device, offset, value);
        return;
    }
    if (!is_wanted(offset) || (state->optcr & FLASH_OPTCR_OPTLOCK) != 0) {
        return;
    }
    *word = offset == FLASH_OPTSR_PRG ? value & OPTSR_BITS : offset == FLASH_WPSN_PRG ? value & 0xFFu : value;
}

// At level 2 nothing but the swap may change; protected areas only grow.
static bool is_legal(const flash *state)
{
    flash_options rest = state->wanted;
    rest.optsr = (rest.optsr & ~FLASH_SWAP_BANK) | (state->current.optsr & FLASH_SWAP_BANK);
    bool only_swap = memcmp(&rest, &state->current, sizeof rest) == 0;
    return only_swap || rdp(state->current.optsr) != RDP_LEVEL_2;
}

static void start_change(vb_device *device)
{
    flash *state = device->state;
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    if (memcmp(&state->wanted, &state->current, sizeof state->wanted) == 0) {
        return;
    }
    if (!is_legal(state)) {
        state->optsr_flags |= FLASH_OPTSR_OPTCHANGEERR;
        flash_h7_update(device);
        return;
    }
    state->changing = true;
    state->started = vb_now(device->board);
    state->until = state->started + geometry->option_change_ms * VB_MS;
    state->optsr_flags |= FLASH_OPTSR_OPT_BUSY;
    vb_flash_begins(device, VB_FLASH_OPTIONS, 0, 0, state->until);
    vb_schedule(device, FLASH_EVENT_OPTIONS, state->until);
    flash_h7_update(device);
}

void flash_h7_write_optcr(vb_device *device, uint32_t value)
{
    flash *state = device->state;
    if ((state->optcr & FLASH_OPTCR_OPTLOCK) != 0 || state->changing) {
        return;
    }
    if ((value & FLASH_OPTCR_OPTLOCK) != 0) {
        state->optcr |= FLASH_OPTCR_OPTLOCK;
        state->option_lock = FLASH_LOCKED;
        return;
    }
    if ((value & FLASH_OPTCR_MER) != 0) {
        for (unsigned bank = 0; bank < FLASH_BANKS; bank++) {
            state->banks[bank].cr |= FLASH_CR_BER;
            flash_h7_start_erase(device, bank);
        }
    }
    if ((value & FLASH_OPTCR_OPTSTART) != 0) {
        start_change(device);
    }
}

// Taking read protection back from level 1 costs the contents of flash and backup domain.
static void regress(vb_device *device)
{
    uint32_t size = FLASH_BANKS * flash_h7_bank_size(device);
    memset(vb_flash_array(device->board), 0xFF, size);
    flash_h7_mark(device, 0, size, FLASH_GOOD);
    flash_h7_watch(device, 0, size);
    vb_backup_reset(device->board);
}

void flash_h7_options_done(vb_device *device)
{
    flash *state = device->state;
    bool regression = rdp(state->current.optsr) != RDP_LEVEL_0 && rdp(state->wanted.optsr) == RDP_LEVEL_0;
    state->changing = false;
    state->optsr_flags &= ~(uint32_t)FLASH_OPTSR_OPT_BUSY;
    state->current = state->wanted;
    if (regression) {
        regress(device);
    }
    for (unsigned bank = 0; bank < FLASH_BANKS; bank++) {
        if (state->banks[bank].job == FLASH_IDLE) {
            flash_h7_bank_done(device, bank); // what waited for the end of the change
        }
    }
}

// Power lost during a change leaves the old options (RM0433, 4.4.3); at the very end it leaves the new ones. That
// silicon has been seen to do worse is said in docs/dual-bank.md.
void flash_h7_options_stopped(vb_device *device)
{
    flash *state = device->state;
    vb_time total = state->until - state->started, done = vb_since(device, state->started);
    if (state->changing && done > total - total / 16) {
        state->current = state->wanted;
    }
    vb_cancel(device, FLASH_EVENT_OPTIONS);
}
