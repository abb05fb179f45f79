// SPDX-License-Identifier: MIT
// What follows from a chip's facts and a board's decisions: clocks, RAM regions, signals. Pure
// functions.
#ifndef HF_DERIVE_H
#define HF_DERIVE_H

#include "hf_layout.h"

// -- clocks ---------------------------------------------------------------------------------------

typedef struct hf_pll {
    uint32_t m, n, p, q;
    uint32_t input_hz; // of the oscillator: source / m
    uint32_t usb_hz;   // what Q gives
    bool usb_exact;    // 48 MHz exactly
} hf_pll;

// Finds factors that give exactly hclk_hz. False when there are none, or when nobody knows this
// chip's PLL.
bool hf_pll_solve(const hf_chip *chip, uint32_t source_hz, uint32_t hclk_hz, hf_pll *pll);

// The reachable core clock nearest to the wanted one; 0 when there is none.
uint32_t hf_pll_nearest(const hf_chip *chip, uint32_t source_hz, uint32_t wanted_hz);

// Smallest divider (1, 2, 4, 8, 16) that keeps a bus at or below max_hz; 0 when 16 is not enough.
uint32_t hf_apb_divider(uint32_t hclk_hz, uint32_t max_hz);

// The row of the wait-state table for a supply; NULL when the supply is below all of them.
const hf_wait_state_rule *hf_wait_state_row(const hf_flash *flash, uint32_t supply_mv);
uint32_t hf_wait_states(const hf_wait_state_rule *row, uint32_t hclk_hz);

// Clock of the UART's bus while the core runs at hclk_hz with these bus dividers in force (PLL), or
// straight from the internal oscillator.
uint32_t hf_uart_clock(const hf_board *board, const hf_peripheral *uart, bool pll);

// Does the line take the host's speed? With the classic protocol alone it has the board's, always.
bool hf_uart_takes_speed(const hf_board *board);

// Bytes the line receives ahead of the core.
uint32_t hf_uart_bulk(const hf_board *board);

// How far the nearest rate of a 16-times oversampling UART is from the wanted one, in 1/1000;
// 1000 when out of range.
uint32_t hf_baud_error(uint32_t clock_hz, uint32_t baud);

// -- RAM ------------------------------------------------------------------------------------------

typedef struct hf_span {
    uint32_t address, size;
} hf_span;

// RAM regions by address, neighbours merged. useful: only what DMA reaches and the core executes
// from. Returns how many there are; spans holds HF_MAX_REGIONS.
size_t hf_ram_spans(const hf_chip *chip, bool useful, hf_span spans[HF_MAX_REGIONS]);

// The largest of the useful ones; size 0 when there is none.
hf_span hf_main_ram(const hf_chip *chip);

// -- signals --------------------------------------------------------------------------------------

const hf_signal *hf_chip_signal(const hf_chip *chip, const char *name, hf_pin pin);
// 1 or 2; 0 when the peripheral is on neither.
unsigned hf_apb_of(const hf_peripheral *peripheral);
// 1 to 3; 0 when the peripheral is on none.
unsigned hf_ahb_of(const hf_peripheral *peripheral);

// -- layout ---------------------------------------------------------------------------------------

// What a vector table of this chip must be aligned to: a power of two, at least 128 bytes.
uint32_t hf_vector_alignment(const hf_chip *chip);

#endif
