// SPDX-License-Identifier: MIT
// Models of the STM32H743 by way of the bus, as another bus master sees them: flash with its units, banks and option
// bytes (RM0433, 4.3 to 4.9), the way to 480 MHz (6.6, 8.5), the CRC unit (22.3) against zlib.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "model.h"

#define FLASH      0x52002000u
#define BANK2      0x100u
#define KEYR       0x04u
#define OPTKEYR    0x08u
#define CR         0x0Cu
#define SR         0x10u
#define CCR        0x14u
#define OPTCR      0x18u
#define OPTSR_CUR  0x1Cu
#define OPTSR_PRG  0x20u
#define WPSN_PRG   0x3Cu
#define ECC_FA     0x60u
#define PG_X64     0x32u
#define QW         0x04u
#define SWAP       0x80000000u
#define HOME       0x08100000u // of the second bank
#define PLACE      0x08140040u // a unit in its sector 2

static unsigned misuses;

static void count_misuse(void *context, vb_time when, vb_report kind, const char *words)
{
    (void)context;
    (void)when;
    (void)words;
    misuses += kind == VB_REPORT_MISUSE;
}

// A board whose core does nothing, powered on.
static vb_board *begin(void)
{
    static const uint32_t program[] = {0x20020000u, 0x08000009u, 0xE7FEE7FEu}; // b .
    static hf_board description;
    hf_complaint complaint;
    char path[512], why[256];
    snprintf(path, sizeof path, "%s/boards/stm32h743-nucleo.json", HF_SOURCE_DIR);
    if (hf_board_read(&description, path, NULL, &complaint) != HF_LAYOUT_OK) {
        fail_msg("%s", complaint.text);
    }
    vb_board *board = vb_create(&description, why, sizeof why);
    assert_non_null(board);
    vb_on_report(board, count_misuse, NULL);
    misuses = 0;
    assert_int_equal(vb_write(board, 0x08000000u, program, sizeof program), VB_OK);
    vb_power_on(board);
    return board;
}

static void pass(vb_board *board, vb_time time)
{
    assert_int_equal(vb_run(board, vb_now(board) + time), VB_STOP_TIME);
}

static uint32_t get(vb_board *board, uint32_t address)
{
    uint32_t value;
    assert_true(vb_bus_read(board, address, 4, &value));
    return value;
}

static void put(vb_board *board, uint32_t address, uint32_t value)
{
    assert_true(vb_bus_write(board, address, 4, value));
}

static void unlock(vb_board *board, uint32_t bank)
{
    put(board, FLASH + bank + KEYR, 0x45670123u);
    put(board, FLASH + bank + KEYR, 0xCDEF89ABu);
    assert_int_equal(get(board, FLASH + bank + CR) & 1u, 0);
}

static void store_unit(vb_board *board, uint32_t address, uint32_t first)
{
    for (uint32_t i = 0; i < 8; i++) {
        put(board, address + 4 * i, first + i);
    }
}

static void a_wrong_key_jams_until_the_reset(void **state)
{
    (void)state;
    vb_board *board = begin();
    assert_false(vb_bus_write(board, FLASH + KEYR, 4, 0x12345678u));
    assert_false(vb_bus_write(board, FLASH + KEYR, 4, 0x45670123u));
    assert_int_equal(get(board, FLASH + CR) & 1u, 1);
    vb_reset_pin(board);
    unlock(board, 0);
    vb_destroy(board);
}

static void a_unit_is_programmed_with_its_last_byte(void **state)
{
    (void)state;
    vb_board *board = begin();
    unlock(board, BANK2);
    put(board, FLASH + BANK2 + CR, PG_X64);
    store_unit(board, PLACE, 0x100);
    assert_int_equal(get(board, FLASH + BANK2 + SR) & QW, QW);
    pass(board, 99 * VB_US);
    assert_int_equal(get(board, FLASH + BANK2 + SR) & QW, QW);
    pass(board, 2 * VB_US);
    assert_int_equal(get(board, FLASH + BANK2 + SR), 1u << 16); // EOP alone
    assert_int_equal(get(board, PLACE + 28), 0x107);
    vb_destroy(board);
}

