// SPDX-License-Identifier: MIT
// The far end of a UART: a pseudo-terminal or a TCP port of this machine.
//
// A port behaves like a USB-serial adapter: what arrives while nobody has it open is lost, what is
// sent queues up and takes its time on the wire, and a reader who is too slow loses bytes.
#ifndef VB_CMD_PORT_H
#define VB_CMD_PORT_H

#include "cmd.h"
#include "pollset.h"

typedef struct cmd_port cmd_port;

typedef enum port_kind { PORT_PTY, PORT_TCP } port_kind;

// What "--uart [NAME=]pty:PATH|tcp:PORT[,baud=N][,parity=none|even|odd][,stop=1|2]" says.
typedef struct port_spec {
    port_kind kind;
    char uart[HF_NAME_MAX]; // "": the one of the board file
    char path[256];         // pty: where the link goes; "" for none
    uint16_t number;        // tcp: the port, 0 to let the system choose
    bool baud_given, parity_given, stop_given;
    vb_line line; // holds what was given
} port_spec;

// False with words in why when the text is no such thing.
bool port_spec_read(port_spec *spec, const char *text, char *why, size_t size);

// Opens the port and connects it to the board's UART. NULL with words in why. board and description
// outlive it.
cmd_port *port_open(vb_board *board, const hf_board *description, const port_spec *spec, char *why,
                    size_t size);
void port_close(cmd_port *port);

const char *port_uart(const cmd_port *port);  // "usart2"
const char *port_place(const cmd_port *port); // "/tmp/uart (pty)", for people
bool port_present(const cmd_port *port);      // somebody has it open
uint64_t port_lost(const cmd_port *port);     // bytes a slow reader lost

// Before poll and after it: comings, goings, settings, bytes to the board.
void port_prepare(cmd_port *port, pollset *set);
void port_serve(cmd_port *port, const pollset *set);
// Bytes from the board go out.
void port_flush(cmd_port *port);

#endif
