// SPDX-License-Identifier: MIT
// TCP: virtual boards, serial servers.
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "transport.h"

#define CONNECT_MS 5000

// Splits "host:port" or "[v6]:port" into buffer. False when it is neither.
static bool split(const char *text, char *buffer, size_t size, const char **host, const char **port)
{
    size_t length = strlen(text);
    char *colon;
    if (length >= size) {
        return false;
    }
    memcpy(buffer, text, length + 1);
    colon = strrchr(buffer, ':');
    if (colon == NULL || colon == buffer || colon[1] == '\0') {
        return false;
    }
    *colon = '\0';
    *port = colon + 1;
    *host = buffer;
    if (buffer[0] == '[' && colon[-1] == ']') {
        colon[-1] = '\0';
        *host = buffer + 1;
    }
    return true;
}

// getaddrinfo takes any number, and connect only its lowest 16 bits. The name of a service is getaddrinfo's to know.
static bool is_port(const char *text)
{
    if (strspn(text, "0123456789") != strlen(text)) {
        return true;
    }
    unsigned long number = strtoul(text, NULL, 10); // ULONG_MAX when it is more
    return number >= 1 && number <= 65535;
}

// Returns 0 or an errno.
static int try_connect(int fd, const struct addrinfo *to)
{
    if (connect(fd, to->ai_addr, to->ai_addrlen) == 0) {
        return 0;
    }
    if (errno != EINPROGRESS) {
        return errno;
    }
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    int ready = poll(&wait, 1, CONNECT_MS);
    if (ready <= 0) {
        return ready == 0 ? ETIMEDOUT : errno;
    }
    int why = 0;
    socklen_t size = sizeof why;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size);
    return why;
}

static int connect_any(const struct addrinfo *list, int *why)
{
    *why = ENOENT;
    for (const struct addrinfo *to = list; to != NULL; to = to->ai_next) {
        int fd = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol);
        if (fd < 0) {
            *why = errno;
            continue;
        }
        *why = try_connect(fd, to);
        if (*why == 0) {
            return fd;
        }
        close(fd);
    }
    return -1;
}

hf_error hf_transport_open_tcp(hf_transport *transport, const char *host_and_port, hf_problem *problem)
{
    char buffer[256];
    const char *host;
    const char *port;
    if (!split(host_and_port, buffer, sizeof buffer, &host, &port)) {
        return hf_fail(problem, HF_E_USAGE, "tcp:%s is not tcp:HOST:PORT", host_and_port);
    }
    if (!is_port(port)) {
        return hf_fail(problem, HF_E_USAGE, "tcp:%s: a port is a number from 1 to 65535, not %s", host_and_port, port);
    }
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    int failed = getaddrinfo(host, port, &hints, &list);
    if (failed != 0) {
        return hf_fail(problem, HF_E_UNREACHABLE, "cannot find tcp:%s: %s", host_and_port, gai_strerror(failed));
    }
    int why;
    int fd = connect_any(list, &why);
    freeaddrinfo(list);
    if (fd < 0) {
        return hf_fail(problem, HF_E_UNREACHABLE, "cannot connect to tcp:%s: %s", host_and_port, strerror(why));
    }
    int on = 1; // a frame waits for no other
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    hf_error error = hf_transport_take_fd(transport, fd, host_and_port, problem);
    if (error) {
        close(fd);
    }
    return error;
}
