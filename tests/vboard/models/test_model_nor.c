// SPDX-License-Identifier: MIT
// The external flash and its two buses, by way of the bus, as another bus master sees them: identity and SFDP, write enable,
// page wrap, erase sizes and times (W25Q64JV data sheet, 8.2, 9.6), what resets leave alone and cuts leave behind, and what
// the controllers do about FIFO, flags and polling (RM0433, 23.3; RM0090, 28.3).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"

static unsigned misuses;

static void count_misuse(void *context, vb_time when, vb_report kind, const char *words)
{
    (void)context;
    (void)when;
    (void)words;
    misuses += kind == VB_REPORT_MISUSE;
}

static void put(vb_board *board, uint32_t address, uint32_t value)
{
    assert_true(vb_bus_write(board, address, 4, value));
}

static uint32_t get(vb_board *board, uint32_t address)
{
    uint32_t value;
    assert_true(vb_bus_read(board, address, 4, &value));
    return value;
}

static void pass(vb_board *board, vb_time time)
{
    (void)vb_run(board, vb_now(board) + time);
}

// -- two ways to the flash --------------------------------------------------------------------------------------------

typedef struct way {
    const char *board;
    void (*open)(vb_board *board);
    void (*command)(vb_board *board, uint8_t opcode, int64_t address, unsigned dummies, uint8_t *data, uint32_t size, bool out);
} way;

static vb_board *begin(const way *by)
{
    static const uint32_t program[] = {0x20020000u, 0x08000009u, 0xE7FEE7FEu}; // b .
    static hf_board description;
    hf_complaint complaint;
    char path[512], why[256];
    snprintf(path, sizeof path, "%s/boards/%s.json", HF_SOURCE_DIR, by->board);
    if (hf_board_read(&description, path, NULL, &complaint) != HF_LAYOUT_OK) {
        fail_msg("%s", complaint.text);
    }
    vb_board *board = vb_create(&description, why, sizeof why);
    assert_non_null(board);
    vb_on_report(board, count_misuse, NULL);
    misuses = 0;
    assert_int_equal(vb_write(board, 0x08000000u, program, sizeof program), VB_OK);
    vb_power_on(board);
    by->open(board);
    return board;
}

static void alternate(vb_board *board, uint32_t gpioa, char port, unsigned pin, unsigned function)
{
    uint32_t base = gpioa + 0x400u * (uint32_t)(port - 'A'), afr = base + 0x20 + 4 * (pin / 8);
    put(board, afr, (get(board, afr) & ~(15u << 4 * (pin % 8))) | function << 4 * (pin % 8));
    put(board, base, (get(board, base) & ~(3u << 2 * pin)) | 2u << 2 * pin);
}

#define QUAD 0x52005000u
enum { Q_CR = 0, Q_DCR = 4, Q_SR = 8, Q_FCR = 0xC, Q_DLR = 0x10, Q_CCR = 0x14, Q_AR = 0x18, Q_DR = 0x20, Q_MASK = 0x24, Q_MATCH = 0x28 };
enum { Q_TCF = 2, Q_FTF = 4, Q_SMF = 8, Q_BUSY = 32 };

static void quad_open(vb_board *board)
{
    put(board, 0x580244E0u, 0x7FF);   // AHB4ENR: all ports
    put(board, 0x580244D4u, 1u << 14); // AHB3ENR: QUADSPI
    alternate(board, 0x58020000u, 'B', 2, 9);
    alternate(board, 0x58020000u, 'B', 6, 10);
    alternate(board, 0x58020000u, 'D', 11, 9);
    alternate(board, 0x58020000u, 'D', 12, 9);
    alternate(board, 0x58020000u, 'E', 2, 9);
    alternate(board, 0x58020000u, 'D', 13, 9);
    put(board, QUAD + Q_DCR, 23u << 16);
    put(board, QUAD + Q_CR, 1u << 24 | 3u << 8 | 1u);
}