static void refuses_in_the_manuals_words(void **state)
{
    (void)state;
    vb_board *board = begin();
    put(board, PLACE, 1); // PG is 0
    assert_int_equal(get(board, FLASH + BANK2 + SR), 1u << 18);
    put(board, FLASH + BANK2 + CCR, 1u << 18);
    unlock(board, BANK2);
    put(board, FLASH + BANK2 + CR, PG_X64);
    put(board, PLACE, 1);
    put(board, PLACE, 2); // the same bytes: STRBERR, the new ones win
    assert_int_equal(get(board, FLASH + BANK2 + SR), 1u << 19 | 2u);
    put(board, PLACE + 32, 1); // another unit before this one is full: INCERR, and from then on PGSERR
    assert_int_equal(get(board, FLASH + BANK2 + SR) & (1u << 21), 1u << 21);
    put(board, PLACE + 32, 1);
    assert_int_equal(get(board, FLASH + BANK2 + SR) & (1u << 18), 1u << 18);
    put(board, FLASH + BANK2 + CCR, 0x1FEF0000u);
    assert_int_equal(get(board, FLASH + BANK2 + SR), 0);
    vb_destroy(board);
}

static void what_is_programmed_twice_cannot_be_read_until_it_is_erased(void **state)
{
    (void)state;
    uint32_t value;
    vb_board *board = begin();
    unlock(board, BANK2);
    put(board, FLASH + BANK2 + CR, PG_X64);
    store_unit(board, PLACE, 0x100);
    pass(board, VB_MS);
    store_unit(board, PLACE, 0x700);
    pass(board, VB_MS);
    assert_int_equal(misuses, 1);
    assert_false(vb_bus_read(board, PLACE, 4, &value));
    assert_int_equal(get(board, FLASH + BANK2 + SR) & (1u << 26), 1u << 26); // DBECCERR
    assert_int_equal(get(board, FLASH + BANK2 + ECC_FA), (PLACE - HOME) / 32);
    assert_true(vb_bus_read(board, PLACE + 32, 4, &value)); // its neighbour can
    put(board, FLASH + BANK2 + CR, 0x34u | 2u << 8);
    put(board, FLASH + BANK2 + CR, 0xB4u | 2u << 8); // SER, START, sector 2
    pass(board, 999 * VB_MS);
    assert_int_equal(get(board, FLASH + BANK2 + SR) & QW, QW);
    pass(board, 2 * VB_MS);
    assert_int_equal(get(board, PLACE), 0xFFFFFFFFu);
    vb_destroy(board);
}

static void option(vb_board *board, uint32_t offset, uint32_t value)
{
    put(board, FLASH + OPTKEYR, 0x08192A3Bu);
    put(board, FLASH + OPTKEYR, 0x4C5D6E7Fu);
    put(board, FLASH + offset, value);
    put(board, FLASH + OPTCR, 2);
    assert_int_equal(get(board, FLASH + OPTSR_CUR) & 1u, 1); // OPT_BUSY
    pass(board, 301 * VB_MS);
    assert_int_equal(get(board, FLASH + OPTSR_CUR) & 1u, 0);
    put(board, FLASH + OPTCR, 1);
}

static void protection_is_per_sector(void **state)
{
    (void)state;
    vb_board *board = begin();
    option(board, BANK2 + WPSN_PRG, 0xFB);
    unlock(board, BANK2);
    put(board, FLASH + BANK2 + CR, PG_X64);
    store_unit(board, PLACE, 0x100); // sector 2
    assert_int_equal(get(board, FLASH + BANK2 + SR) & (1u << 17), 1u << 17);
    put(board, FLASH + BANK2 + CCR, 1u << 17);
    store_unit(board, PLACE + 0x20000, 0x100); // sector 3
    pass(board, VB_MS);
    assert_int_equal(get(board, PLACE), 0xFFFFFFFFu);
    assert_int_equal(get(board, PLACE + 0x20000), 0x100);
    vb_destroy(board);
}

