// SPDX-License-Identifier: MIT
// Rules on staging in external flash.
#include <string.h>

#include "complain.h"
#include "derive.h"
#include "rules.h"

#define ADDRESSED (16u << 20) // by three bytes

static bool has_external(const hf_board *board)
{
    return board->external.instance[0] != '\0';
}

static const hf_peripheral *board_bus(const hf_board *board)
{
    const hf_peripheral *bus = hf_chip_peripheral(&board->chip, board->external.instance);
    bool knows = bus != NULL && (strncmp(bus->generation, "spi_", 4) == 0 || strncmp(bus->generation, "quadspi_", 8) == 0);
    return knows ? bus : NULL;
}

void hf_rule_external_used(const hf_board *board, hf_report *report)
{
    bool wanted = board->strategy == HF_STRATEGY_EXTERNAL;
    if (wanted && !has_external(board)) {
        hf_find(report, "external", "the strategy stages in external flash, and none is described",
                "add \"external\" with its instance, pins and size, or choose another strategy");
    }
    if (!wanted && has_external(board)) {
        hf_find(report, "external", "no update uses the external flash",
                "leave it out, it is the application's; or choose \"external\" as strategy");
    }
}

void hf_rule_external_exists(const hf_board *board, hf_report *report)
{
    if (has_external(board) && board_bus(board) == NULL) {
        hf_find(report, "external.instance",
                hf_say("the %s has no SPI or QUADSPI \"%s\"", board->chip.name, board->external.instance).text,
                "write the name of a peripheral of the chip file with an spi or quadspi generation");
    }
}

void hf_rule_external_pins(const hf_board *board, hf_report *report)
{
    const struct {
        const char *key;
        hf_pin pin;
    } lines[] = {
        {"external.clk", board->external.clk}, {"external.cs", board->external.cs},   {"external.io0", board->external.io0},
        {"external.io1", board->external.io1}, {"external.io2", board->external.io2}, {"external.io3", board->external.io3},
    };
    for (size_t i = 0; board_bus(board) != NULL && i < sizeof lines / sizeof lines[0]; i++) {
        const char *signal = hf_external_signal(board, strchr(lines[i].key, '.') + 1);
        if (lines[i].pin.port == 0) {
            continue;
        }
        if (signal != NULL) {
            hf_words name = hf_say("%s_%s", board->external.instance, signal);
            hf_check_named_signal(board, report, lines[i].key, name, lines[i].pin);
        } else if (strcmp(lines[i].key, "external.cs") != 0) {
            hf_find(report, lines[i].key, hf_say("%s has no such line", board->external.instance).text,
                    "leave it out, and let a resistor hold the line high");
        }
    }
}

void hf_rule_external_blocks(const hf_board *board, hf_report *report)
{
    if (!has_external(board)) {
        return;
    }
    if (board->external.offset % HF_EXTERNAL_BLOCK != 0) {
        hf_find(report, "external.offset", "it lies inside a block of 64 KB, which is erased at once",
                "write a multiple of \"64K\"");
    }
    if (board->external.size % HF_EXTERNAL_BLOCK != 0) {
        hf_find(report, "external.size", "it ends inside a block of 64 KB, which is erased at once",
                "write a multiple of \"64K\"");
    }
    if ((uint64_t)board->external.offset + board->external.size > ADDRESSED) {
        hf_find(report, "external.size", "it reaches beyond the 16 MB that three bytes address", "use less of the flash");
    }
}

void hf_rule_external_room(const hf_board *board, hf_report *report)
{
    hf_external_map map = hf_board_external(board);
    uint32_t needed = map.end - HF_EXTERNAL_BASE - board->external.offset;
    if (has_external(board) && needed > board->external.size) {
        hf_find(report, "external.size",
                hf_say("%s cannot take an image of the application's size%s", hf_size_text(board->external.size).text,
                       map.journal != 0 ? " and the journal's 64 KB" : "")
                    .text,
                hf_say("write at least %s", hf_size_text(needed).text).text);
    }
}

void hf_rule_external_floor(const hf_board *board, hf_report *report)
{
    bool outside = board->strategy == HF_STRATEGY_EXTERNAL && hf_board_external(board).journal != 0;
    if (outside && board->downgrade != HF_DOWNGRADE_UNCHECKED) {
        hf_find(report, "downgrade", "the journal is in the external flash: whoever exchanges that lowers the floor",
                "leave the key out, or use another strategy on this chip");
    }
}

void hf_rule_external_way_back(const hf_board *board, hf_report *report)
{
    if (has_external(board) && board->trial && hf_board_external(board).backup == 0) {
        hf_find(report, "external.size", "there is no room for the old image: after a failed trial nothing can be started",
                "give updates more of the flash");
    }
}
