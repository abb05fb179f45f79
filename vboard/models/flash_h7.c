// SPDX-License-Identifier: MIT
// Flash interface of the H74x: registers of both banks, locks, interrupts, wait states, and which bank makes the core
// wait. The register set at offset 0 always belongs to the bank seen at the start of the flash. Manual: RM0433, 4.3, 4.9.
#include <stdlib.h>
#include <string.h>

#include "flash_h7.h"

enum { KEY1 = 0x45670123, OPTKEY1 = 0x08192A3B, OPTKEY2 = 0x4C5D6E7F, ACR_BITS = 0x3F, ACR_LATENCY = 0xF };
#define KEY2 0xCDEF89ABu
enum { ACR_RESET = 0x37, CR_RESET = 0x31, CR_WRITABLE = 0x1FEF87FE };

static bool wants_interrupt(const flash_bank *bank)
{
    return (bank->sr & bank->cr & FLASH_CR_ENABLES) != 0;
}

// The core waits for a bank that works when it needs something from there, not for the other one. While option bytes
// change it waits for both.
static void publish_busy(vb_device *device)
{
    const flash *state = device->state;
    uint32_t start = vb_description(device->board)->chip.flash.address, size = flash_h7_bank_size(device);
    const flash_bank *first = &state->banks[0], *second = &state->banks[1];
    bool both = first->job != FLASH_IDLE && second->job != FLASH_IDLE;
    if (state->changing) {
        vb_flash_busy(device, start, FLASH_BANKS * size, state->until);
    } else if (both) {
        vb_flash_busy(device, start, FLASH_BANKS * size, first->until < second->until ? first->until : second->until);
    } else if (first->job != FLASH_IDLE) {
        vb_flash_busy(device, start, size, first->until);
    } else if (second->job != FLASH_IDLE) {
        vb_flash_busy(device, start + size, size, second->until);
    } else {
        vb_flash_busy(device, start, 0, vb_now(device->board));
    }
}

void flash_h7_update(vb_device *device)
{
    const flash *state = device->state;
    const flash_bank *first = &state->banks[0], *second = &state->banks[1];
    bool change_error = (state->optsr_flags & FLASH_OPTSR_OPTCHANGEERR) != 0 && (state->optcr & 1u << 30) != 0;
    vb_irq(device, 0, wants_interrupt(first) || wants_interrupt(second) || change_error);
    vb_in_flight(device, first->job != FLASH_IDLE || second->job != FLASH_IDLE || state->changing);
    publish_busy(device);
}

static void event(vb_device *device, unsigned id)
{
    if (id == FLASH_EVENT_OPTIONS) {
        flash_h7_options_done(device);
    } else {
        flash_h7_bank_done(device, id - FLASH_EVENT_BANK);
    }
    flash_h7_update(device);
}

// -- locks ------------------------------------------------------------------------------------------------------------
// A wrong word, or a key with the lock open already, jams it until the next reset. True when it is open now.
static bool turn_key(vb_device *device, flash_lock *lock, uint32_t value, uint32_t first, uint32_t second)
{
    if (*lock == FLASH_LOCKED && value == first) {
        *lock = FLASH_HALF_OPEN;
        return false;
    }
    if (*lock == FLASH_HALF_OPEN && value == second) {
        *lock = FLASH_OPEN;
        return true;
    }
    *lock = FLASH_JAMMED;
    vb_bus_fault(device);
    return false;
}

static void write_keyr(vb_device *device, flash_bank *bank, uint32_t value)
{
    bool open = turn_key(device, &bank->lock, value, KEY1, KEY2);
    bank->cr = open ? bank->cr & ~(uint32_t)FLASH_CR_LOCK : bank->cr | FLASH_CR_LOCK;
}

static void write_optkeyr(vb_device *device, uint32_t value)
{
    flash *state = device->state;
    bool open = turn_key(device, &state->option_lock, value, OPTKEY1, OPTKEY2);
    state->optcr = open ? state->optcr & ~(uint32_t)FLASH_OPTCR_OPTLOCK : state->optcr | FLASH_OPTCR_OPTLOCK;
}