static void quad_command(vb_board *board, uint8_t opcode, int64_t address, unsigned dummies, uint8_t *data, uint32_t size,
                         bool out)
{
    put(board, QUAD + Q_FCR, 0x1B);
    put(board, QUAD + Q_DLR, size - 1);
    uint32_t ccr = opcode | 1u << 8 | 8u * dummies << 18 | (size > 0 ? 1u << 24 : 0) | (size > 0 && !out ? 1u << 26 : 0);
    put(board, QUAD + Q_CCR, address < 0 ? ccr : ccr | 1u << 10 | 2u << 12);
    if (address >= 0) {
        put(board, QUAD + Q_AR, (uint32_t)address);
    }
    for (uint32_t i = 0; i < size; i++) {
        uint32_t byte = data[i];
        assert_true(out ? vb_bus_write(board, QUAD + Q_DR, 1, byte) : vb_bus_read(board, QUAD + Q_DR, 1, &byte));
        data[i] = (uint8_t)byte;
    }
    pass(board, 20 * VB_US + size * VB_US / 4); // 32 MHz
    assert_int_equal(get(board, QUAD + Q_SR) & (Q_TCF | Q_BUSY), Q_TCF);
}

#define SPI 0x40013000u

static void spi_open(vb_board *board)
{
    put(board, 0x40023830u, 0x9F);     // AHB1ENR: ports
    put(board, 0x40023844u, 1u << 12); // APB2ENR: SPI1
    put(board, 0x40020418u, 1u);       // PB0 high
    put(board, 0x40020400u, (get(board, 0x40020400u) & ~3u) | 1u);
    alternate(board, 0x40020000u, 'B', 3, 5);
    alternate(board, 0x40020000u, 'B', 4, 5);
    alternate(board, 0x40020000u, 'B', 5, 5);
    put(board, SPI, 0x304);
    put(board, SPI, 0x344);
}

static uint8_t exchange(vb_board *board, uint8_t byte)
{
    put(board, SPI + 0xC, byte);
    assert_int_equal(get(board, SPI + 8) & 0x81, 0x80); // BSY, and nothing received yet
    pass(board, 16 * VB_S / 16000000 + VB_US / 100);
    assert_int_equal(get(board, SPI + 8) & 0x83, 0x03); // TXE, RXNE
    return (uint8_t)get(board, SPI + 0xC);
}

static void spi_command(vb_board *board, uint8_t opcode, int64_t address, unsigned dummies, uint8_t *data, uint32_t size,
                        bool out)
{
    put(board, 0x40020418u, 1u << 16);
    exchange(board, opcode);
    for (int shift = 16; address >= 0 && shift >= 0; shift -= 8) {
        exchange(board, (uint8_t)(address >> shift));
    }
    while (dummies-- > 0) {
        exchange(board, 0);
    }
    for (uint32_t i = 0; i < size; i++) {
        uint8_t byte = exchange(board, out ? data[i] : 0);
        data[i] = out ? data[i] : byte;
    }
    put(board, 0x40020418u, 1u);
}

static const way ways[] = {{"stm32h743-qspi", quad_open, quad_command}, {"stm32f407-spi", spi_open, spi_command}};

// -- commands ---------------------------------------------------------------------------------------------------------

static void order(vb_board *board, const way *by, uint8_t opcode, int64_t address)
{
    by->command(board, opcode, address, 0, NULL, 0, false);
}

static uint8_t status(vb_board *board, const way *by)
{
    uint8_t value;
    by->command(board, 0x05, -1, 0, &value, 1, false);
    return value;
}

static void program(vb_board *board, const way *by, uint32_t address, uint8_t *data, uint32_t size)
{
    order(board, by, 0x06, -1);
    by->command(board, 0x02, address, 0, data, size, true);
}

static uint8_t byte_at(vb_board *board, const way *by, uint32_t address)
{
    uint8_t value;
    by->command(board, 0x0B, address, 1, &value, 1, false);
    return value;
}

