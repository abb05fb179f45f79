// SPDX-License-Identifier: MIT
// A UART's far end as a TCP port on 127.0.0.1, one client at a time.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "port_way.h"
#include "tcp.h"

static bool tcp_open(cmd_port *port, char *why, size_t size)
{
    uint16_t number = port->spec.number;
    port->door = tcp_listen(&number);
    if (port->door < 0) {
        snprintf(why, size, "tcp:%u: cannot listen on 127.0.0.1: %s", port->spec.number,
                 strerror(errno));
        return false;
    }
    snprintf(port->place, sizeof port->place, "127.0.0.1:%u (tcp)", number);
    return true;
}

static void drop_client(cmd_port *port)
{
    if (port->fd >= 0) {
        close(port->fd);
    }
    port->fd = -1;
    port->present = false;
    port_discard(port);
}

static void tcp_close(cmd_port *port)
{
    drop_client(port);
    if (port->door >= 0) {
        close(port->door);
    }
}

static void tcp_prepare(cmd_port *port, pollset *set)
{
    pollset_add(set, port->door, POLLIN);
    pollset_add(set, port->fd, !port->ended && port_has_room(port) ? POLLIN : 0);
}

// A client that has said all it wants to say may stay for the answer until another one comes.
static void tcp_serve(cmd_port *port, const pollset *set)
{
    bool hung_up = (pollset_got(set, port->fd) & (POLLHUP | POLLERR)) != 0;
    if (port->ended && hung_up) {
        drop_client(port);
    }
    // What the present client still has to say comes first, above all that it has left: a client
    // that reconnects at once must not be turned away because of itself.
    bool unheard =
        port->present && !port->ended && (pollset_got(set, port->fd) != 0 || !port_has_room(port));
    if (unheard || (pollset_got(set, port->door) & POLLIN) == 0) {
        return;
    }
    int client = tcp_accept(port->door);
    if (client < 0) {
        return;
    }
    if (port->present && !port->ended) {
        close(client); // taken
        return;
    }
    drop_client(port);
    port->fd = client;
    port->present = true;
    port->ended = false;
}

const port_way port_tcp = {tcp_open,  tcp_close,   tcp_prepare,
                           tcp_serve, drop_client, .gone_at_eof = false};