// -- wait states ------------------------------------------------------------------------------------------------------
// RM0433, table 17: each wait state allows so much more, by voltage scale.
static uint32_t wait_states_needed(uint32_t hclk, uint64_t scale)
{
    static const uint32_t step[] = {70000000, 70000000, 55000000, 45000000};
    enum { LAST_OF_VOS1 = 225000000 };
    return hclk > LAST_OF_VOS1 ? 4 : (hclk - 1) / step[scale & 3u];
}

static void clock_changed(vb_device *device)
{
    flash *state = device->state;
    uint32_t bus = vb_clock_hz(device->board, VB_CLOCK_AHB);
    uint32_t scale = (uint32_t)vb_link_get(device->board, VB_LINK_VOLTAGE_SCALE);
    bool known = bus == state->checked_hclk && state->acr == state->checked_acr && scale == state->checked_scale;
    if (bus == 0 || known) {
        return;
    }
    state->checked_hclk = bus;
    state->checked_acr = state->acr;
    state->checked_scale = scale;
    uint32_t needed = wait_states_needed(bus, scale);
    if ((state->acr & ACR_LATENCY) < needed) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: %u wait states at AXI clock %u Hz and VOS%u, %u needed",
               device->info->name, (unsigned)(state->acr & ACR_LATENCY), (unsigned)bus, (unsigned)scale,
               (unsigned)needed);
    }
}

// -- registers --------------------------------------------------------------------------------------------------------
static void write_cr(vb_device *device, unsigned bank, uint32_t value)
{
    flash *state = device->state;
    flash_bank *b = &state->banks[bank];
    if ((b->cr & FLASH_CR_LOCK) != 0) {
        return;
    }
    vb_no_function(device, "CR", value & 0x8000u); // CRC_EN
    b->cr = value & (CR_WRITABLE | FLASH_CR_LOCK) & ~(uint32_t)(FLASH_CR_FW | FLASH_CR_START);
    b->lock = (b->cr & FLASH_CR_LOCK) != 0 ? FLASH_LOCKED : b->lock;
    if ((b->cr & FLASH_CR_PG) == 0) {
        b->buffer = (flash_word){0}; // a part of a word is forgotten
    }
    if ((value & FLASH_CR_FW) != 0 && (b->cr & FLASH_CR_PG) != 0) {
        flash_h7_force_write(device, bank);
    }
    if ((value & FLASH_CR_START) != 0) {
        flash_h7_start_erase(device, bank);
    }
    flash_h7_update(device);
}

static uint32_t read_sr(const flash_bank *bank)
{
    bool queued = bank->job != FLASH_IDLE || bank->waiting_count > 0 || bank->erase_waits;
    return bank->sr | (bank->job != FLASH_IDLE ? FLASH_SR_BSY : 0) | (queued ? FLASH_SR_QW : 0) |
           (bank->buffer.filled != 0 ? FLASH_SR_WBNE : 0);
}

static void write_ccr(vb_device *device, flash_bank *bank, uint32_t value)
{
    bank->sr &= ~(value & FLASH_SR_FLAGS);
    if ((bank->sr & (FLASH_SR_SNECCERR | FLASH_SR_DBECCERR)) == 0) {
        bank->ecc_fa = 0;
    }
    flash_h7_update(device);
}

