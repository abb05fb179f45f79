// SPDX-License-Identifier: MIT
// One board's boot core, compiled for the host as a module: its functions, and the geometry it was compiled for.
#ifndef HF_CUTS_CORE_H
#define HF_CUTS_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "hf_provision.h"
#include "hf_state.h"

typedef struct sector_run {
    uint32_t address, count, size;
} sector_run;

typedef struct core {
    const char *board, *chip, *strategy;
    uint32_t flash, flash_size, unit; // unit: bytes programmed at once
    const sector_run *runs;
    size_t runs_count;
    uint32_t app, app_size, receive, staging, staging_size; // staging_size 0: received in place
    uint32_t journal, journal_sector;                       // journal_sector 0: keeps no records
    uint32_t external, external_size;                       // a flash beside the chip; 0: none
    uint32_t bank_size;                                     // 0: banks do not change places
    uint32_t records;                                       // of trials, behind the application; 0: none
    uint32_t product_id, chip_id, stack;
    bool trial, refuses; // refuses: lower versions

    void (*boot)(void); // the decision after reset; does not return
    hf_err (*erase)(void);
    hf_err (*erase_sector)(uint32_t address);
    uint32_t (*unit_end)(uint32_t address); // what is erased at once ends there
    hf_err (*write)(uint32_t address, const uint8_t *data, uint32_t size);
    hf_err (*check)(void);
    void (*request)(void); // the host is done
    hf_state (*state)(void);
    bool (*confirm)(void); // the application's; NULL: there is nothing to confirm
    hf_err (*stage)(const uint8_t *image, uint32_t size); // the application receives an image; NULL: it cannot
    hf_err (*provision)(const struct hf_provision *what); // NULL: it has none
} core;

// Every module exports this one.
extern const core hf_core;

#endif
