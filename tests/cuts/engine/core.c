// SPDX-License-Identifier: MIT
// What a module exports: board.h as data, and the core's functions that a link calls.
#include "core.h"

#include "board.h"
#include "boot.h"
#include "install.h"
#include "slot.h"

static const sector_run runs[] = {
#define RUN(first, count, size, address, erase_ms) {address, count, size},
    HF_SECTOR_RUNS(RUN)
#undef RUN
#ifdef HF_EXTERNAL_BASE // small sectors for a journal, large ones for images
    {HF_EXTERNAL_BASE, (HF_EXTERNAL_BLOCKS - HF_EXTERNAL_BASE) / HF_EXTERNAL_SECTOR, HF_EXTERNAL_SECTOR},
    {HF_EXTERNAL_BLOCKS, (HF_EXTERNAL_END - HF_EXTERNAL_BLOCKS) / HF_EXTERNAL_BLOCK, HF_EXTERNAL_BLOCK},
#endif
};

#define LAST_OF(start, end) +(end)*0u, (end)
static const uint32_t stacks[] = {0 HF_STACK_REGIONS(LAST_OF)};

static void request(void)
{
    (void)hf_install_request();
}

// -- what the application does ----------------------------------------------------------------------------------------
#define NO_STAGE   NULL
#ifdef HF_CUTS_PROVISION
#include "provision.h"
#else
#define HF_CUTS_PROVISION NULL
#endif
#define NO_CONFIRM NULL

#ifdef HF_CUTS_STAGES
#include "holdfast.h"

// An application that receives in pieces of its own, none of them a whole number of program units.
static hf_err stage(const uint8_t *image, uint32_t size)
{
    hf_err err = hf_stage_begin();
    for (uint32_t at = 0; at < size && err == HF_OK; at += 333) {
        err = hf_stage_write(at, image + at, size - at < 333 ? size - at : 333);
    }
    return err == HF_OK ? hf_stage_finish() : err;
}
#endif

#ifdef HF_CUTS_CONFIRMS_BY_WORD
#include "bank.h"

// app/confirm_bank_h7.c speaks to registers: the same by the bootloader's means.
static bool hf_app_confirm(void)
{
    hf_bank_find(HF_BANK_HERE);
    return hf_bank_has(HF_BANK_HERE, HF_BANK_CONFIRMED) || hf_bank_put(HF_BANK_HERE, HF_BANK_CONFIRMED) == HF_OK;
}
#else
bool hf_app_confirm(void);
#endif

#ifdef HF_CUTS_JOURNAL
#include "state.h"

static hf_state state(void)
{
    uint32_t detail;
    return hf_state_now(&detail);
}
#else
static hf_state state(void)
{
    return HF_STATE_IDLE; // no state is kept
}
#endif

// -- where things are -------------------------------------------------------------------------------------------------
#if defined HF_BANK_SIZE
#define HF_STAGING_ADDRESS (HF_APP_ADDRESS + HF_BANK_SIZE)
#define HF_STAGING_SIZE    (HF_BANK_RECORDS_END - HF_APP_ADDRESS)
#elif defined HF_EXTERNAL_BASE
#define HF_STAGING_ADDRESS HF_RECEIVE_ADDRESS
#define HF_STAGING_SIZE    (HF_EXTERNAL_END - HF_RECEIVE_ADDRESS)
#elif !defined HF_STAGING_ADDRESS
#define HF_STAGING_ADDRESS HF_APP_ADDRESS
#define HF_STAGING_SIZE    0u
#endif

#ifdef HF_BANK_RECORDS_END
#include "hf_bank.h"
#define HF_CUTS_RECORDS (HF_BANK_RECORDS_END - HF_BANK_RECORDS_SIZE)
#else
#define HF_CUTS_RECORDS 0u
#endif

#ifndef HF_BANK_SIZE
#define HF_BANK_SIZE 0u
#endif

#ifndef HF_EXTERNAL_BASE
#define HF_EXTERNAL_BASE 0u
#define HF_EXTERNAL_END  0u
#endif

#ifndef HF_JOURNAL_ADDRESS
#define HF_JOURNAL_ADDRESS 0u
#define HF_JOURNAL_SECTOR  0u
#endif

const core hf_core = {
    .board = HF_BOARD_NAME,
    .chip = HF_CHIP_NAME,
    .strategy = HF_CUTS_STRATEGY,
    .flash = HF_FLASH_BASE,
    .flash_size = HF_FLASH_SIZE,
    .unit = HF_PROGRAM_BYTES,
    .runs = runs,
    .runs_count = sizeof runs / sizeof runs[0],
    .app = HF_APP_ADDRESS,
    .app_size = HF_APP_SIZE,
    .receive = HF_RECEIVE_ADDRESS,
    .staging = HF_STAGING_ADDRESS,
    .staging_size = HF_STAGING_SIZE,
    .journal = HF_JOURNAL_ADDRESS,
    .journal_sector = HF_JOURNAL_SECTOR,
    .external = HF_EXTERNAL_BASE,
    .external_size = HF_EXTERNAL_END - HF_EXTERNAL_BASE,
    .bank_size = HF_BANK_SIZE,
    .records = HF_CUTS_RECORDS,
    .product_id = HF_PRODUCT_ID,
    .chip_id = HF_CHIP_ID,
    .stack = stacks[sizeof stacks / sizeof stacks[0] - 1],
    .trial = HF_TRIAL || HF_BANK_SIZE != 0,
    .refuses = HF_CUTS_REFUSES,
    .boot = hf_boot,
    .erase = hf_slot_erase,
    .erase_sector = hf_slot_erase_sector,
    .unit_end = hf_slot_unit_end,
    .write = hf_slot_write,
    .check = hf_slot_check,
    .request = request,
    .state = state,
    .confirm = HF_CUTS_CONFIRM,
    .stage = HF_CUTS_STAGE,
    .provision = HF_CUTS_PROVISION,
};