static uint32_t read_register(vb_device *device, unsigned bank, uint32_t offset)
{
    const flash *state = device->state;
    switch (offset) {
    case FLASH_ACR: return state->acr;
    case FLASH_KEYR:
    case FLASH_OPTKEYR:
    case FLASH_CCR:
    case FLASH_OPTCCR: return 0;
    case FLASH_CR: return state->banks[bank].cr;
    case FLASH_SR: return read_sr(&state->banks[bank]);
    case FLASH_OPTCR: return state->optcr;
    case FLASH_ECC_FA: return state->banks[bank].ecc_fa;
    default: return flash_h7_read_option(device, bank, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    unsigned bank = offset / FLASH_SECOND_BANK;
    if (bank >= FLASH_BANKS) {
        return vb_no_register_read(device, offset);
    }
    return vb_part(read_register(device, bank, offset % FLASH_SECOND_BANK & ~3u), offset, width);
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    flash *state = device->state;
    unsigned bank = offset / FLASH_SECOND_BANK;
    if (bank >= FLASH_BANKS) {
        vb_no_register_write(device, offset, value);
        return;
    }
    uint32_t whole = offset % FLASH_SECOND_BANK & ~3u;
    uint32_t word = width == 4 ? value : vb_merge(read_register(device, bank, whole), offset, width, value);
    switch (whole) {
    case FLASH_ACR:
        state->acr = word & ACR_BITS;
        clock_changed(device);
        return;
    case FLASH_KEYR: write_keyr(device, &state->banks[bank], word); return;
    case FLASH_OPTKEYR: write_optkeyr(device, word); return;
    case FLASH_CR: write_cr(device, bank, word); return;
    case FLASH_CCR: write_ccr(device, &state->banks[bank], word); return;
    case FLASH_OPTCR: flash_h7_write_optcr(device, word); return;
    case FLASH_OPTCCR:
        state->optsr_flags &= ~(word & FLASH_OPTSR_OPTCHANGEERR);
        flash_h7_update(device);
        return;
    case FLASH_SR:
    case FLASH_ECC_FA: return; // read-only
    default: flash_h7_write_option(device, bank, whole, word);
    }
}

// -- life -------------------------------------------------------------------------------------------------------------
static vb_status create(vb_device *device)
{
    flash *state = device->state;
    state->units = calloc(FLASH_BANKS * flash_h7_bank_size(device) / FLASH_UNIT, 1);
    state->current = flash_h7_delivered;
    flash_h7_load_options(device);
    vb_on_flash_store(device, flash_h7_store);
    vb_on_flash_load(device, flash_h7_load);
    return state->units != NULL ? VB_OK : VB_E_ENGINE;
}

static void destroy(vb_device *device)
{
    flash *state = device->state;
    free(state->units);
}

static void reset(vb_device *device, vb_reset kind)
{
    flash *state = device->state;
    if (kind == VB_RESET_BACKUP || kind == VB_RESET_PERIPHERAL) {
        return;
    }
    for (unsigned bank = 0; bank < FLASH_BANKS; bank++) {
        flash_h7_bank_stopped(device, bank);
        state->banks[bank] = (flash_bank){.cr = CR_RESET};
    }
    flash_h7_options_stopped(device);
    flash kept = *state;
    *state = (flash){.acr = ACR_RESET, .current = kept.current, .swapped = kept.swapped, .units = kept.units,
                     .reads = kept.reads};
    state->banks[0].cr = state->banks[1].cr = CR_RESET;
    flash_h7_load_options(device);
    flash_h7_update(device);
}

// -- the state file: options, whether the array is in swapped order, units ----------------------------------------------
static size_t save(vb_device *device, void *buffer)
{
    const flash *state = device->state;
    size_t units = FLASH_BANKS * flash_h7_bank_size(device) / FLASH_UNIT, head = sizeof state->current + 1;
    if (buffer != NULL) {
        uint8_t *to = buffer;
        memcpy(to, &state->current, sizeof state->current);
        to[sizeof state->current] = state->swapped;
        memcpy(to + head, state->units, units);
    }
    return head + units;
}

static bool load(vb_device *device, const void *buffer, size_t size)
{
    flash *state = device->state;
    size_t units = FLASH_BANKS * flash_h7_bank_size(device) / FLASH_UNIT, head = sizeof state->current + 1;
    const uint8_t *from = buffer;
    if (size != head + units) {
        return false;
    }
    memcpy(&state->current, from, sizeof state->current);
    state->swapped = from[sizeof state->current] != 0;
    memcpy(state->units, from + head, units);
    flash_h7_watch(device, 0, FLASH_BANKS * flash_h7_bank_size(device));
    flash_h7_load_options(device);
    return true;
}

extern const vb_model vb_flash_h7;
const vb_model vb_flash_h7 = {
    .generation = "flash_h7",
    .state_size = sizeof(flash),
    .always_clocked = true,
    .create = create,
    .destroy = destroy,
    .reset = reset,
    .read = read,
    .write = write,
    .event = event,
    .clock_changed = clock_changed,
    .save = save,
    .load = load,
};
