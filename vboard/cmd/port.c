// SPDX-License-Identifier: MIT
// The far end of a UART: what pseudo-terminals and TCP have in common.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port_way.h"

// How much a client may send ahead. Small enough that its write() blocks before seconds of line
// time are queued, large enough to keep the fastest line busy between two polls.
#define AHEAD_MAX 4096u

bool port_has_room(const cmd_port *port)
{
    return vb_uart_pending(port->board, port->uart) < AHEAD_MAX;
}

void port_discard(cmd_port *port)
{
    port->out_count = 0;
}

// A frame from the board. It should not wait for the end of a slice: the client's answer would come
// late.
static void from_board(void *context, vb_time when, uint8_t byte, bool damaged)
{
    cmd_port *port = context;
    (void)when;
    (void)damaged; // adapters pass damaged bytes on unless they are told otherwise
    if (!port->present) {
        return;
    }
    if (port->out_count == PORT_OUT_MAX) {
        port->lost++;
        return;
    }
    port->out[(port->out_first + port->out_count++) % PORT_OUT_MAX] = byte;
    vb_stop_now(port->board);
}

static const char *choose_uart(const hf_board *description, const port_spec *spec)
{
    return spec->uart[0] != '\0' ? spec->uart : description->uart.instance;
}

static vb_line first_line(const hf_board *description, const port_spec *spec)
{
    vb_line line = spec->line;
    if (!spec->baud_given) {
        line.baud = description->uart.baud != 0 ? description->uart.baud : 115200;
    }
    return line;
}

static void list_uarts(const hf_chip *chip, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < chip->peripherals_count && used < size; i++) {
        if (strncmp(chip->peripherals[i].generation, "usart", 5) == 0) {
            used += (size_t)snprintf(text + used, size - used, " %s", chip->peripherals[i].name);
        }
    }
}

static bool connect_board(cmd_port *port, const hf_board *description, char *why, size_t size)
{
    vb_status status = vb_uart_connect(port->board, port->uart, &port->line, from_board, port);
    if (status == VB_OK) {
        return true;
    }
    if (status == VB_E_NAME) {
        char names[200];
        list_uarts(&description->chip, names, sizeof names);
        snprintf(why, size, "the chip has no UART '%s'; it has%s", port->uart, names);
        return false;
    }
    snprintf(why, size, "%s: %s", port->uart, vb_error(port->board));
    return false;
}

cmd_port *port_open(vb_board *board, const hf_board *description, const port_spec *spec, char *why,
                    size_t size)
{
    const char *uart = choose_uart(description, spec);
    if (uart[0] == '\0') {
        snprintf(why, size, "%s names no UART; say which: --uart usart2=...", description->path);
        return NULL;
    }
    cmd_port *port = calloc(1, sizeof *port);
    if (port == NULL) {
        snprintf(why, size, "out of memory");
        return NULL;
    }
    port->spec = *spec;
    port->way = spec->kind == PORT_PTY ? &port_pty : &port_tcp;
    port->board = board;
    port->line = first_line(description, spec);
    port->fd = port->door = -1;
    snprintf(port->uart, sizeof port->uart, "%s", uart);
    if (!connect_board(port, description, why, size) || !port->way->open(port, why, size)) {
        port_close(port);
        return NULL;
    }
    return port;
}

// The board keeps its pointer to the port: it may not run any more.
void port_close(cmd_port *port)
{
    if (port == NULL) {
        return;
    }
    port->way->close(port);
    free(port);
}

const char *port_uart(const cmd_port *port)
{
    return port->uart;
}

const char *port_place(const cmd_port *port)
{
    return port->place;
}

bool port_present(const cmd_port *port)
{
    return port->present;
}

uint64_t port_lost(const cmd_port *port)
{
    return port->lost;
}

void port_prepare(cmd_port *port, pollset *set)
{
    port->way->prepare(port, set);
}

static void read_client(cmd_port *port)
{
    uint8_t bytes[AHEAD_MAX];
    size_t pending = vb_uart_pending(port->board, port->uart);
    if (pending >= AHEAD_MAX) {
        return;
    }
    ssize_t got = read(port->fd, bytes, AHEAD_MAX - pending);
    if (got > 0) {
        vb_uart_send(port->board, port->uart, bytes, (size_t)got);
        return;
    }
    bool nothing_yet = got < 0 && (errno == EAGAIN || errno == EINTR);
    if (nothing_yet) {
        return;
    }
    // End of file, EIO from a terminal that lost its last user, or a reset connection.
    port->ended = true;
    if (got < 0 || port->way->gone_at_eof) {
        port->present = false;
        port_discard(port);
        port->way->left(port);
    }
}

// Settings first: bytes are to be sent at the line settings their sender chose before.
void port_serve(cmd_port *port, const pollset *set)
{
    vb_line before = port->line;
    port->way->serve(port, set);
    if (before.baud != port->line.baud || before.parity != port->line.parity ||
        before.stop_bits != port->line.stop_bits) {
        vb_uart_set_line(port->board, port->uart, &port->line);
    }
    if (port->present && !port->ended &&
        (pollset_got(set, port->fd) & (POLLIN | POLLHUP | POLLERR)) != 0) {
        read_client(port);
    }
    port_flush(port);
}

void port_flush(cmd_port *port)
{
    while (port->present && port->out_count > 0) {
        size_t run = PORT_OUT_MAX - port->out_first;
        size_t size = port->out_count < run ? port->out_count : run;
        ssize_t put = write(port->fd, port->out + port->out_first, size);
        if (put <= 0) {
            return; // full, or gone: the next poll tells
        }
        port->out_first = (port->out_first + (size_t)put) % PORT_OUT_MAX;
        port->out_count -= (size_t)put;
    }
}
