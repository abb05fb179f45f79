// SPDX-License-Identifier: MIT
// TCP on this machine only.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tcp.h"

static bool bind_and_listen(int door, uint16_t *port)
{
    int on = 1;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(*port)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    if (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(door, (struct sockaddr *)&here, size) < 0 || listen(door, 4) < 0 ||
        getsockname(door, (struct sockaddr *)&here, &size) < 0) {
        return false;
    }
    *port = ntohs(here.sin_port);
    return true;
}

int tcp_listen(uint16_t *port)
{
    int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (door < 0 || bind_and_listen(door, port)) {
        return door;
    }
    int reason = errno;
    close(door);
    errno = reason;
    return -1;
}

int tcp_accept(int door)
{
    int client = accept4(door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    int on = 1;
    if (client >= 0) {
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return client;
}
