// SPDX-License-Identifier: MIT
// Flash interface of the F40x, and of the F42x with its second bank: registers, locks, interrupts, wait states, and the bus that stands
// while it is busy. Manual: RM0090 Rev 21, 3.3 to 3.5, 3.8 and 3.9.
#include <string.h>

#include "flash_f4.h"

enum { KEY1 = 0x45670123, OPTKEY1 = 0x08192A3B, OPTKEY2 = 0x4C5D6E7F };
#define KEY2 0xCDEF89ABu
enum { EVENT_DONE };
enum { MIN_HCLK_HZ = 1000000 }; // for any operation (RM0090 3.6)

void flash_update_irq(vb_device *device)
{
    const flash *state = device->state;
    bool end = (state->sr & FLASH_SR_EOP) && (state->cr & FLASH_CR_EOPIE);
    bool error = (state->sr & FLASH_SR_OPERR) && (state->cr & FLASH_CR_ERRIE);
    vb_irq(device, 0, end || error);
}

// Refuses an operation. OPERR only joins in with its interrupt enabled.
void flash_fail(vb_device *device, uint32_t flags)
{
    flash *state = device->state;
    state->sr |= flags | (state->cr & FLASH_CR_ERRIE ? FLASH_SR_OPERR : 0);
    state->cr &= ~(uint32_t)FLASH_CR_STRT;
    flash_update_irq(device);
}

bool flash_has_two_banks(const vb_device *device)
{
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    return geometry->runs[geometry->runs_count - 1].bank == 2;
}

// What cannot be read meanwhile: the bank that works. Option bytes stop both.
static void hold(vb_device *device, uint32_t address, uint32_t size, vb_time until)
{
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    uint32_t bank = geometry->size / 2;
    if (!flash_has_two_banks(device) || size == 0 || size > bank) {
        vb_flash_busy(device, geometry->address, geometry->size, until);
        return;
    }
    vb_flash_busy(device, geometry->address + address / bank * bank, bank, until);
}

void flash_begin(vb_device *device, flash_job job, uint32_t address, uint32_t size,
                 vb_time duration)
{
    flash *state = device->state;
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    if (vb_clock_hz(device->board, VB_CLOCK_HCLK) < MIN_HCLK_HZ) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: HCLK below 1 MHz during a flash operation",
               device->info->name);
    }
    static const vb_flash_kind kinds[] = {[FLASH_PROGRAM] = VB_FLASH_PROGRAM, [FLASH_ERASE] = VB_FLASH_ERASE,
                                          [FLASH_OPTIONS] = VB_FLASH_OPTIONS};
    state->job = job;
    state->address = address;
    state->size = size;
    state->started = vb_now(device->board);
    state->until = state->started + duration;
    vb_flash_begins(device, kinds[job], size != 0 ? geometry->address + address : 0, size, state->until);
    state->fails = job != FLASH_OPTIONS && vb_flash_fails(device, &state->failure, &state->until);
    state->sr |= FLASH_SR_BSY;
    vb_schedule(device, EVENT_DONE, state->until);
    hold(device, address, size, state->until);
    vb_in_flight(device, true);
}

static void end_job(vb_device *device)
{
    flash *state = device->state;
    const hf_flash *geometry = &vb_description(device->board)->chip.flash;
    state->job = FLASH_IDLE;
    state->sr &= ~(uint32_t)FLASH_SR_BSY;
    vb_cancel(device, EVENT_DONE);
    vb_flash_busy(device, geometry->address, 0, vb_now(device->board));
    vb_in_flight(device, false);
}

// -- stores that wait for the end of an operation -------------------------------------------------
static void postpone(vb_device *device, flash_store store)
{
    flash *state = device->state;
    if (state->waiting_count == FLASH_WAITING_MAX) {
        vb_say(device->board, VB_REPORT_UNMODELLED, "%s: more than %u stores in a row while busy",
               device->info->name, (unsigned)FLASH_WAITING_MAX);
        return;
    }
    state->waiting[state->waiting_count++] = store;
    vb_stall(device, state->until);
}

static void write_now(vb_device *device, uint32_t offset, unsigned width, uint32_t value);

static void run_waiting(vb_device *device)
{
    flash *state = device->state;
    while (state->waiting_count > 0 && state->job == FLASH_IDLE) {
        flash_store store = state->waiting[0];
        state->waiting_count--;
        memmove(state->waiting, state->waiting + 1, state->waiting_count * sizeof(store));
        if (store.is_register) {
            write_now(device, store.place, store.width, store.value);
        } else {
            flash_program(device, store.place, store.width, store.value);
        }
    }
    if (state->waiting_count > 0) {
        vb_stall(device, state->until);
    }
}

