// SPDX-License-Identifier: MIT
// Rules on bank swap: after it the whole other bank stands where this one stood, so both hold the same areas, bootloader
// included. The layout describes one of them.
#include <string.h>

#include "complain.h"
#include "rules.h"

static bool swaps(const hf_board *board)
{
    return board->strategy == HF_STRATEGY_BANK_SWAP;
}

void hf_rule_bank_swap_chip(const hf_board *board, hf_report *report)
{
    if (swaps(board) && strcmp(board->chip.flash.generation, "flash_h7") != 0) {
        hf_find(report, "strategy", hf_say("the %s cannot exchange its flash banks", board->chip.name).text,
                "write another strategy, or choose a chip with two banks that swap");
    }
}

void hf_rule_bank_swap_areas(const hf_board *board, hf_report *report)
{
    uint32_t bank = board->chip.flash.size / 2;
    for (size_t i = 0; swaps(board) && i < board->areas_count; i++) {
        const hf_area *area = &board->areas[i];
        uint64_t end = (uint64_t)area->address + area->size;
        if (end > (uint64_t)board->chip.flash.address + bank) {
            hf_find(report, hf_area_key(board, area, "address").text,
                    hf_say("the area reaches into the second bank, which holds a copy of the first one's areas").text,
                    hf_say("describe the first %s only", hf_size_text(bank).text).text);
        }
    }
}

void hf_rule_bank_swap_validation(const hf_board *board, hf_report *report)
{
    if (swaps(board) && board->validation < HF_VALIDATION_CRC) {
        hf_find(report, "validation", "a bank is only swapped in when its image has been verified as a whole",
                "write \"crc\"");
    }
}
