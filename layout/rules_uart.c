// SPDX-License-Identifier: MIT
// Rules on the serial line.
#include <string.h>

#include "complain.h"
#include "derive.h"
#include "rules.h"

#define BAUD_TOLERANCE                                                                             \
    20u // in 1/1000; receivers stand about twice that, the far end's share included

static bool is_uart(const hf_peripheral *peripheral)
{
    return strncmp(peripheral->generation, "usart", 5) == 0;
}

// NULL when the board has none, or another rule has found it wrong.
static const hf_peripheral *board_uart(const hf_board *board)
{
    const hf_peripheral *uart = hf_chip_peripheral(&board->chip, board->uart.instance);
    return uart != NULL && is_uart(uart) ? uart : NULL;
}

static bool has_uart(const hf_board *board)
{
    return board->uart.instance[0] != '\0';
}

// A host that waits for the board says SYNC every 400 ms (host/classic_session.c); the line has to open first.
#define WINDOW_MIN_MS 500u

void hf_rule_recovery_window(const hf_board *board, hf_report *report)
{
    if (board->recovery_window_ms != 0 && board->recovery_window_ms < WINDOW_MIN_MS) {
        hf_find(report, "recovery_window_ms", "a host that says SYNC every 400 ms can miss it", "write 500 or more");
    }
}

// What the bootloader makes of the reset decides: a button that it looks at, or a window in which it listens.
void hf_rule_enter(const hf_board *board, hf_report *report)
{
    hf_entry way = board->uart.enter;
    if ((way == HF_ENTRY_DTR || way == HF_ENTRY_RTS) && board->recovery_window_ms == 0) {
        hf_find(report, "recovery_window_ms", "a reset alone starts the application", "write 500 or more");
    }
    if (way >= HF_ENTRY_DTR_RTS && board->button.port == 0) {
        hf_find(report, "button", "there is none for the second line", "add one");
    }
    if (board->uart.app_baud != 0 && way != HF_ENTRY_ESCAPE) {
        hf_find(report, "uart.app_baud", "no escape is sent", "leave it out");
    }
}

void hf_rule_link(const hf_board *board, hf_report *report)
{
    if (!has_uart(board) && board->usb.instance[0] == '\0') {
        hf_find(report, "uart", "without a serial line or USB no update can come in",
                "add \"uart\" or \"usb\"");
    }
}

void hf_rule_uart_exists(const hf_board *board, hf_report *report)
{
    if (!has_uart(board) || board_uart(board) != NULL) {
        return;
    }
    char fix[160] = "write";
    size_t listed = 0;
    for (size_t i = 0; i < board->chip.peripherals_count; i++) {
        if (is_uart(&board->chip.peripherals[i])) {
            hf_append(fix, sizeof fix, "%s \"%s\"", listed++ == 0 ? "" : " or",
                      board->chip.peripherals[i].name);
        }
    }
    hf_find(report, "uart.instance",
            hf_say("the %s has no UART \"%s\"", board->chip.name, board->uart.instance).text,
            listed == 0 ? "leave \"uart\" out: the chip file describes none" : fix);
}

void hf_rule_uart_wired(const hf_board *board, hf_report *report)
{
    const hf_peripheral *uart = board_uart(board);
    bool wired = uart != NULL && (hf_apb_of(uart) == 1 || hf_apb_of(uart) == 2) && uart->irqs_count > 0;
    if (uart != NULL && !wired) {
        hf_find(report, "uart.instance",
                hf_say("the chip file lacks the bus or the interrupt of %s", uart->name).text,
                hf_say("add bus (apb1 or apb2), bit and irq to peripherals.%s", uart->name).text);
    }
}

void hf_rule_uart_pins(const hf_board *board, hf_report *report)
{
    if (board_uart(board) != NULL) {
        hf_check_signal(board, report, "uart.tx", board->uart.instance, board->uart.tx);
        hf_check_signal(board, report, "uart.rx", board->uart.instance, board->uart.rx);
    }
}

void hf_rule_uart_dma(const hf_board *board, hf_report *report)
{
    const hf_peripheral *uart = board_uart(board);
    bool reachable = uart != NULL && hf_chip_peripheral(&board->chip, uart->dma_rx.controller) != NULL;
    if (uart != NULL && hf_uart_takes_speed(board) && !reachable) {
        hf_find(report, "uart.protocols", hf_say("the chip file lacks the DMA line that receives for %s", uart->name).text,
                hf_say("add dma_rx to peripherals.%s, or keep \"classic\" alone", uart->name).text);
    }
}

static uint32_t worst_error(const hf_board *board, const hf_peripheral *uart, uint32_t baud)
{
    uint32_t pll = hf_baud_error(hf_uart_clock(board, uart, true), baud);
    uint32_t internal = hf_baud_error(hf_uart_clock(board, uart, false), baud);
    return pll > internal ? pll : internal;
}

static uint32_t usual_rate_below(const hf_board *board, const hf_peripheral *uart)
{
    static const uint32_t rates[] = {921600, 460800, 230400, 115200, 57600, 38400, 19200, 9600};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        if (rates[i] < board->uart.baud && worst_error(board, uart, rates[i]) <= BAUD_TOLERANCE) {
            return rates[i];
        }
    }
    return 115200;
}

void hf_rule_uart_baud(const hf_board *board, hf_report *report)
{
    const hf_peripheral *uart = board_uart(board);
    if (uart == NULL || worst_error(board, uart, board->uart.baud) <= BAUD_TOLERANCE) {
        return;
    }
    bool fast = hf_baud_error(hf_uart_clock(board, uart, true), board->uart.baud) > BAUD_TOLERANCE;
    hf_find(report, "uart.baud",
            hf_say("%u baud cannot be reached within 2 %% from the %u Hz %s",
                   (unsigned)board->uart.baud, (unsigned)hf_uart_clock(board, uart, fast),
                   fast ? "of its bus" : "of the internal oscillator")
                .text,
            hf_say("write for example %u", (unsigned)usual_rate_below(board, uart)).text);
}

void hf_rule_one_protocol(const hf_board *board, hf_report *report)
{
    if (!has_uart(board)) {
        return;
    }
    if (board->uart.classic && board->uart.classroom) {
        hf_find(report, "uart.protocols",
                "classic and classroom share their commands: a line can speak only one of them",
                "keep one");
    }
    if (!board->uart.classic && !board->uart.classroom) {
        hf_find(report, "uart.protocols", "no protocol is chosen", "write [\"classic\"]");
    }
}
