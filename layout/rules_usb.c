// SPDX-License-Identifier: MIT
// Rules on USB.
#include <string.h>

#include "derive.h"
#include "rules.h"

#define MEMORY_TEXT 127 // 126 characters of a string descriptor, and the end

static bool has_usb(const hf_board *board)
{
    return board->usb.instance[0] != '\0';
}

static const hf_peripheral *board_usb(const hf_board *board)
{
    const hf_peripheral *usb = hf_chip_peripheral(&board->chip, board->usb.instance);
    return usb != NULL && strncmp(usb->generation, "otg", 3) == 0 ? usb : NULL;
}

void hf_rule_usb_exists(const hf_board *board, hf_report *report)
{
    if (has_usb(board) && board_usb(board) == NULL) {
        hf_find(report, "usb.instance",
                hf_say("the %s has no USB port \"%s\"", board->chip.name, board->usb.instance).text,
                "write the name of a peripheral of the chip file with an otg generation");
    }
}

void hf_rule_usb_pins(const hf_board *board, hf_report *report)
{
    if (board_usb(board) != NULL) {
        hf_check_signal(board, report, "usb.dm", board->usb.instance, board->usb.dm);
        hf_check_signal(board, report, "usb.dp", board->usb.instance, board->usb.dp);
    }
}

void hf_rule_usb_clock(const hf_board *board, hf_report *report)
{
    hf_pll pll;
    if (!has_usb(board) || board->chip.clocks.hsi48_hz != 0) {
        return;
    }
    if (board->hse_hz == 0) {
        hf_find(report, "clock.hse_hz", "USB needs a crystal", "add one, or leave \"usb\" out");
    } else if (hf_pll_solve(&board->chip, board->hse_hz, board->hclk_hz, &pll) && !pll.usb_exact) {
        hf_find(report, "clock.hclk_hz",
                hf_say("with a core clock of %u Hz the PLL gives USB %u Hz instead of 48 MHz",
                       (unsigned)board->hclk_hz, (unsigned)pll.usb_hz)
                    .text,
                "write a multiple of 24 MHz, for example 168000000");
    }
}

void hf_rule_usb_memory(const hf_board *board, hf_report *report)
{
    char text[MEMORY_TEXT];
    if (has_usb(board) && hf_board_area(board, HF_USE_APPLICATION) != NULL &&
        !hf_board_dfuse_memory(board, text, sizeof text)) {
        hf_find(report, "layout", "the application's sectors make too long a list for USB DFU",
                "let the application start where fewer different sectors follow");
    }
}
