// SPDX-License-Identifier: MIT
// RCC: reset values, oscillators and their times, 168 MHz from two crystals, a crystal that is dead or dies, the rules
// of PLL and SW, prescalers, gates, resets, reset causes.
#include "rig.h"

enum {
    CR = RIG_RCC, PLLCFGR = RIG_RCC + 0x04, CFGR = RIG_RCC + 0x08, CIR = RIG_RCC + 0x0C, BDCR = RIG_RCC + 0x70,
    CSR = RIG_RCC + 0x74, ACR = RIG_FLASH
};
enum { HSION = 1, HSIRDY = 2, HSEON = 1 << 16, HSERDY = 1 << 17, CSSON = 1 << 19, PLLON = 1 << 24, PLLRDY = 1 << 25 };
enum { PLL_8 = 8 | 336 << 6 | 1 << 22 | 7 << 24, PLL_25 = 25 | 336 << 6 | 1 << 22 | 7 << 24 };
enum { DIVIDERS = 5 << 10 | 4 << 13 }; // APB1 a quarter, APB2 a half

static void reset_values(void **state)
{
    (void)state;
    static const struct {
        uint32_t offset, value;
    } registers[] = {
        {0x00, 0x00000083}, {0x04, 0x24003010}, {0x08, 0x00000000}, {0x0C, 0x00000000}, {0x10, 0}, {0x14, 0},
        {0x18, 0}, {0x20, 0}, {0x24, 0}, {0x30, 0x00100000}, {0x34, 0}, {0x38, 0}, {0x40, 0}, {0x44, 0},
        {0x50, 0x7E6791FF}, {0x54, 0x000000F1}, {0x58, 0x00000001}, {0x60, 0x36FEC9FF}, {0x64, 0x00075F33},
        {0x70, 0}, {0x74, 0x0E000000}, {0x80, 0}, {0x84, 0x20003000},
    };
    rig *r = rig_new();
    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        rig_expect(r, RIG_RCC + registers[i].offset, registers[i].value);
    }
    rig_write(r, PLLCFGR, 0);
    rig_expect(r, PLLCFGR, 0x20000000); // a reserved bit stays
    rig_read(r, RIG_RCC + 0x1C);        // a hole
    assert_int_equal(rig_said(r, VB_REPORT_UNMODELLED), 1);
    rig_end(r);
}

// By the core's own cycle counter. A slow core is given more time: each look is late by some tens of cycles.
static uint32_t core_hz(rig *r, uint32_t about)
{
    rig_write(r, 0xE000EDFC, 1u << 24); // DEMCR.TRCENA
    rig_write(r, 0xE0001000, 1);
    uint32_t first = rig_read(r, 0xE0001004);
    vb_time start = vb_now(r->board);
    rig_pass(r, about < 1000000 ? 10 * VB_S : 50 * VB_MS);
    uint32_t second = rig_read(r, 0xE0001004);
    return (uint32_t)((double)(second - first) * (double)VB_S / (double)(vb_now(r->board) - start));
}

static void assert_core_hz(rig *r, uint32_t wanted)
{
    uint32_t found = core_hz(r, wanted);
    if (found < wanted - wanted / 1000 || found > wanted + wanted / 1000) {
        fail_msg("the core runs at %u Hz, not %u", (unsigned)found, (unsigned)wanted);
    }
}

static void full_speed(rig *r, uint32_t pllcfgr)
{
    rig_set(r, CR, HSEON);
    vb_time took = rig_await(r, CR, HSERDY, HSERDY, 20 * VB_US, 10 * VB_MS);
    assert_in_range(took, 1900 * VB_US, 2100 * VB_US);
    rig_write(r, PLLCFGR, pllcfgr);
    rig_write(r, CFGR, DIVIDERS);
    rig_set(r, CR, PLLON);
    took = rig_await(r, CR, PLLRDY, PLLRDY, 5 * VB_US, VB_MS);
    assert_in_range(took, 180 * VB_US, 220 * VB_US);
    rig_write(r, ACR, 5);
    rig_write(r, CFGR, DIVIDERS | 2);
    rig_await(r, CFGR, 0xC, 0x8, VB_US, VB_MS);
}

static void runs_168_mhz_from_8_and_25_mhz(void **state)
{
    (void)state;
    rig *r = rig_new_with(8000000, 2700);
    assert_core_hz(r, 16000000);
    full_speed(r, PLL_8);
    assert_core_hz(r, 168000000);
    rig_end(r);
    r = rig_new_with(25000000, 2700);
    full_speed(r, PLL_25);
    assert_core_hz(r, 168000000);
    rig_end(r);
}

