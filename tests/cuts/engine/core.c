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
};

#define LAST_OF(start, end) +(end)*0u, (end)
static const uint32_t stacks[] = {0 HF_STACK_REGIONS(LAST_OF)};

static void request(void)
{
    (void)hf_install_request();
}

#ifdef HF_STAGING_ADDRESS
#include "holdfast.h"
#include "state.h"

#define CONFIRM hf_app_confirm
#define STAGE   stage

// An application that receives in pieces of its own, none of them a whole number of program units.
static hf_err stage(const uint8_t *image, uint32_t size)
{
    hf_err err = hf_stage_begin();
    for (uint32_t at = 0; at < size && err == HF_OK; at += 333) {
        err = hf_stage_write(at, image + at, size - at < 333 ? size - at : 333);
    }
    return err == HF_OK ? hf_stage_finish() : err;
}

static hf_state state(void)
{
    uint32_t detail;
    return hf_state_now(&detail);
}
#else
#define HF_STAGING_ADDRESS HF_APP_ADDRESS
#define HF_STAGING_SIZE    0u

#define CONFIRM NULL
#define STAGE   NULL

static hf_state state(void)
{
    return HF_STATE_IDLE; // nothing is installed, so there is nothing to remember
}
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
    .product_id = HF_PRODUCT_ID,
    .chip_id = HF_CHIP_ID,
    .stack = stacks[sizeof stacks / sizeof stacks[0] - 1],
    .trial = HF_TRIAL,
    .boot = hf_boot,
    .erase = hf_slot_erase,
    .write = hf_slot_write,
    .check = hf_slot_check,
    .request = request,
    .state = state,
    .confirm = CONFIRM,
    .stage = STAGE,
};