static void tells_who_it_is(const way *by)
{
    uint8_t id[3], table[4];
    vb_board *board = begin(by);
    by->command(board, 0x9F, -1, 0, id, 3, false);
    assert_int_equal(id[0], 0xEF);
    assert_int_equal(id[1], 0x40);
    uint32_t size = 1u << id[2];
    by->command(board, 0x5A, 0, 1, table, 4, false);
    assert_memory_equal(table, "SFDP", 4);
    by->command(board, 0x5A, 0x84, 1, table, 4, false);
    assert_int_equal(table[0] | table[1] << 8 | table[2] << 16 | (uint32_t)table[3] << 24, size * 8 - 1);
    vb_external(board, false);
    by->command(board, 0x9F, -1, 0, id, 3, false);
    assert_memory_equal(id, "\xFF\xFF\xFF", 3);
    vb_destroy(board);
}

static void writes_only_when_enabled_and_once(const way *by)
{
    uint8_t data[] = {0x12, 0x34};
    vb_board *board = begin(by);
    by->command(board, 0x02, 0x1000, 0, data, 2, true);
    assert_int_equal(misuses, 1);
    assert_int_equal(status(board, by), 0);
    order(board, by, 0x06, -1);
    assert_int_equal(status(board, by), 2); // WEL
    by->command(board, 0x02, 0x1000, 0, data, 2, true);
    assert_int_equal(status(board, by) & 1u, 1); // BUSY
    by->command(board, 0x20, 0x1000, 0, NULL, 0, false); // ignored
    assert_int_equal(misuses, 2);
    pass(board, 400 * VB_US);
    assert_int_equal(status(board, by), 0); // WEL has gone with the operation
    assert_int_equal(byte_at(board, by, 0x1001), 0x34);
    uint8_t zero = 0xF0; // programming only clears bits
    program(board, by, 0x1001, &zero, 1);
    pass(board, 400 * VB_US);
    assert_int_equal(byte_at(board, by, 0x1001), 0x30);
    vb_destroy(board);
}

static void a_page_wraps(const way *by)
{
    uint8_t data[4] = {1, 2, 3, 4};
    vb_board *board = begin(by);
    program(board, by, 0x20FE, data, 4);
    pass(board, 400 * VB_US);
    assert_int_equal(byte_at(board, by, 0x20FF), 2);
    assert_int_equal(byte_at(board, by, 0x2100), 0xFF);
    assert_int_equal(byte_at(board, by, 0x2000), 3);
    assert_int_equal(byte_at(board, by, 0x2001), 4);
    vb_destroy(board);
}

static void erases(const way *by, uint8_t opcode, uint32_t size, unsigned ms)
{
    uint8_t data = 0;
    vb_board *board = begin(by);
    for (unsigned i = 0; i < 3; i++) {
        program(board, by, 0x10000 + i * size / 2 + (i == 2 ? 0 : 1), &data, 1); // inside, inside, behind
        pass(board, VB_MS);
    }
    order(board, by, 0x06, -1);
    order(board, by, opcode, 0x10000 + size - 1); // any address in it
    pass(board, (ms - 1) * VB_MS);
    assert_int_equal(status(board, by) & 1u, 1);
    pass(board, 2 * VB_MS);
    assert_int_equal(status(board, by), 0);
    assert_int_equal(byte_at(board, by, 0x10001), 0xFF);
    assert_int_equal(byte_at(board, by, 0x10001 + size / 2), 0xFF);
    assert_int_equal(byte_at(board, by, 0x10000 + size), 0);
    vb_destroy(board);
}

static void erases_sectors_and_blocks(const way *by)
{
    erases(by, 0x20, 0x1000, 45);
    erases(by, 0x52, 0x8000, 120);
    erases(by, 0xD8, 0x10000, 150);
}

