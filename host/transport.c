// SPDX-License-Identifier: MIT
// What serial and TCP transports share: a file descriptor in non-blocking mode.
#include "transport.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// A line that takes no byte for this long is stuck. Two frames at 1200 bit/s need less.
#define WRITE_PATIENCE_MS 5000

typedef struct fd_port {
    int fd;
    char name[200];
} fd_port;

static hf_error lost(const fd_port *port, const char *why, hf_problem *problem)
{
    return hf_fail(problem, HF_E_LINK_LOST, "the connection to %s broke: %s", port->name, why);
}

static hf_error fd_read(void *context, void *bytes, size_t size, uint32_t timeout_ms, size_t *got, hf_problem *problem)
{
    fd_port *port = context;
    *got = 0;
    struct pollfd wait = {.fd = port->fd, .events = POLLIN};
    int ready = poll(&wait, 1, timeout_ms > INT32_MAX ? INT32_MAX : (int)timeout_ms);
    if (ready == 0 || (ready < 0 && errno == EINTR)) {
        return HF_OK;
    }
    ssize_t count = ready < 0 ? -1 : read(port->fd, bytes, size);
    if (count > 0) {
        *got = (size_t)count;
        return HF_OK;
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return HF_OK;
    }
    return lost(port, count == 0 ? "closed by the other end" : strerror(errno), problem);
}

// A peer that is gone must be an error, not a signal that ends the program.
static ssize_t put(int fd, const void *bytes, size_t size)
{
    ssize_t count = send(fd, bytes, size, MSG_NOSIGNAL);
    return count < 0 && errno == ENOTSOCK ? write(fd, bytes, size) : count;
}

static hf_error fd_write(void *context, const void *bytes, size_t size, hf_problem *problem)
{
    fd_port *port = context;
    const char *at = bytes;
    while (size > 0) {
        ssize_t count = put(port->fd, at, size);
        if (count > 0) {
            at += count;
            size -= (size_t)count;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR) {
            return lost(port, strerror(errno), problem);
        }
        struct pollfd wait = {.fd = port->fd, .events = POLLOUT};
        if (poll(&wait, 1, WRITE_PATIENCE_MS) == 0) {
            return lost(port, "it takes no more bytes", problem);
        }
    }
    return HF_OK;
}

static uint64_t fd_now_ms(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static hf_error fd_set_baud(void *context, uint32_t baud, hf_problem *problem)
{
    const fd_port *port = context;
    return hf_terminal_set_speed(port->fd, port->name, baud, problem);
}

static hf_error fd_set_lines(void *context, bool dtr, bool rts, hf_problem *problem)
{
    const fd_port *port = context;
    return hf_terminal_set_lines(port->fd, port->name, dtr, rts, problem);
}

static void fd_close(void *context)
{
    fd_port *port = context;
    close(port->fd);
    free(port);
}

hf_error hf_transport_take_fd(hf_transport *transport, int fd, const char *name, hf_problem *problem)
{
    static const hf_transport_ops stream = {
        .read = fd_read, .write = fd_write, .now_ms = fd_now_ms, .close = fd_close};
    static const hf_transport_ops terminal = {
        .read = fd_read, .write = fd_write, .now_ms = fd_now_ms, .set_baud = fd_set_baud, .set_lines = fd_set_lines, .close = fd_close};
    fd_port *port = calloc(1, sizeof *port);
    if (port == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "no memory to open %s", name);
    }
    port->fd = fd;
    strncpy(port->name, name, sizeof port->name - 1);
    *transport = (hf_transport){isatty(fd) ? &terminal : &stream, port};
    return HF_OK;
}

hf_error hf_transport_open(hf_transport *transport, const char *name, uint32_t baud, hf_problem *problem)
{
    if (strncmp(name, "tcp:", 4) == 0) {
        return hf_transport_open_tcp(transport, name + 4, problem);
    }
    return hf_transport_open_serial(transport, name, baud, problem);
}

void hf_transport_close(hf_transport *transport)
{
    if (transport->ops != NULL && transport->ops->close != NULL) {
        transport->ops->close(transport->context);
    }
    *transport = (hf_transport){0};
}