static void banks_and_their_registers_swap_at_the_reset(void **state)
{
    (void)state;
    uint8_t start[12];
    vb_board *board = begin();
    assert_int_equal(vb_read(board, 0x08000000u, start, sizeof start), VB_OK);
    assert_int_equal(vb_write(board, HOME, start, sizeof start), VB_OK);
    static const uint32_t mark = 0x600DCAFEu;
    assert_int_equal(vb_write(board, PLACE, &mark, sizeof mark), VB_OK);
    option(board, BANK2 + WPSN_PRG, 0xFE);
    option(board, OPTSR_PRG, get(board, FLASH + OPTSR_CUR) | SWAP);
    assert_int_equal(get(board, FLASH + OPTSR_CUR) & SWAP, SWAP);
    assert_int_equal(get(board, FLASH + OPTCR) & SWAP, 0); // not in force yet
    assert_int_equal(get(board, PLACE), mark);
    vb_reset_pin(board);
    assert_int_equal(get(board, FLASH + OPTCR) & SWAP, SWAP);
    assert_int_equal(get(board, PLACE - 0x100000), mark);
    assert_int_equal(get(board, FLASH + 0x38), 0xFE); // protection went with its bank
    vb_destroy(board);
}

// What the HAL does: supply, VOS1, overdrive, PLL1 from HSI, dividers, wait states.
static void reaches_480_mhz(void **state)
{
    (void)state;
    vb_board *board = begin();
    put(board, 0x580244F4u, 0x10002u);                             // SYSCFG clock
    put(board, 0x5802480Cu, 2);                                    // CR3: LDO
    put(board, 0x58024818u, 0xC000u);                              // VOS1
    pass(board, 100 * VB_US);
    assert_int_equal(get(board, 0x58024818u) & 0x2000u, 0x2000u);  // VOSRDY
    put(board, 0x5800042Cu, 1);                                    // ODEN: VOS0
    put(board, 0x58024428u, 4u << 4);                              // M1 4
    put(board, 0x5802442Cu, 3u << 2 | 1u << 16);                   // range 8 to 16 MHz, P on
    put(board, 0x58024430u, 59u | 1u << 9 | 1u << 16 | 1u << 24);  // N 60, P 2
    put(board, 0x58024400u, get(board, 0x58024400u) | 1u << 24);
    pass(board, 100 * VB_US);
    assert_int_equal(get(board, 0x58024400u) & 1u << 25, 1u << 25);
    put(board, FLASH, 0x24);
    put(board, 0x58024418u, 8u | 4u << 4);                         // HPRE 2, D1PPRE 2
    put(board, 0x5802441Cu, 4u << 4 | 4u << 8);
    put(board, 0x58024420u, 4u << 4);
    put(board, 0x58024410u, 3);
    assert_int_equal(vb_clock_hz(board, VB_CLOCK_HCLK), 480000000);
    assert_int_equal(vb_clock_hz(board, VB_CLOCK_APB1), 120000000);
    assert_int_equal(misuses, 0);
    vb_destroy(board);
}

static void the_crc_unit_gives_the_common_crc(void **state)
{
    (void)state;
    vb_board *board = begin();
    uint32_t words[32];
    put(board, 0x580244E0u, 1u << 19);
    put(board, 0x58024C08u, 1u | 3u << 5 | 1u << 7);
    for (uint32_t i = 0; i < 32; i++) {
        words[i] = i * 2654435761u + 7;
        put(board, 0x58024C00u, words[i]);
    }
    assert_int_equal(~get(board, 0x58024C00u), (uint32_t)crc32(0, (const Bytef *)words, sizeof words));
    vb_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_key_jams_until_the_reset),
        cmocka_unit_test(a_unit_is_programmed_with_its_last_byte),
        cmocka_unit_test(refuses_in_the_manuals_words),
        cmocka_unit_test(what_is_programmed_twice_cannot_be_read_until_it_is_erased),
        cmocka_unit_test(protection_is_per_sector),
        cmocka_unit_test(banks_and_their_registers_swap_at_the_reset),
        cmocka_unit_test(reaches_480_mhz),
        cmocka_unit_test(the_crc_unit_gives_the_common_crc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
