// SPDX-License-Identifier: MIT
// The in-process transport.
#include "board_link.h"

static void on_byte(void *context, vb_time when, uint8_t byte, bool damaged)
{
    board_link *link = context;
    (void)when;
    (void)damaged; // an adapter delivers a damaged byte as whatever it saw
    if (link->put - link->taken == sizeof link->received) {
        link->overflow = true;
        return;
    }
    link->received[link->put++ % sizeof link->received] = byte;
    vb_stop_now(link->board);
}

static hf_error read_some(void *context, void *bytes, size_t size, uint32_t timeout_ms, size_t *got, hf_problem *problem)
{
    board_link *link = context;
    vb_time until = vb_now(link->board) + timeout_ms * VB_MS;
    *got = 0;
    while (link->put == link->taken && vb_now(link->board) < until) {
        vb_stop stop = vb_run(link->board, until);
        if (stop == VB_STOP_LOCKUP || stop == VB_STOP_ENGINE) {
            return hf_fail(problem, HF_E_LINK_LOST, "the virtual board stopped: %s", vb_error(link->board));
        }
    }
    while (*got < size && link->taken != link->put) {
        ((uint8_t *)bytes)[(*got)++] = link->received[link->taken++ % sizeof link->received];
    }
    return HF_OK;
}

static hf_error write_all(void *context, const void *bytes, size_t size, hf_problem *problem)
{
    board_link *link = context;
    (void)problem;
    vb_uart_send(link->board, link->uart, bytes, size);
    return HF_OK;
}

static uint64_t now_ms(void *context)
{
    board_link *link = context;
    return vb_now(link->board) / VB_MS;
}

// The far end has nothing of its own under way: what is in the board's receiver's way has left it.
static hf_error set_baud(void *context, uint32_t baud, hf_problem *problem)
{
    board_link *link = context;
    (void)problem;
    vb_line line = {.baud = baud, .parity = VB_PARITY_NONE, .stop_bits = 1};
    vb_uart_set_line(link->board, link->uart, &line);
    return HF_OK;
}

hf_transport board_link_open(board_link *link, vb_board *board, const char *uart, uint32_t baud)
{
    static const hf_transport_ops ops = {.read = read_some, .write = write_all, .now_ms = now_ms, .set_baud = set_baud};
    *link = (board_link){.board = board, .uart = uart};
    vb_line line = {.baud = baud, .parity = VB_PARITY_NONE, .stop_bits = 1};
    vb_uart_connect(board, uart, &line, on_byte, link);
    return (hf_transport){.ops = &ops, .context = link};
}