static void a_dead_crystal_never_gets_ready(void **state)
{
    (void)state;
    rig *r = rig_new();
    vb_crystal(r->board, false);
    rig_set(r, CR, HSEON);
    rig_pass(r, 100 * VB_MS);
    assert_int_equal(rig_read(r, CR) & HSERDY, 0);
    rig_write(r, PLLCFGR, PLL_8);
    rig_set(r, CR, PLLON); // its source is not ready: no lock
    rig_pass(r, 10 * VB_MS);
    assert_int_equal(rig_read(r, CR) & PLLRDY, 0);
    rig_write(r, CFGR, 2); // and SW waits
    rig_pass(r, VB_MS);
    assert_int_equal(rig_read(r, CFGR) & 0xC, 0);
    assert_core_hz(r, 16000000);
    vb_crystal(r->board, true); // wakes up late: everything follows
    rig_write(r, ACR, 5);
    rig_await(r, CFGR, 0xC, 0x8, 100 * VB_US, 10 * VB_MS);
    assert_true(rig_said(r, VB_REPORT_MISUSE) > 0); // APB limits, dividers were never set
    rig_end(r);
}

static void a_board_without_a_crystal(void **state)
{
    (void)state;
    rig *r = rig_new_with(0, 2700);
    rig_set(r, CR, HSEON);
    rig_pass(r, 20 * VB_MS);
    assert_int_equal(rig_read(r, CR) & HSERDY, 0);
    rig_end(r);
}

static void css_saves_a_core_whose_crystal_dies(void **state)
{
    (void)state;
    rig *r = rig_new();
    full_speed(r, PLL_8);
    rig_set(r, CR, CSSON);
    vb_crystal(r->board, false);
    rig_pass(r, VB_MS);
    assert_int_equal(rig_nmis(r), 1);
    rig_expect(r, CIR, 0); // the handler has cleared CSSF
    assert_int_equal(rig_read(r, CR) & (HSION | HSIRDY | HSEON | HSERDY | PLLON | PLLRDY), HSION | HSIRDY);
    assert_int_equal(rig_read(r, CFGR) & 0xF, 0);
    assert_core_hz(r, 16000000);
    rig_end(r);
}

static void what_the_core_runs_on_cannot_be_switched_off(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_clear(r, CR, HSION);
    assert_int_equal(rig_read(r, CR) & (HSION | HSIRDY), HSION | HSIRDY);
    full_speed(r, PLL_8);
    rig_clear(r, CR, HSEON | PLLON | HSION);
    assert_int_equal(rig_read(r, CR) & (HSEON | HSERDY | PLLON | PLLRDY), HSEON | HSERDY | PLLON | PLLRDY);
    assert_int_equal(rig_read(r, CR) & (HSION | HSIRDY), 0); // HSI is not needed any more
    rig_write(r, CFGR, DIVIDERS); // back to HSI: waits until it runs again
    rig_pass(r, VB_MS);
    assert_int_equal(rig_read(r, CFGR) & 0xC, 0x8);
    rig_set(r, CR, HSION);
    rig_await(r, CFGR, 0xC, 0, VB_US, VB_MS);
    rig_end(r);
}

static void a_pll_out_of_range_is_reported_and_does_not_lock(void **state)
{
    (void)state;
    static const uint32_t bad[] = {
        1 | 336 << 6,  // M below 2
        8 | 336 << 6,  // HSI / 8: VCO at 672 MHz
        16 | 50 << 6,  // VCO at 50 MHz
        32 | 336 << 6, // VCO input at 500 kHz
        4 | 60 << 6,   // VCO input at 4 MHz
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        rig *r = rig_new();
        rig_write(r, PLLCFGR, bad[i]);
        rig_set(r, CR, PLLON);
        assert_int_equal(rig_said(r, VB_REPORT_MISUSE), 1);
        rig_pass(r, 5 * VB_MS);
        assert_int_equal(rig_read(r, CR) & PLLRDY, 0);
        rig_end(r);
    }
}

static void pllcfgr_holds_while_the_pll_is_on(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_write(r, PLLCFGR, 16 | 192 << 6);
    rig_set(r, CR, PLLON);
    rig_write(r, PLLCFGR, 16 | 200 << 6);
    assert_int_equal(rig_said(r, VB_REPORT_MISUSE), 1);
    rig_expect(r, PLLCFGR, 1 << 29 | 16 | 192 << 6); // with the reserved bit
    rig_end(r);
}

static void too_few_wait_states_are_reported(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_write(r, PLLCFGR, 16 | 336 << 6 | 7 << 24); // 168 MHz from HSI
    rig_write(r, CFGR, DIVIDERS);
    rig_set(r, CR, PLLON);
    rig_await(r, CR, PLLRDY, PLLRDY, 5 * VB_US, VB_MS);
    rig_write(r, ACR, 4);
    assert_int_equal(rig_said(r, VB_REPORT_MISUSE), 0);
    rig_write(r, CFGR, DIVIDERS | 2);
    assert_int_equal(rig_said(r, VB_REPORT_MISUSE), 1);
    rig_end(r);
}