static void sleeps(const way *by)
{
    uint8_t id[3];
    vb_board *board = begin(by);
    order(board, by, 0xB9, -1);
    by->command(board, 0x9F, -1, 0, id, 3, false);
    assert_int_equal(id[0], 0xFF);
    order(board, by, 0xAB, -1);
    by->command(board, 0x9F, -1, 0, id, 3, false);
    assert_int_equal(id[0], 0xEF);
    vb_destroy(board);
}

static void a_reset_of_the_processor_does_not_reach_it(const way *by)
{
    uint8_t data = 0x55;
    vb_board *board = begin(by);
    program(board, by, 0x3000, &data, 1);
    vb_reset_pin(board);
    by->open(board);
    pass(board, 500 * VB_US);
    assert_int_equal(byte_at(board, by, 0x3000), 0x55);
    vb_destroy(board);
}

static void keeps_its_content_without_power_and_in_a_file(const way *by)
{
    uint8_t data = 0x55;
    char name[] = "/tmp/hf-nor-XXXXXX";
    int file = mkstemp(name);
    assert_true(file >= 0);
    vb_board *board = begin(by), *other = begin(by);
    program(board, by, 0x3000, &data, 1);
    pass(board, VB_MS);
    vb_power_off(board, false);
    vb_power_off(other, false);
    assert_int_equal(vb_state_save(board, name), VB_OK);
    assert_int_equal(vb_state_load(other, name), VB_OK);
    assert_int_equal(remove(name), 0);
    vb_power_on(board);
    vb_power_on(other);
    by->open(board);
    by->open(other);
    assert_int_equal(byte_at(board, by, 0x3000), 0x55);
    assert_int_equal(byte_at(other, by, 0x3000), 0x55);
    vb_destroy(board);
    vb_destroy(other);
}

// The page is cut in the middle: some bits have fallen, none that was not to. An erase in the middle leaves a mixture.
static void cuts_tear(const way *by)
{
    uint8_t data[256];
    vb_board *board = begin(by);
    vb_set_seed(board, 7);
    memset(data, 0x0F, sizeof data);
    uint64_t before = vb_flash_operations(board);
    assert_int_equal(vb_cut_at_operation(board, before + 1, VB_CUT_INSIDE), VB_OK);
    program(board, by, 0x4000, data, sizeof data);
    assert_int_equal(vb_run(board, vb_now(board) + VB_MS), VB_STOP_CUT);
    vb_power_on(board);
    by->open(board);
    unsigned fallen = 0;
    by->command(board, 0x0B, 0x4000, 1, data, sizeof data, false);
    for (unsigned i = 0; i < sizeof data; i++) {
        fallen += (unsigned)__builtin_popcount((uint8_t)~data[i]);
    }
    assert_in_range(fallen, 384, 640); // of 1024 that were to fall; reading weak bytes moves it a little
    assert_int_equal(vb_flash_operations(board), before + 1);
    assert_int_equal(vb_cut_at_operation(board, before + 2, 250000), VB_OK);
    order(board, by, 0x06, -1);
    order(board, by, 0x20, 0x4000);
    assert_int_equal(vb_run(board, vb_now(board) + VB_S), VB_STOP_CUT);
    assert_int_equal(vb_cuts(board), 2);
    vb_destroy(board);
}

static void on_both(void (*test)(const way *by))
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        test(&ways[i]);
    }
}

#define ON_BOTH(name)                                                                                                   \
    static void name##_on_both(void **state)                                                                            \
    {                                                                                                                   \
        (void)state;                                                                                                    \
        on_both(name);                                                                                                  \
    }
ON_BOTH(tells_who_it_is)
ON_BOTH(writes_only_when_enabled_and_once)
ON_BOTH(a_page_wraps)
ON_BOTH(erases_sectors_and_blocks)
ON_BOTH(sleeps)
ON_BOTH(a_reset_of_the_processor_does_not_reach_it)
ON_BOTH(keeps_its_content_without_power_and_in_a_file)
ON_BOTH(cuts_tear)

// -- QUADSPI alone ----------------------------------------------------------------------------------------------------

