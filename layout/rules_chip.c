// SPDX-License-Identifier: MIT
// Rules on the chip, its supply and the product as a whole.
#include <string.h>

#include "complain.h"
#include "derive.h"
#include "emit.h"
#include "rules.h"

#define RAM_MIN 4096u // a frame, the copied variables and a stack, with room to spare

void hf_rule_core_known(const hf_board *board, hf_report *report)
{
    if (hf_core_flags(board->chip.core) == NULL) {
        hf_find(
            report, "chip",
            hf_say("nobody knows how to compile for the core \"%s\" of this chip", board->chip.core)
                .text,
            "correct \"core\" in the chip file, or add it to layout/emit_cmake.c");
    }
}

void hf_rule_ram(const hf_board *board, hf_report *report)
{
    hf_span ram = hf_main_ram(&board->chip);
    if (ram.size < RAM_MIN) {
        hf_find(report, "chip",
                hf_say("the largest RAM for DMA and code has %s, %s are needed",
                       hf_size_text(ram.size).text, hf_size_text(RAM_MIN).text)
                    .text,
                "choose a chip with more RAM");
    }
}

void hf_rule_strategy(const hf_board *board, hf_report *report)
{
    if ((unsigned)board->strategy > HF_STRATEGY_EXTERNAL) {
        hf_find(report, "strategy", "there is no such strategy",
                "write \"single\", \"overwrite\", \"swap\", \"bank_swap\" or \"external\"");
    }
}

void hf_rule_validation(const hf_board *board, hf_report *report)
{
    if (board->validation > HF_VALIDATION_SIGNED) {
        hf_find(report, "validation", "there is no such level", "write \"sanity\", \"crc\" or \"signed\"");
    }
    if (board->validation != HF_VALIDATION_SANITY && hf_chip_peripheral(&board->chip, "crc") == NULL) {
        hf_find(report, "validation", "this chip has no CRC unit to check images with",
                "write \"sanity\", or describe the unit in the chip file");
    }
}

void hf_rule_name(const hf_board *board, hf_report *report)
{
    const char *slash = strrchr(board->path, '/');
    const char *file = slash == NULL ? board->path : slash + 1;
    size_t length = strcspn(file, ".");
    if (length != strlen(board->name) || strncmp(file, board->name, length) != 0) {
        hf_find(report, "name", hf_say("\"%s\" is not the name of its file", board->name).text,
                "rename one of the two: builds and tools find a board by its file");
    }
}

// -- supply ---------------------------------------------------------------------------------------

void hf_rule_supply_order(const hf_board *board, hf_report *report)
{
    if (board->supply_min_mv > board->supply_max_mv) {
        hf_find(report, "supply_mv.min",
                hf_say("%u mV is above the highest supply, %u mV", (unsigned)board->supply_min_mv,
                       (unsigned)board->supply_max_mv)
                    .text,
                "exchange the two");
    }
}

void hf_rule_supply_range(const hf_board *board, hf_report *report)
{
    const hf_chip *chip = &board->chip;
    hf_words fix = hf_say("the %s works from %u to %u mV", chip->name,
                          (unsigned)chip->supply_min_mv, (unsigned)chip->supply_max_mv);
    if (board->supply_min_mv < chip->supply_min_mv) {
        hf_find(report, "supply_mv.min", "this is below what the chip works at", fix.text);
    }
    if (board->supply_max_mv > chip->supply_max_mv) {
        hf_find(report, "supply_mv.max", "this is above what the chip stands", fix.text);
    }
}

void hf_rule_program_width(const hf_board *board, hf_report *report)
{
    const hf_flash *flash = &board->chip.flash;
    if (hf_board_program_width(board) == flash->widths_count) {
        hf_find(report, "supply_mv.min",
                hf_say("flash cannot be programmed at %u mV", (unsigned)board->supply_min_mv).text,
                flash->widths_count == 0
                    ? "describe flash.program in the chip file"
                    : hf_say("keep the supply at or above %u mV", (unsigned)flash->widths[0].min_mv)
                          .text);
    }
}
