// SPDX-License-Identifier: MIT
// The USB/IP server: its clients, and the device it has on offer.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "usbip_impl.h"

#define READ_SIZE 16384
#define IN_LIMIT  (2u * USBIP_MAX_DATA) // a client that sends more before it listens is not read on
#define OUT_LIMIT (4u * USBIP_MAX_DATA)
#define GRACE     VB_S // firmware that has just started or reset may take this long to show up

// -- the device on offer ------------------------------------------------------------------------

static void looked(void *context, bool known)
{
    vb_usbip *server = context;
    server->state = known ? USBIP_KNOWN : USBIP_NOTHING;
}

static void look(vb_usbip *server)
{
    server->state = USBIP_LOOKING;
    server->configuration = 0;
    vb_usb_enumerate(&server->enumeration, server->host, USBIP_DEVICE, looked, server);
}

static void port_changed(void *context, vb_usb_state state)
{
    vb_usbip *server = context;
    if (state == VB_USB_ATTACHED) {
        look(server);
        return;
    }
    vb_usb_enumerate_port(&server->enumeration, state);
    if (state > VB_USB_ATTACHED) {
        return;
    }
    server->state = USBIP_NOTHING;
    server->empty_since = vb_usb_now(server->host);
    if (server->importer != NULL) {
        server->importer->broken = true;
    }
}

bool usbip_wait_for_device(const vb_usbip *server)
{
    bool may_come = vb_usb_port(server->host) == VB_USB_EMPTY &&
                    vb_usb_now(server->host) - server->empty_since < GRACE;
    return server->state == USBIP_LOOKING || may_come || vb_usb_settling(server->host);
}

// The next importer finds the device as after plugging it in.
void usbip_importer_left(vb_usbip *server)
{
    server->importer = NULL;
    usbip_forget_urbs(server);
    if (server->state == USBIP_KNOWN) {
        look(server);
    }
}

// -- clients ------------------------------------------------------------------------------------

static void part(vb_usbip *server, usbip_client *client)
{
    close(client->fd);
    usbip_free(&client->in);
    usbip_free(&client->out);
    *client = (usbip_client){.fd = -1};
    if (server->importer == client) {
        usbip_importer_left(server);
    }
}

// The number of a place for one more client, negative when all are taken.
static int free_place(const vb_usbip *server)
{
    for (int i = 0; i < USBIP_CLIENTS; i++) {
        if (server->clients[i].fd < 0) {
            return i;
        }
    }
    return -1;
}

static void admit(vb_usbip *server)
{
    int place = free_place(server);
    int fd = place >= 0 ? accept4(server->door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC) : -1;
    if (fd < 0) {
        return;
    }
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    server->clients[place] = (usbip_client){.fd = fd};
}

static bool wants_to_read(const usbip_client *client)
{
    return !client->ended && !client->parting && client->in.used < IN_LIMIT &&
           client->out.used < OUT_LIMIT;
}

static void receive(usbip_client *client)
{
    while (!client->broken && wants_to_read(client)) {
        uint8_t *at = usbip_grow(&client->in, READ_SIZE);
        if (at == NULL) {
            client->broken = true;
            return;
        }
        ssize_t got = recv(client->fd, at, READ_SIZE, 0);
        client->in.used -= READ_SIZE - (got > 0 ? (size_t)got : 0);
        if (got > 0) {
            continue;
        }
        client->ended = got == 0;
        client->broken = got < 0 && errno != EAGAIN && errno != EINTR;
        return;
    }
}

static void understand(vb_usbip *server, usbip_client *client)
{
    bool more = true;
    while (more && !client->broken && !client->parting) {
        more = server->importer == client ? usbip_do_command(server, client)
                                          : usbip_do_operation(server, client);
    }
    if (client->ended && !usbip_wait_for_device(server)) {
        client->parting = true;
    }
}

static void transmit(usbip_client *client)
{
    while (client->out.used > 0) {
        ssize_t sent = send(client->fd, client->out.bytes, client->out.used, MSG_NOSIGNAL);
        if (sent < 0) {
            client->broken = client->broken || (errno != EAGAIN && errno != EINTR);
            return;
        }
        usbip_drop(&client->out, (size_t)sent);
    }
    client->broken = client->broken || client->parting;
}

