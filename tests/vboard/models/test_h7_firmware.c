// SPDX-License-Identifier: MIT
// Firmware in CubeMX style on the virtual STM32H743: h7_firmware.c reaches 480 MHz, and its tick, timer, external interrupt and serial
// line keep the time they should.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vboard.h"

#define RESULTS 0x20000000u

typedef struct heard {
    char text[64];
    size_t count;
    unsigned damaged, toggles;
} heard;

static void on_byte(void *context, vb_time when, uint8_t byte, bool damaged)
{
    heard *it = context;
    (void)when;
    it->damaged += damaged;
    if (it->count < sizeof it->text - 1) {
        it->text[it->count++] = (char)byte;
    }
}

static void on_pin(void *context, vb_time when, hf_pin pin, vb_level level)
{
    heard *it = context;
    (void)when;
    (void)level;
    it->toggles += pin.port == 'B' && pin.number == 0;
}

static void on_report(void *context, vb_time when, vb_report kind, const char *words)
{
    (void)context;
    fail_msg("%.6f report %d: %s", (double)when / (double)VB_S, (int)kind, words);
}

static uint32_t result(const vb_board *board, unsigned index)
{
    uint32_t value;
    assert_int_equal(vb_read(board, RESULTS + 4 * index, &value, sizeof value), VB_OK);
    return value;
}

static void pass(vb_board *board, vb_time time)
{
    assert_int_equal(vb_run(board, vb_now(board) + time), VB_STOP_TIME);
}

static void runs_at_480_mhz(void **state)
{
    (void)state;
    static hf_board description;
    static const uint8_t nothing[32];
    hf_complaint complaint;
    char why[256];
    heard it = {0};
    vb_line line = {115200, VB_PARITY_NONE, 1};
    if (hf_board_read(&description, HF_SOURCE_DIR "/boards/stm32h743-nucleo.json", NULL, &complaint) != HF_LAYOUT_OK) {
        fail_msg("%s", complaint.text);
    }
    vb_board *board = vb_create(&description, why, sizeof why);
    assert_non_null(board);
    vb_on_report(board, on_report, NULL);
    assert_int_equal(vb_load_elf(board, HF_GUEST_DIR "/h7_firmware.elf"), VB_OK);
    assert_int_equal(vb_uart_connect(board, "usart3", &line, on_byte, &it), VB_OK);
    vb_power_on(board);
    assert_int_equal(vb_write(board, RESULTS, nothing, sizeof nothing), VB_OK); // RAM holds anything
    pass(board, 10 * VB_MS);
    assert_string_equal(it.text, "READY\r\n");
    assert_int_equal(it.damaged, 0);
    assert_int_equal(result(board, 4), 3); // PLL1
    uint32_t ticks = result(board, 1), periods = result(board, 2);
    vb_on_pin(board, on_pin, &it);
    pass(board, VB_S);
    assert_in_range(result(board, 1) - ticks, 999, 1001);
    assert_int_equal(result(board, 2) - periods, 10);
    assert_int_equal(it.toggles, 10);
    assert_int_equal(result(board, 3), 0);
    for (unsigned press = 1; press <= 3; press++) {
        vb_button(board, true);
        pass(board, VB_MS);
        vb_button(board, false);
        pass(board, VB_MS);
        assert_int_equal(result(board, 3), press);
    }
    vb_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(runs_at_480_mhz)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
