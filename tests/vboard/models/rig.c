// SPDX-License-Identifier: MIT
// A board with the probe guest on it.
#include "rig.h"

#include <stdio.h>

#include "probe.h"

enum { RESULTS = 0x20000000, NVIC_ISPR = (int)0xE000E200, NVIC_ICPR = (int)0xE000E280 };
#define PATIENCE (60 * VB_S)

static void heard(void *context, vb_time when, vb_report kind, const char *words)
{
    rig *r = context;
    (void)when;
    (void)kind;
    snprintf(r->words, sizeof(r->words), "%s", words);
}

static uint32_t result(const rig *r, unsigned index)
{
    uint32_t value = 0;
    assert_int_equal(vb_read(r->board, RESULTS + 4 * index, &value, sizeof(value)), VB_OK);
    return value;
}

static void set_result(rig *r, unsigned index, uint32_t value)
{
    assert_int_equal(vb_write(r->board, RESULTS + 4 * index, &value, sizeof(value)), VB_OK);
}

static void tell(rig *r, unsigned operation, uint32_t address, unsigned width, uint32_t value)
{
    set_result(r, PROBE_OPERATION, operation);
    set_result(r, PROBE_ADDRESS, address);
    set_result(r, PROBE_WIDTH, width);
    set_result(r, PROBE_VALUE, value);
    set_result(r, PROBE_ASKED, ++r->asked);
}

static void await_result(rig *r, unsigned index, uint32_t value)
{
    vb_time limit = vb_now(r->board) + PATIENCE, step = VB_US;
    while (result(r, index) != value) {
        vb_stop stop = vb_run(r->board, vb_now(r->board) + step);
        if (stop == VB_STOP_LOCKUP || stop == VB_STOP_ENGINE || vb_now(r->board) > limit) {
            fail_msg("the guest does not answer: %s; last report: %s", vb_error(r->board), r->words);
        }
        step = step < VB_MS ? step + step / 4 : step;
    }
}

void rig_settle(rig *r)
{
    await_result(r, PROBE_DONE, r->asked);
    rig_read(r, RESULTS);
}

rig *rig_new_with(uint32_t hse_hz, uint32_t supply_min_mv)
{
    hf_board *description = calloc(1, sizeof(*description));
    hf_complaint complaint;
    char why[256] = "";
    rig *r = calloc(1, sizeof(*r));
    assert_non_null(description);
    assert_non_null(r);
    if (hf_board_read(description, HF_SOURCE_DIR "/boards/stm32f407-discovery.json", NULL, &complaint) != HF_LAYOUT_OK) {
        fail_msg("%s", complaint.text);
    }
    description->hse_hz = hse_hz;
    description->supply_min_mv = supply_min_mv;
    r->board = vb_create(description, why, sizeof(why));
    free(description);
    if (r->board == NULL) {
        fail_msg("%s", why);
    }
    vb_on_report(r->board, heard, r);
    assert_int_equal(vb_load_elf(r->board, HF_GUEST_DIR "/model_probe.elf"), VB_OK);
    rig_power_on(r);
    return r;
}

void rig_power_on(rig *r)
{
    vb_power_on(r->board);
    r->asked = 0;
    for (unsigned i = 0; i < PROBE_WORDS; i++) { // RAM holds anything
        set_result(r, i, 0);
    }
    rig_settle(r);
}

rig *rig_new(void)
{
    return rig_new_with(8000000, 2700);
}

void rig_end(rig *r)
{
    unsigned unexpected = 0;
    for (unsigned kind = 0; kind < VB_REPORT_KINDS; kind++) {
        unexpected += rig_said(r, kind);
    }
    char words[sizeof(r->words)];
    memcpy(words, r->words, sizeof(words));
    vb_destroy(r->board);
    free(r);
    if (unexpected != 0) {
        fail_msg("%u reports nobody expected, the last one: %s", unexpected, words);
    }
}

uint32_t rig_read_part(rig *r, uint32_t address, unsigned width)
{
    tell(r, PROBE_LOAD, address, width, 0);
    await_result(r, PROBE_DONE, r->asked);
    return result(r, PROBE_VALUE);
}

void rig_write_part(rig *r, uint32_t address, unsigned width, uint32_t value)
{
    tell(r, PROBE_STORE, address, width, value);
    await_result(r, PROBE_DONE, r->asked);
}

void rig_ask_part(rig *r, uint32_t address, unsigned width, uint32_t value)
{
    tell(r, PROBE_STORE, address, width, value);
}

