// SPDX-License-Identifier: MIT
// What follows from a chip's facts and a board's decisions, except the PLL (pll.c).
#include "derive.h"

#include <string.h>

#define VTOR_ALIGNMENT 128u // VTOR's low seven bits are zero (Armv7-M ARM B3.2.5)

uint32_t hf_apb_divider(uint32_t hclk_hz, uint32_t max_hz)
{
    for (uint32_t divider = 1; divider <= 16; divider *= 2) {
        if (hclk_hz <= (uint64_t)max_hz * divider) {
            return divider;
        }
    }
    return 0;
}

const hf_wait_state_rule *hf_wait_state_row(const hf_flash *flash, uint32_t supply_mv)
{
    for (size_t i = 0; i < flash->wait_states_count; i++) {
        if (flash->wait_states[i].min_mv <= supply_mv) {
            return &flash->wait_states[i];
        }
    }
    return NULL;
}

uint32_t hf_wait_states(const hf_wait_state_rule *row, uint32_t hclk_hz)
{
    return hclk_hz == 0 ? 0 : (hclk_hz - 1) / row->hz_per_wait_state;
}

unsigned hf_apb_of(const hf_peripheral *peripheral)
{
    bool apb = strncmp(peripheral->bus, "apb", 3) == 0 && peripheral->bus[3] != '\0';
    return apb ? (unsigned)(peripheral->bus[3] - '0') : 0; // "apb1l" is the lower half of APB1's registers
}

unsigned hf_ahb_of(const hf_peripheral *peripheral)
{
    bool ahb = strncmp(peripheral->bus, "ahb", 3) == 0 && peripheral->bus[3] != '\0';
    return ahb ? (unsigned)(peripheral->bus[3] - '0') : 0;
}

uint32_t hf_uart_clock(const hf_board *board, const hf_peripheral *uart, bool pll)
{
    const hf_clocks *clocks = &board->chip.clocks;
    if (!pll) {
        return clocks->hsi_hz;
    }
    uint32_t max_hz = hf_apb_of(uart) == 2 ? clocks->apb2_max_hz : clocks->apb1_max_hz;
    uint32_t divider = hf_apb_divider(board->hclk_hz, max_hz);
    return divider == 0 ? 0 : board->hclk_hz / divider;
}

uint32_t hf_baud_error(uint32_t clock_hz, uint32_t baud)
{
    uint64_t divider = baud == 0 ? 0 : ((uint64_t)clock_hz + baud / 2) / baud;
    if (divider < 16 || divider > 0xFFFF) {
        return 1000;
    }
    uint64_t asked = divider * baud; // the clock that would be exact
    uint64_t difference = asked > clock_hz ? asked - clock_hz : clock_hz - asked;
    return (uint32_t)((difference * 1000 + asked - 1) / asked);
}

// -- RAM ------------------------------------------------------------------------------------------

static void insert_by_address(hf_span *spans, size_t count, hf_span span)
{
    size_t at = count;
    for (; at > 0 && spans[at - 1].address > span.address; at--) {
        spans[at] = spans[at - 1];
    }
    spans[at] = span;
}

static size_t merge_neighbours(hf_span *spans, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && spans[kept - 1].address + spans[kept - 1].size == spans[i].address) {
            spans[kept - 1].size += spans[i].size;
        } else {
            spans[kept++] = spans[i];
        }
    }
    return kept;
}

size_t hf_ram_spans(const hf_chip *chip, bool useful, hf_span spans[HF_MAX_REGIONS])
{
    size_t count = 0;
    for (size_t i = 0; i < chip->ram_count; i++) {
        const hf_region *region = &chip->ram[i];
        if (!useful || (region->dma && region->executable)) {
            insert_by_address(spans, count++, (hf_span){region->address, region->size});
        }
    }
    return merge_neighbours(spans, count);
}

hf_span hf_main_ram(const hf_chip *chip)
{
    hf_span spans[HF_MAX_REGIONS];
    size_t count = hf_ram_spans(chip, true, spans);
    hf_span largest = {0};
    for (size_t i = 0; i < count; i++) {
        if (spans[i].size > largest.size) {
            largest = spans[i];
        }
    }
    return largest;
}

uint32_t hf_vector_alignment(const hf_chip *chip)
{
    uint32_t alignment = VTOR_ALIGNMENT;
    while (alignment < 4u * chip->vectors) {
        alignment *= 2;
    }
    return alignment;
}

// -- serial line ----------------------------------------------------------------------------------

#define BULK_MIN   512u     // three classic frames
#define BULK_MAX   0x1E000u // two DMA transfers, which count to 65535
#define BULK_SPARE 0x8000u  // of RAM, for all else

bool hf_uart_takes_speed(const hf_board *board)
{
    return board->uart.an3155 || board->uart.fast;
}

uint32_t hf_uart_bulk(const hf_board *board)
{
    uint32_t ram = hf_main_ram(&board->chip).size;
    if (!board->uart.fast) {
        return BULK_MIN;
    }
    uint32_t bulk = ram > 2 * BULK_SPARE ? ram - BULK_SPARE : ram / 2;
    return bulk < BULK_MAX ? bulk : BULK_MAX;
}