static void finish_job(vb_device *device)
{
    flash *state = device->state;
    switch (state->job) {
    case FLASH_PROGRAM: flash_finish_program(device); break;
    case FLASH_ERASE: flash_finish_erase(device); break;
    case FLASH_OPTIONS: flash_finish_options(device); break;
    case FLASH_IDLE: return;
    }
    state->cr &= ~(uint32_t)FLASH_CR_STRT;
    state->sr |= state->cr & FLASH_CR_EOPIE ? FLASH_SR_EOP : 0;
}

static void event(vb_device *device, unsigned id)
{
    flash *state = device->state;
    (void)id;
    if (state->fails) {
        flash_fail(device, state->failure);
    } else {
        finish_job(device);
    }
    end_job(device);
    flash_update_irq(device);
    run_waiting(device);
}

static void store_to_array(vb_device *device, uint32_t address, unsigned width, uint32_t value)
{
    const flash *state = device->state;
    if (state->job != FLASH_IDLE) {
        postpone(device, (flash_store){.place = address, .width = width, .value = value});
        return;
    }
    flash_program(device, address, width, value);
}

// -- locks ----------------------------------------------------------------------------------------
// A wrong word, or a key with the lock open already, jams it until the next reset. True when it is
// open now.
static bool turn_key(vb_device *device, flash_lock *lock, uint32_t value, uint32_t first,
                     uint32_t second)
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

static void write_keyr(vb_device *device, uint32_t value)
{
    flash *state = device->state;
    bool open = turn_key(device, &state->lock, value, KEY1, KEY2);
    state->cr = open ? state->cr & ~FLASH_CR_LOCK : state->cr | FLASH_CR_LOCK;
}

static void write_optkeyr(vb_device *device, uint32_t value)
{
    flash *state = device->state;
    bool open = turn_key(device, &state->option_lock, value, OPTKEY1, OPTKEY2);
    state->optcr =
        open ? state->optcr & ~(uint32_t)FLASH_OPTCR_OPTLOCK : state->optcr | FLASH_OPTCR_OPTLOCK;
}

// -- wait states and caches -----------------------------------------------------------------------
static const hf_wait_state_rule *wait_state_rule(const hf_board *board)
{
    const hf_flash *geometry = &board->chip.flash;
    for (size_t i = 0; i < geometry->wait_states_count; i++) {
        if (board->supply_min_mv >= geometry->wait_states[i].min_mv) {
            return &geometry->wait_states[i];
        }
    }
    return NULL;
}

static uint32_t latency_bits(const vb_device *device)
{
    return vb_description(device->board)->chip.flash.wait_states_max; // 7, or 15 with one bit more
}

static void clock_changed(vb_device *device)
{
    flash *state = device->state;
    const hf_wait_state_rule *rule = wait_state_rule(vb_description(device->board));
    uint32_t hclk = vb_clock_hz(device->board, VB_CLOCK_HCLK);
    bool known = hclk == state->checked_hclk && state->acr == state->checked_acr;
    if (rule == NULL || hclk == 0 || known) {
        return;
    }
    state->checked_hclk = hclk;
    state->checked_acr = state->acr;
    uint32_t needed = (hclk - 1) / rule->hz_per_wait_state;
    uint32_t latency = state->acr & latency_bits(device);
    if (latency < needed) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: %u wait states at HCLK %u Hz, %u needed",
               device->info->name, (unsigned)latency, (unsigned)hclk,
               (unsigned)needed);
    }
    if (!rule->prefetch && (state->acr & FLASH_ACR_PRFTEN)) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: prefetch is on at a supply too low for it",
               device->info->name);
    }
}

// A cache is only reset while it is off.
static void write_acr(vb_device *device, uint32_t value)
{
    flash *state = device->state;
    uint32_t resets = value & (FLASH_ACR_ICRST | FLASH_ACR_DCRST);
    uint32_t enables = FLASH_ACR_ICEN | FLASH_ACR_DCEN;
    if (resets & ((state->acr & enables) << 2)) {
        vb_say(device->board, VB_REPORT_MISUSE, "%s: a cache is reset while it is on",
               device->info->name);
        resets &= ~((state->acr & enables) << 2);
    }
    if (resets & FLASH_ACR_DCRST) {
        state->stale_sectors = 0;
    }
    state->acr = (value & (latency_bits(device) | FLASH_ACR_PRFTEN | enables)) | resets;
    clock_changed(device);
}

// -- registers ------------------------------------------------------------------------------------
static void write_cr(vb_device *device, uint32_t value)
{
    static const uint32_t writable = FLASH_CR_PG | FLASH_CR_SER | FLASH_CR_MER |
                                     (31u << FLASH_CR_SNB) | (3u << FLASH_CR_PSIZE) |
                                     FLASH_CR_STRT | FLASH_CR_EOPIE | FLASH_CR_ERRIE;
    flash *state = device->state;
    if (state->cr & FLASH_CR_LOCK) {
        return;
    }
    uint32_t second = flash_has_two_banks(device) ? FLASH_CR_MER1 : 0;
    state->cr = value & (writable | second | FLASH_CR_LOCK);
    if (state->cr & FLASH_CR_LOCK) {
        state->lock = FLASH_LOCKED;
    }
    if (state->cr & FLASH_CR_STRT) {
        flash_start_erase(device);
    }
    flash_update_irq(device);
}

