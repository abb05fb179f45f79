// SPDX-License-Identifier: MIT
// Between port.c and its two ways out of the machine, pty.c and tcp.c.
#ifndef VB_CMD_PORT_WAY_H
#define VB_CMD_PORT_WAY_H

#include "port.h"

#define PORT_OUT_MAX 65536u // bytes that wait for a slow reader

// What differs between the ways.
typedef struct port_way {
    // Fills in place; the line holds the settings to start with.
    bool (*open)(cmd_port *port, char *why, size_t size);
    void (*close)(cmd_port *port);
    // Before and after poll: who came and went. Keeps fd, present and line up to date.
    void (*prepare)(cmd_port *port, pollset *set);
    void (*serve)(cmd_port *port, const pollset *set);
    // The client has left: nothing meant for it may reach the next one.
    void (*left)(cmd_port *port);
    bool gone_at_eof; // else the reader may still want what is on its way
} port_way;

struct cmd_port {
    port_spec spec;
    const port_way *way;
    vb_board *board;
    char uart[HF_NAME_MAX];
    char place[320];
    vb_line line;        // the far end's settings as the board knows them
    int fd;              // bytes come and go here; -1 when nobody is there
    int door;            // tcp: the listening socket, pty: the terminal's master; -1 when closed
    bool present;        // somebody has it open
    bool ended;          // tcp: the client will send nothing more
    char peer[64];       // pty: the terminal's slave
    bool parity_visible; // pty: the kernel shows PARENB to the master
    uint64_t lost;
    size_t out_first, out_count; // a ring
    uint8_t out[PORT_OUT_MAX];
};

extern const port_way port_pty, port_tcp;

// True while the far end's queue has room, so that a client's writes block as they do on a real
// adapter.
bool port_has_room(const cmd_port *port);
// Forgets what waits to go out.
void port_discard(cmd_port *port);

#endif
