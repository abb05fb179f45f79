// SPDX-License-Identifier: MIT
// Values derived from facts and decisions: sectors, widths, wait states, baud rates, RAM.
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "derive.h"
#include "support.h"

static void sectors_are_those_of_the_manual(void **state)
{
    (void)state;
    // RM0090 table 5.
    static const struct {
        uint32_t address;
        uint16_t number;
        uint32_t start, size;
    } known[] = {
        {0x08000000, 0, 0x08000000, 0x4000},    {0x08003FFF, 0, 0x08000000, 0x4000},
        {0x08004000, 1, 0x08004000, 0x4000},    {0x0800FFFF, 3, 0x0800C000, 0x4000},
        {0x08010000, 4, 0x08010000, 0x10000},   {0x08020000, 5, 0x08020000, 0x20000},
        {0x080E0000, 11, 0x080E0000, 0x20000},  {0x080FFFFF, 11, 0x080E0000, 0x20000},
    };
    hf_board board;
    good_board(&board);
    uint16_t number;
    uint32_t start, size;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_true(hf_chip_sector(&board.chip, known[i].address, &number, &start, &size));
        assert_int_equal(number, known[i].number);
        assert_int_equal(start, known[i].start);
        assert_int_equal(size, known[i].size);
    }
    assert_false(hf_chip_sector(&board.chip, 0x07FFFFFF, &number, &start, &size));
    assert_false(hf_chip_sector(&board.chip, 0x08100000, &number, &start, &size));
    assert_false(hf_chip_sector(&board.chip, 0, &number, &start, &size));
    assert_false(hf_chip_sector(&board.chip, 0xFFFFFFFF, &number, &start, &size));
}

static void width_follows_the_supply(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    static const struct {
        uint32_t mv;
        size_t width;
    } known[] = {{3300, 2}, {2700, 2}, {2699, 1}, {2100, 1}, {2099, 0}, {1800, 0}, {1799, 3}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        board.supply_min_mv = known[i].mv;
        assert_int_equal(hf_board_program_width(&board), known[i].width);
    }
}

// RM0090 table 10.
static void wait_states_are_those_of_the_manual(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    static const struct {
        uint32_t mv, hclk_hz, states;
    } known[] = {
        {2700, 30000000, 0},  {2700, 30000001, 1},  {2700, 150000000, 4}, {2700, 168000000, 5},
        {2699, 24000000, 0},  {2400, 168000000, 6}, {2399, 22000000, 0},  {2100, 168000000, 7},
        {2099, 160000000, 7}, {1800, 20000000, 0},  {1800, 20000001, 1},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const hf_wait_state_rule *row = hf_wait_state_row(&board.chip.flash, known[i].mv);
        assert_non_null(row);
        assert_int_equal(hf_wait_states(row, known[i].hclk_hz), known[i].states);
    }
    assert_null(hf_wait_state_row(&board.chip.flash, 1799));
}

static void bus_dividers(void **state)
{
    (void)state;
    assert_int_equal(hf_apb_divider(168000000, 42000000), 4);
    assert_int_equal(hf_apb_divider(168000000, 84000000), 2);
    assert_int_equal(hf_apb_divider(42000000, 42000000), 1);
    assert_int_equal(hf_apb_divider(42000001, 42000000), 2);
    assert_int_equal(hf_apb_divider(84000001, 42000000), 4); // a half is 42000000.5 Hz
    assert_int_equal(hf_apb_divider(168000000, 10500000), 16);
    assert_int_equal(hf_apb_divider(168000000, 10499999), 0);
}

static void baud_errors(void **state)
{
    (void)state;
    assert_int_equal(hf_baud_error(42000000, 115200), 2);  // divider 365: 0.11 %
    assert_int_equal(hf_baud_error(16000000, 115200), 1);  // divider 139: 0.08 %
    assert_int_equal(hf_baud_error(16000000, 1000000), 0); // divider 16, the smallest
    assert_int_equal(hf_baud_error(16000000, 1100000), 1000);
    assert_int_equal(hf_baud_error(16000000, 921600), 22); // divider 17: 2.1 %
    assert_int_equal(hf_baud_error(16000000, 200), 1000);  // divider above 65535
    assert_int_equal(hf_baud_error(16000000, 0), 1000);
    assert_int_equal(hf_baud_error(0, 115200), 1000);
}

static void uart_clocks(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    const hf_chip *chip = &board.chip;
    assert_int_equal(hf_uart_clock(&board, hf_chip_peripheral(chip, "usart2"), true), 42000000);
    assert_int_equal(hf_uart_clock(&board, hf_chip_peripheral(chip, "usart1"), true), 84000000);
    assert_int_equal(hf_uart_clock(&board, hf_chip_peripheral(chip, "usart1"), false), 16000000);
}

static void ram_regions_merge(void **state)
{
    (void)state;
    hf_board board;
    hf_span spans[HF_MAX_REGIONS];
    good_board(&board);
    assert_int_equal(hf_ram_spans(&board.chip, false, spans), 2);
    assert_int_equal(spans[0].address, 0x10000000); // ccm
    assert_int_equal(spans[0].size, 0x10000);
    assert_int_equal(spans[1].address, 0x20000000); // sram1 and sram2
    assert_int_equal(spans[1].size, 0x20000);
    assert_int_equal(hf_ram_spans(&board.chip, true, spans), 1);
    assert_int_equal(hf_main_ram(&board.chip).address, 0x20000000);

    board.chip.ram[1].address += 4; // no neighbour any more
    assert_int_equal(hf_ram_spans(&board.chip, false, spans), 3);
    assert_int_equal(hf_main_ram(&board.chip).size, 112 * 1024);
}

static void vector_tables_are_aligned(void **state)
{
    (void)state;
    hf_chip chip = {0};
    static const struct {
        uint16_t vectors;
        uint32_t alignment;
    } known[] = {{16, 128}, {32, 128}, {33, 256}, {98, 512}, {128, 512}, {129, 1024}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        chip.vectors = known[i].vectors;
        assert_int_equal(hf_vector_alignment(&chip), known[i].alignment);
    }
}

static void pins_parse(void **state)
{
    (void)state;
    hf_pin pin = {0};
    assert_true(hf_pin_parse("PA0", &pin));
    assert_true(pin.port == 'A' && pin.number == 0);
    assert_true(hf_pin_parse("PK15", &pin));
    assert_true(pin.port == 'K' && pin.number == 15);
    static const char *const wrong[] = {"",     "P",    "PA",   "A2",    "PA16",      "PL0",
                                        "pa2",  "PA-1", "PA2 ", "PA02",  "PA4294967298", "PA1x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(hf_pin_parse(wrong[i], &pin));
    }
    assert_true(pin.port == 'K' && pin.number == 15); // untouched
}

static void signals(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    assert_int_equal(hf_chip_signal(&board.chip, "usart2_tx", (hf_pin){'D', 5})->af, 7);
    assert_null(hf_chip_signal(&board.chip, "usart2_rx", (hf_pin){'D', 5}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sectors_are_those_of_the_manual),
        cmocka_unit_test(width_follows_the_supply),
        cmocka_unit_test(wait_states_are_those_of_the_manual),
        cmocka_unit_test(bus_dividers),
        cmocka_unit_test(baud_errors),
        cmocka_unit_test(uart_clocks),
        cmocka_unit_test(ram_regions_merge),
        cmocka_unit_test(vector_tables_are_aligned),
        cmocka_unit_test(pins_parse),
        cmocka_unit_test(signals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