static void quad_fills_its_fifo_and_waits(void **state)
{
    (void)state;
    vb_board *board = begin(&ways[0]);
    put(board, QUAD + Q_DLR, 99);
    put(board, QUAD + Q_CCR, 0x0Bu | 1u << 8 | 1u << 10 | 2u << 12 | 8u << 18 | 1u << 24 | 1u << 26);
    put(board, QUAD + Q_AR, 0);
    pass(board, 100 * VB_US);
    assert_int_equal(get(board, QUAD + Q_SR), Q_BUSY | Q_FTF | 32u << 8);
    for (unsigned i = 0; i < 25; i++) {
        assert_int_equal(get(board, QUAD + Q_DR), UINT32_MAX);
    }
    assert_int_equal(get(board, QUAD + Q_SR) & 0x3F00u, 0);
    pass(board, 20 * VB_US);
    assert_int_equal(get(board, QUAD + Q_SR), Q_TCF);
    vb_destroy(board);
}

static void quad_polls_the_status(void **state)
{
    (void)state;
    vb_board *board = begin(&ways[0]);
    order(board, &ways[0], 0x06, -1);
    order(board, &ways[0], 0x20, 0x5000);
    put(board, QUAD + Q_FCR, 0x1B);
    put(board, QUAD + Q_MASK, 1);
    put(board, QUAD + Q_MATCH, 0);
    put(board, QUAD + Q_CR, get(board, QUAD + Q_CR) | 1u << 22); // APMS
    put(board, QUAD + Q_DLR, 0);
    put(board, QUAD + 0x2C, 0x10);
    put(board, QUAD + Q_CCR, 0x05u | 1u << 8 | 1u << 24 | 2u << 26);
    pass(board, 44 * VB_MS);
    assert_int_equal(get(board, QUAD + Q_SR) & (Q_SMF | Q_BUSY), Q_BUSY);
    pass(board, 2 * VB_MS);
    assert_int_equal(get(board, QUAD + Q_SR) & (Q_SMF | Q_BUSY), Q_SMF);
    vb_destroy(board);
}

static void quad_reads_on_two_and_four_lines(void **state)
{
    (void)state;
    uint8_t data[] = {0xA5, 0x5A};
    vb_board *board = begin(&ways[0]);
    program(board, &ways[0], 0x6000, data, 2);
    pass(board, VB_MS);
    static const struct {
        uint32_t opcode, mode;
    } reads[] = {{0x3B, 2}, {0x6B, 3}};
    for (unsigned i = 0; i < 2; i++) {
        uint32_t value;
        put(board, QUAD + Q_FCR, 0x1B);
        put(board, QUAD + Q_DLR, 1);
        put(board, QUAD + Q_CCR, reads[i].opcode | 1u << 8 | 1u << 10 | 2u << 12 | 8u << 18 | reads[i].mode << 24 | 1u << 26);
        put(board, QUAD + Q_AR, 0x6000);
        assert_true(vb_bus_read(board, QUAD + Q_DR, 2, &value));
        assert_int_equal(value, 0x5AA5);
        pass(board, 10 * VB_US);
    }
    assert_int_equal(misuses, 0);
    vb_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_who_it_is_on_both),
        cmocka_unit_test(writes_only_when_enabled_and_once_on_both),
        cmocka_unit_test(a_page_wraps_on_both),
        cmocka_unit_test(erases_sectors_and_blocks_on_both),
        cmocka_unit_test(sleeps_on_both),
        cmocka_unit_test(a_reset_of_the_processor_does_not_reach_it_on_both),
        cmocka_unit_test(keeps_its_content_without_power_and_in_a_file_on_both),
        cmocka_unit_test(cuts_tear_on_both),
        cmocka_unit_test(quad_fills_its_fifo_and_waits),
        cmocka_unit_test(quad_polls_the_status),
        cmocka_unit_test(quad_reads_on_two_and_four_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