static uint32_t read_register(vb_device *device, uint32_t offset)
{
    const flash *state = device->state;
    switch (offset) {
    case FLASH_ACR: return state->acr;
    case FLASH_KEYR:
    case FLASH_OPTKEYR: return 0;
    case FLASH_SR: return state->sr;
    case FLASH_CR: return state->cr;
    case FLASH_OPTCR: return state->optcr;
    case FLASH_OPTCR1: return flash_has_two_banks(device) ? state->optcr1 : vb_no_register_read(device, offset);
    default: return vb_no_register_read(device, offset);
    }
}

static uint32_t read(vb_device *device, uint32_t offset, unsigned width)
{
    return vb_part(read_register(device, offset & ~3u), offset, width);
}

static uint32_t known_flags(const vb_device *device)
{
    return FLASH_SR_FLAGS | (flash_has_two_banks(device) ? FLASH_SR_RDERR : 0);
}

static void write_now(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    flash *state = device->state;
    switch (offset & ~3u) {
    case FLASH_ACR: write_acr(device, vb_merge(state->acr, offset, width, value)); return;
    case FLASH_KEYR: write_keyr(device, vb_merge(0, offset, width, value)); return;
    case FLASH_OPTKEYR: write_optkeyr(device, vb_merge(0, offset, width, value)); return;
    case FLASH_SR:
        state->sr &= ~(vb_merge(0, offset, width, value) & known_flags(device));
        flash_update_irq(device);
        return;
    case FLASH_CR: write_cr(device, vb_merge(state->cr, offset, width, value)); return;
    case FLASH_OPTCR:
        flash_write_optcr(device, vb_merge(state->optcr, offset, width, value));
        return;
    case FLASH_OPTCR1:
        if (flash_has_two_banks(device)) {
            flash_write_optcr1(device, vb_merge(state->optcr1, offset, width, value));
            return;
        }
        vb_no_register_write(device, offset, value);
        return;
    default: vb_no_register_write(device, offset, value);
    }
}

static void write(vb_device *device, uint32_t offset, unsigned width, uint32_t value)
{
    const flash *state = device->state;
    bool waits = (offset & ~3u) == FLASH_CR || (offset & ~3u) >= FLASH_OPTCR;
    if (waits && state->job != FLASH_IDLE) {
        postpone(device, (flash_store){
                             .is_register = true, .place = offset, .width = width, .value = value});
        return;
    }
    write_now(device, offset, width, value);
}

// -- life -----------------------------------------------------------------------------------------
static vb_status create(vb_device *device)
{
    flash *state = device->state;
    state->options = FLASH_OPTIONS_DELIVERED;
    state->options1 = FLASH_OPTCR1_BITS;
    flash_publish_options(device);
    vb_on_flash_store(device, store_to_array);
    return VB_OK;
}

static void reset(vb_device *device, vb_reset kind)
{
    flash *state = device->state;
    if (kind == VB_RESET_BACKUP || kind == VB_RESET_PERIPHERAL) {
        return;
    }
    if (state->job == FLASH_OPTIONS) {
        flash_tear_options(device);
    } else if (state->job != FLASH_IDLE) {
        flash_tear(device);
    }
    if (state->job != FLASH_IDLE) {
        end_job(device);
    }
    *state = (flash){.cr = FLASH_CR_LOCK, .options = state->options, .options1 = state->options1};
    flash_load_options(device);
    flash_update_irq(device);
}

static size_t save(vb_device *device, void *buffer)
{
    const flash *state = device->state;
    const uint32_t kept[] = {state->options, state->options1};
    size_t size = flash_has_two_banks(device) ? sizeof kept : sizeof kept[0];
    if (buffer != NULL) {
        memcpy(buffer, kept, size);
    }
    return size;
}

static bool load(vb_device *device, const void *buffer, size_t size)
{
    flash *state = device->state;
    if (size != save(device, NULL)) {
        return false;
    }
    uint32_t kept[] = {0, FLASH_OPTCR1_BITS};
    memcpy(kept, buffer, size);
    state->options = kept[0] & FLASH_OPTCR_BITS;
    state->options1 = kept[1] & FLASH_OPTCR1_BITS;
    flash_load_options(device);
    return true;
}

extern const vb_model vb_flash_f4;
const vb_model vb_flash_f4 = {
    .generation = "flash_f4",
    .state_size = sizeof(flash),
    .always_clocked = true,
    .create = create,
    .reset = reset,
    .read = read,
    .write = write,
    .event = event,
    .clock_changed = clock_changed,
    .save = save,
    .load = load,
};
