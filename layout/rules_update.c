// SPDX-License-Identifier: MIT
// Rules on how updates are installed: staging area, blocks of a swap, journal, trial, downgrades.
#include "complain.h"
#include "rules.h"

// In an area of internal flash.
static bool stages_inside(const hf_board *board)
{
    return board->strategy == HF_STRATEGY_OVERWRITE || board->strategy == HF_STRATEGY_SWAP;
}

static bool stages(const hf_board *board)
{
    return stages_inside(board) || board->strategy == HF_STRATEGY_EXTERNAL;
}

void hf_rule_staging_area(const hf_board *board, hf_report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < board->areas_count; i++) {
        count += board->areas[i].use == HF_USE_STAGING;
    }
    if (stages_inside(board) && count != 1) {
        hf_find(report, "layout", hf_say("the strategy needs one area for \"staging\", there are %zu", count).text,
                "add { \"use\": \"staging\", \"address\": ..., \"size\": ... }, or merge them");
    } else if (!stages_inside(board) && count != 0) {
        hf_find(report, "layout", "the strategy does not use the area for \"staging\"",
                "make it \"reserved\", give it to the application, or choose \"overwrite\" or \"swap\"");
    }
}

void hf_rule_staging_room(const hf_board *board, hf_report *report)
{
    const hf_area *app = hf_board_area(board, HF_USE_APPLICATION), *staging = hf_board_area(board, HF_USE_STAGING);
    if (stages_inside(board) && app != NULL && staging != NULL && staging->size < app->size) {
        hf_find(report, hf_area_key(board, staging, "size").text,
                hf_say("%s cannot take an image of the application's %s", hf_size_text(staging->size).text,
                       hf_size_text(app->size).text)
                    .text,
                "make it larger, or the application smaller");
    }
}

static bool falls_into_blocks(const hf_board *board, const hf_area *area, uint32_t block)
{
    for (uint64_t at = area->address; at < (uint64_t)area->address + area->size; at += block) {
        uint16_t number;
        uint32_t start, size;
        if (!hf_chip_sector(&board->chip, (uint32_t)at, &number, &start, &size) || start != at) {
            return false;
        }
    }
    return area->size % block == 0;
}

void hf_rule_swap_blocks(const hf_board *board, hf_report *report)
{
    const hf_area *app = hf_board_area(board, HF_USE_APPLICATION), *staging = hf_board_area(board, HF_USE_STAGING);
    if (board->strategy != HF_STRATEGY_SWAP || app == NULL || staging == NULL || staging->size < app->size) {
        return;
    }
    uint32_t block = staging->size - app->size;
    if (block != 0 && falls_into_blocks(board, app, block) && falls_into_blocks(board, staging, block)) {
        return;
    }
    hf_find(report, hf_area_key(board, staging, "size").text,
            hf_say("it has %s more than the application, which is no block that both areas fall into",
                   hf_size_text(block).text)
                .text,
            "use sectors of one size for both, and one of them more for staging");
}

void hf_rule_staging_checked(const hf_board *board, hf_report *report)
{
    if (stages(board) && board->validation == HF_VALIDATION_SANITY) {
        hf_find(report, "validation", "stack pointer and reset vector do not tell half an image from a whole one",
                "write \"crc\"");
    }
}

void hf_rule_journal(const hf_board *board, hf_report *report)
{
    uint32_t address, sector;
    if (hf_board_keeps_records(board) && !hf_board_journal(board, &address, &sector)) {
        hf_find(report, "layout", "boot_data does not end in two sectors of one size: records have no place",
                "let boot_data span two sectors of one size, or use \"single\" without \"downgrade\"");
    }
}

void hf_rule_provision(const hf_board *board, hf_report *report)
{
    uint32_t address, sector;
    if (board->provision && board->uart.instance[0] == '\0') {
        hf_find(report, "provision", "devices are provisioned over their serial line, and this one has none",
                "add \"uart\", or leave the key out");
    }
    if (board->provision && (hf_board_records_in_application(board) || !hf_board_journal(board, &address, &sector))) {
        hf_find(report, "provision", "the chip's own flash has no place for the record",
                "let boot_data end in two sectors of one size, or leave the key out");
    }
}

void hf_rule_downgrade(const hf_board *board, hf_report *report)
{
    if (board->downgrade != HF_DOWNGRADE_UNCHECKED && board->validation == HF_VALIDATION_SANITY) {
        hf_find(report, "downgrade", "at this validation level an image has no version", "write \"unchecked\"");
    }
}

void hf_rule_trial(const hf_board *board, hf_report *report)
{
    if (board->trial && !stages(board)) {
        hf_find(report, "trial", "an image that is received where it runs cannot be on trial", "write false");
    }
    if (board->trial_watchdog_ms != 0 && !board->trial && board->strategy != HF_STRATEGY_BANK_SWAP) { // there each is on trial
        hf_find(report, "trial_watchdog_ms", "there is no trial for the watchdog to end", "write \"trial\": true");
    }
}