static void prescalers_divide(void **state)
{
    (void)state;
    static const struct {
        uint32_t cfgr, hz;
    } cases[] = {{0 << 4, 16000000}, {8 << 4, 8000000}, {9 << 4, 4000000}, {11 << 4, 1000000}, {15 << 4, 31250}};
    rig *r = rig_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rig_write(r, CFGR, cases[i].cfgr);
        assert_core_hz(r, cases[i].hz);
    }
    rig_end(r);
}

static void ready_flags_interrupt_where_enabled(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_set(r, CSR, 1);
    rig_pass(r, VB_MS);
    rig_expect(r, CIR, 0); // not enabled
    rig_write(r, CIR, 1u << 11);
    rig_set(r, CR, HSEON);
    rig_pass(r, 5 * VB_MS);
    rig_expect(r, CIR, 1u << 11 | 1u << 3);
    assert_true(rig_irq_pending(r, 5));
    rig_write(r, CIR, 1u << 11 | 1u << 19);
    rig_expect(r, CIR, 1u << 11);
    assert_false(rig_irq_pending(r, 5));
    rig_end(r);
}

static void bdcr_is_guarded(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_write(r, BDCR, 2u << 8 | 1u << 15);
    rig_expect(r, BDCR, 0);
    rig_backup_access(r);
    rig_write(r, BDCR, 2u << 8 | 1u << 15);
    rig_expect(r, BDCR, 2u << 8 | 1u << 15);
    rig_write(r, BDCR, 3u << 8 | 1u << 15); // chosen once
    rig_expect(r, BDCR, 2u << 8 | 1u << 15);
    vb_reset_pin(r->board);
    rig_settle(r);
    rig_expect(r, BDCR, 2u << 8 | 1u << 15);
    rig_backup_access(r);
    rig_write(r, BDCR, 1u << 16);
    rig_expect(r, BDCR, 1u << 16);
    rig_write(r, BDCR, 0);
    rig_write(r, BDCR, 3u << 8);
    rig_expect(r, BDCR, 3u << 8);
    rig_end(r);
}

static void reset_causes_add_up_until_rmvf(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_expect(r, CSR, 0x0E000000);
    rig_write(r, CSR, 1u << 24);
    rig_expect(r, CSR, 0);
    vb_reset_pin(r->board);
    rig_settle(r);
    rig_expect(r, CSR, 0x04000000);
    rig_write(r, 0xE000ED0C, 0x05FA0004);
    rig_settle(r);
    rig_expect(r, CSR, 0x14000000);
    rig_write(r, CSR, 1u << 24);
    vb_power_off(r->board, true);
    rig_power_on(r);
    rig_expect(r, CSR, 0x0E000000);
    rig_end(r);
}

static void gates_and_resets_reach_their_peripheral(void **state)
{
    (void)state;
    rig *r = rig_new();
    rig_write(r, RIG_GPIOD + 0x14, 5);
    assert_int_equal(rig_said(r, VB_REPORT_UNCLOCKED), 1);
    rig_clock_on(r, RIG_RCC_AHB1ENR, 3);
    rig_expect(r, RIG_GPIOD + 0x14, 0);
    rig_write(r, RIG_GPIOD + 0x14, 5);
    rig_write(r, RIG_RCC + 0x10, 1u << 3);
    rig_write(r, RIG_RCC + 0x10, 0);
    rig_expect(r, RIG_GPIOD + 0x14, 0);
    rig_write(r, RIG_RCC_AHB1ENR, 0xFFFFFFFF);
    rig_expect(r, RIG_RCC_AHB1ENR, 0x7E7411FF);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(reset_values),
        rig_test(runs_168_mhz_from_8_and_25_mhz),
        rig_test(a_dead_crystal_never_gets_ready),
        rig_test(a_board_without_a_crystal),
        rig_test(css_saves_a_core_whose_crystal_dies),
        rig_test(what_the_core_runs_on_cannot_be_switched_off),
        rig_test(a_pll_out_of_range_is_reported_and_does_not_lock),
        rig_test(pllcfgr_holds_while_the_pll_is_on),
        rig_test(too_few_wait_states_are_reported),
        rig_test(prescalers_divide),
        rig_test(ready_flags_interrupt_where_enabled),
        rig_test(bdcr_is_guarded),
        rig_test(reset_causes_add_up_until_rmvf),
        rig_test(gates_and_resets_reach_their_peripheral),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