// Who left makes room before anybody asks.
static void receive_all(vb_usbip *server)
{
    for (unsigned i = 0; i < USBIP_CLIENTS; i++) {
        usbip_client *client = &server->clients[i];
        if (client->fd < 0) {
            continue;
        }
        receive(client);
        if (client->broken || (client->ended && client == server->importer)) {
            part(server, client);
        }
    }
}

void vb_usbip_serve(vb_usbip *server)
{
    admit(server);
    receive_all(server);
    for (unsigned i = 0; i < USBIP_CLIENTS; i++) {
        usbip_client *client = &server->clients[i];
        if (client->fd < 0) {
            continue;
        }
        understand(server, client);
        transmit(client);
        if (client->broken || client->out.lost) {
            part(server, client);
        }
    }
}

size_t vb_usbip_fds(const vb_usbip *server, struct pollfd *fds)
{
    size_t count = 0;
    fds[count++] =
        (struct pollfd){.fd = server->door, .events = free_place(server) >= 0 ? POLLIN : 0};
    for (unsigned i = 0; i < USBIP_CLIENTS; i++) {
        const usbip_client *client = &server->clients[i];
        short in = wants_to_read(client) ? POLLIN : 0, out = client->out.used > 0 ? POLLOUT : 0;
        if (client->fd >= 0) {
            fds[count++] = (struct pollfd){.fd = client->fd, .events = (short)(in | out)};
        }
    }
    return count;
}

// -- the server itself --------------------------------------------------------------------------

static int listen_on(uint16_t *port)
{
    int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (door < 0) {
        return -1;
    }
    int yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(*port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    bool open = bind(door, (struct sockaddr *)&address, sizeof address) == 0 &&
                listen(door, USBIP_CLIENTS) == 0 &&
                getsockname(door, (struct sockaddr *)&address, &size) == 0;
    if (!open) {
        int error = errno;
        close(door);
        errno = error;
        return -1;
    }
    *port = ntohs(address.sin_port);
    return door;
}

vb_usbip *vb_usbip_open(vb_usb_host *host, uint16_t *port)
{
    vb_usbip *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return NULL;
    }
    server->host = host;
    server->door = listen_on(port);
    if (server->door < 0) {
        free(server);
        return NULL;
    }
    for (unsigned i = 0; i < USBIP_CLIENTS; i++) {
        server->clients[i].fd = -1;
    }
    server->empty_since = vb_usb_now(host);
    vb_usb_on_port(host, port_changed, server);
    if (vb_usb_port(host) >= VB_USB_ATTACHED) {
        look(server);
    }
    return server;
}

void vb_usbip_close(vb_usbip *server)
{
    if (server == NULL) {
        return;
    }
    vb_usb_on_port(server->host, NULL, NULL);
    vb_usb_enumerate_stop(&server->enumeration);
    server->state = USBIP_NOTHING; // nobody looks any more
    for (unsigned i = 0; i < USBIP_CLIENTS; i++) {
        if (server->clients[i].fd >= 0) {
            part(server, &server->clients[i]);
        }
    }
    close(server->door);
    free(server);
}

bool vb_usbip_imported(const vb_usbip *server)
{
    return server->importer != NULL;
}

bool vb_usbip_busy(const vb_usbip *server)
{
    bool waiting = server->urbs != NULL;
    for (unsigned i = 0; i < USBIP_CLIENTS; i++) {
        waiting =
            waiting || (server->clients[i].fd >= 0 && &server->clients[i] != server->importer);
    }
    return waiting;
}

const char *vb_usbip_describe(const vb_usbip *server, char *text)
{
    const uint8_t *device = server->enumeration.known.device;
    if (server->state == USBIP_KNOWN) {
        snprintf(text, 32, "%02x%02x:%02x%02x%s", device[9], device[8], device[11], device[10],
                 server->importer != NULL ? " in use" : "");
        return text;
    }
    if (usbip_wait_for_device(server)) {
        return "looking";
    }
    return vb_usb_port(server->host) == VB_USB_UNPLUGGED ? "unplugged" : "no device";
}