void rig_ask(rig *r, uint32_t address, uint32_t value)
{
    rig_ask_part(r, address, 4, value);
}

void rig_run_to_flash_operation(rig *r)
{
    uint64_t before = vb_flash_operations(r->board);
    vb_time limit = vb_now(r->board) + VB_MS;
    while (vb_flash_operations(r->board) == before && vb_now(r->board) < limit) {
        vb_run(r->board, vb_now(r->board) + VB_US / 10);
    }
    assert_int_equal(vb_flash_operations(r->board), before + 1);
}

void rig_run_to_cut(rig *r, vb_time limit)
{
    vb_time until = vb_now(r->board) + limit;
    vb_stop stop = VB_STOP_TIME;
    while (stop == VB_STOP_TIME && vb_now(r->board) < until && result(r, PROBE_DONE) != r->asked) {
        stop = vb_run(r->board, vb_now(r->board) + VB_US);
    }
    if (stop == VB_STOP_TIME) { // what the store began goes on
        vb_run(r->board, until);
    }
}

uint32_t rig_read(rig *r, uint32_t address)
{
    return rig_read_part(r, address, 4);
}

void rig_write(rig *r, uint32_t address, uint32_t value)
{
    rig_write_part(r, address, 4, value);
}

void rig_set(rig *r, uint32_t address, uint32_t bits)
{
    rig_write(r, address, rig_read(r, address) | bits);
}

void rig_clear(rig *r, uint32_t address, uint32_t bits)
{
    rig_write(r, address, rig_read(r, address) & ~bits);
}

void rig_pass(rig *r, vb_time time)
{
    vb_time until = vb_now(r->board) + time;
    while (vb_now(r->board) < until) {
        vb_stop stop = vb_run(r->board, until);
        if (stop == VB_STOP_LOCKUP || stop == VB_STOP_ENGINE) {
            fail_msg("the board stopped: %s; last report: %s", vb_error(r->board), r->words);
        }
    }
}

vb_time rig_await(rig *r, uint32_t address, uint32_t mask, uint32_t value, vb_time step, vb_time limit)
{
    vb_time start = vb_now(r->board);
    while ((rig_read(r, address) & mask) != value) {
        rig_pass(r, step);
        if (vb_now(r->board) - start > limit) {
            fail_msg("0x%08X never became 0x%X under 0x%X", (unsigned)address, (unsigned)value, (unsigned)mask);
        }
    }
    return vb_now(r->board) - start;
}

void rig_expect_(rig *r, uint32_t address, uint32_t value, const char *file, int line)
{
    uint32_t found = rig_read(r, address);
    if (found != value) {
        print_error("%s:%d: 0x%08X holds 0x%08X, not 0x%08X (last report: %s)\n", file, line, (unsigned)address,
                    (unsigned)found, (unsigned)value, r->words);
        _fail(file, line);
    }
}

unsigned rig_said(rig *r, vb_report kind)
{
    unsigned now = vb_reports(r->board, kind), before = r->said[kind];
    r->said[kind] = now;
    return now - before;
}

// Faults the probe takes on purpose are reported as faults too; asking for them settles both.
unsigned rig_faults(rig *r)
{
    uint32_t faults = result(r, PROBE_FAULTS);
    set_result(r, PROBE_FAULTS, 0);
    rig_said(r, VB_REPORT_FAULT);
    return faults;
}

unsigned rig_nmis(rig *r)
{
    uint32_t nmis = result(r, PROBE_NMIS);
    set_result(r, PROBE_NMIS, 0);
    return nmis;
}

unsigned rig_starts(rig *r)
{
    return result(r, PROBE_STARTS);
}

// The line is level-sensitive: a pending bit is taken back first and returns if the line is still high.
bool rig_irq_pending(rig *r, unsigned number)
{
    uint32_t place = 4 * (number / 32), bit = 1u << (number % 32);
    rig_write(r, (uint32_t)NVIC_ICPR + place, bit);
    return rig_read(r, (uint32_t)NVIC_ISPR + place) & bit;
}

void rig_clock_on(rig *r, uint32_t enable_register, unsigned bit)
{
    rig_set(r, enable_register, 1u << bit);
}

void rig_backup_access(rig *r)
{
    rig_clock_on(r, RIG_RCC_APB1ENR, 28);
    rig_set(r, RIG_PWR, 1u << 8);
}
