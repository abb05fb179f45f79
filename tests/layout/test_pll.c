// SPDX-License-Identifier: MIT
// The PLL solver against the limits of RM0090 7.3.2, stated here a second time.
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "derive.h"
#include "support.h"

static void assert_legal(uint32_t source_hz, uint32_t hclk_hz, const hf_pll *pll)
{
    assert_in_range(pll->m, 2, 63);
    assert_in_range(pll->n, 50, 432);
    assert_true(pll->p == 2 || pll->p == 4 || pll->p == 6 || pll->p == 8);
    assert_in_range(pll->q, 2, 15);
    double input = (double)source_hz / pll->m, oscillator = input * pll->n;
    assert_true(input >= 1e6 && input <= 2e6);
    assert_true(oscillator >= 100e6 && oscillator <= 432e6);
    assert_true((uint64_t)source_hz * pll->n == (uint64_t)hclk_hz * pll->m * pll->p);
    assert_true(oscillator / pll->q <= 48e6);
}

static void usual_crystals_reach_168_mhz_and_usb(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    static const uint32_t crystals[] = {4000000,  6000000,  8000000,  12000000, 16000000,
                                        20000000, 24000000, 25000000, 26000000};
    for (size_t i = 0; i < sizeof crystals / sizeof crystals[0]; i++) {
        hf_pll pll;
        assert_true(hf_pll_solve(&board.chip, crystals[i], 168000000, &pll));
        assert_legal(crystals[i], 168000000, &pll);
        assert_true(pll.usb_exact);
        assert_int_equal(pll.usb_hz, 48000000);
    }
}

static void prefers_an_input_of_2_mhz(void **state)
{
    (void)state;
    hf_board board;
    hf_pll pll;
    good_board(&board);
    assert_true(hf_pll_solve(&board.chip, 8000000, 168000000, &pll));
    assert_int_equal(pll.m, 4);
    assert_int_equal(pll.n, 168);
    assert_int_equal(pll.p, 2);
    assert_int_equal(pll.q, 7);
    assert_int_equal(pll.input_hz, 2000000);
}

// At 180 MHz no setting gives USB its clock; Q stays at or below it.
static void usb_may_be_out_of_reach(void **state)
{
    (void)state;
    hf_board board;
    hf_pll pll;
    good_board(&board);
    board.chip.clocks.hclk_max_hz = 180000000;
    assert_true(hf_pll_solve(&board.chip, 8000000, 180000000, &pll));
    assert_legal(8000000, 180000000, &pll);
    assert_false(pll.usb_exact);
    assert_int_equal(pll.usb_hz, 45000000);
}

// Every whole megahertz that exists comes out exact; those the search refuses, trying all settings
// here finds no way either.
static bool reachable(uint32_t source_hz, uint32_t hclk_hz)
{
    for (uint64_t m = 2; m <= 63; m++) {
        for (uint64_t n = 50; n <= 432; n++) {
            uint64_t vco = (uint64_t)source_hz * n;
            bool legal = source_hz >= m * 1000000 && source_hz <= m * 2000000 &&
                         vco >= m * 100000000 && vco <= m * 432000000;
            for (uint64_t p = 2; legal && p <= 8; p += 2) {
                if (vco == (uint64_t)hclk_hz * m * p) {
                    return true;
                }
            }
        }
    }
    return false;
}

static void finds_what_there_is(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    static const uint32_t sources[] = {8000000, 7372800, 11059200, 25000000};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        for (uint32_t mhz = 8; mhz <= 168; mhz += 5) {
            hf_pll pll;
            bool found = hf_pll_solve(&board.chip, sources[i], mhz * 1000000, &pll);
            assert_int_equal(found, reachable(sources[i], mhz * 1000000));
            if (found) {
                assert_legal(sources[i], mhz * 1000000, &pll);
            }
        }
    }
}

static void names_the_nearest(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    assert_int_equal(hf_pll_nearest(&board.chip, 8000000, 168000000), 168000000);
    assert_int_equal(hf_pll_nearest(&board.chip, 8000000, 167999000), 168000000);
    assert_int_equal(hf_pll_nearest(&board.chip, 8000000, 999), 12500000);
    assert_int_equal(hf_pll_nearest(&board.chip, 100, 168000000), 0);
}

static void nobody_knows_other_clock_controllers(void **state)
{
    (void)state;
    hf_board board;
    hf_pll pll;
    good_board(&board);
    strcpy(((hf_peripheral *)hf_chip_peripheral(&board.chip, "rcc"))->generation, "rcc_x9");
    assert_false(hf_pll_solve(&board.chip, 8000000, 168000000, &pll));
    assert_int_equal(hf_pll_nearest(&board.chip, 8000000, 168000000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_crystals_reach_168_mhz_and_usb),
        cmocka_unit_test(prefers_an_input_of_2_mhz),
        cmocka_unit_test(usb_may_be_out_of_reach),
        cmocka_unit_test(finds_what_there_is),
        cmocka_unit_test(names_the_nearest),
        cmocka_unit_test(nobody_knows_other_clock_controllers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
