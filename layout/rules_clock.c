// SPDX-License-Identifier: MIT
// Rules on clocks.
#include "derive.h"
#include "rules.h"

void hf_rule_crystal(const hf_board *board, hf_report *report)
{
    const hf_clocks *clocks = &board->chip.clocks;
    if (board->hse_hz == 0 ||
        (board->hse_hz >= clocks->hse_min_hz && board->hse_hz <= clocks->hse_max_hz)) {
        return;
    }
    hf_find(report, "clock.hse_hz",
            hf_say("the chip takes crystals of %u to %u Hz", (unsigned)clocks->hse_min_hz,
                   (unsigned)clocks->hse_max_hz)
                .text,
            "use such a crystal, or leave the key out to run from the internal oscillator");
}

void hf_rule_hclk(const hf_board *board, hf_report *report)
{
    uint32_t max_hz = board->chip.clocks.hclk_max_hz;
    if (board->hclk_hz == 0 || board->hclk_hz > max_hz) {
        hf_find(report, "clock.hclk_hz",
                hf_say("the core runs at up to %u Hz", (unsigned)max_hz).text,
                hf_say("write at most %u", (unsigned)max_hz).text);
    }
}

static void find_pll(const hf_board *board, hf_report *report, uint32_t source_hz,
                     const char *source)
{
    hf_pll pll;
    if (hf_pll_solve(&board->chip, source_hz, board->hclk_hz, &pll)) {
        return;
    }
    uint32_t nearest = hf_pll_nearest(&board->chip, source_hz, board->hclk_hz);
    hf_find(report, "clock.hclk_hz",
            hf_say("no PLL setting makes %u Hz from the %s of %u Hz", (unsigned)board->hclk_hz,
                   source, (unsigned)source_hz)
                .text,
            nearest == 0 ? "use another crystal"
                         : hf_say("write %u, the nearest it can make", (unsigned)nearest).text);
}

// Where another rule has already found the numbers impossible, no more is said.
static bool hclk_possible(const hf_board *board)
{
    return board->hclk_hz > 0 && board->hclk_hz <= board->chip.clocks.hclk_max_hz;
}

void hf_rule_pll_crystal(const hf_board *board, hf_report *report)
{
    const hf_clocks *clocks = &board->chip.clocks;
    bool crystal = board->hse_hz >= clocks->hse_min_hz && board->hse_hz <= clocks->hse_max_hz;
    if (crystal && board->hse_hz > 0 && hclk_possible(board)) {
        find_pll(board, report, board->hse_hz, "crystal");
    }
}

void hf_rule_pll_internal(const hf_board *board, hf_report *report)
{
    if (hclk_possible(board)) {
        find_pll(board, report, board->chip.clocks.hsi_hz, "internal oscillator");
    }
}

void hf_rule_wait_states(const hf_board *board, hf_report *report)
{
    const hf_flash *flash = &board->chip.flash;
    const hf_wait_state_rule *row = hf_wait_state_row(flash, board->supply_min_mv);
    if (row == NULL) {
        hf_find(
            report, "supply_mv.min",
            hf_say("the chip file knows no wait states at %u mV", (unsigned)board->supply_min_mv)
                .text,
            "raise the lowest supply");
        return;
    }
    if (!hclk_possible(board) || hf_wait_states(row, board->hclk_hz) <= flash->wait_states_max) {
        return;
    }
    uint64_t limit = (uint64_t)row->hz_per_wait_state * (flash->wait_states_max + 1u);
    hf_find(report, "clock.hclk_hz",
            hf_say("at %u mV the flash follows up to %llu Hz only", (unsigned)board->supply_min_mv,
                   (unsigned long long)limit)
                .text,
            hf_say("write at most %llu, or raise supply_mv.min", (unsigned long long)limit).text);
}

void hf_rule_buses(const hf_board *board, hf_report *report)
{
    const hf_clocks *clocks = &board->chip.clocks;
    const uint32_t limits[] = {clocks->apb1_max_hz, clocks->apb2_max_hz};
    for (unsigned i = 0; i < 2; i++) {
        if (hf_apb_divider(board->hclk_hz, limits[i]) == 0) {
            hf_find(
                report, "clock.hclk_hz",
                hf_say("APB%u stays above its %u Hz even divided by 16", i + 1, (unsigned)limits[i])
                    .text,
                hf_say("write at most %llu", (unsigned long long)limits[i] * 16).text);
        }
    }
}
