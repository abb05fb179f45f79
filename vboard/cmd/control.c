// SPDX-License-Identifier: MIT
// The control socket.
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"

void control_init(cmd_control *control)
{
    control->door = -1;
    for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
        control->clients[i].fd = -1;
    }
}

// True when a process answers at this address.
static bool alive(const struct sockaddr_un *address)
{
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answers =
        probe >= 0 && connect(probe, (const struct sockaddr *)address, sizeof *address) == 0;
    if (probe >= 0) {
        close(probe);
    }
    return answers;
}

static bool bind_door(cmd_control *control, const struct sockaddr_un *address)
{
    if (bind(control->door, (const struct sockaddr *)address, sizeof *address) == 0) {
        return true;
    }
    if (errno != EADDRINUSE) {
        return false;
    }
    struct stat found;
    bool left_behind =
        lstat(address->sun_path, &found) == 0 && S_ISSOCK(found.st_mode) && !alive(address);
    if (!left_behind) {
        errno = EADDRINUSE;
        return false;
    }
    unlink(address->sun_path);
    return bind(control->door, (const struct sockaddr *)address, sizeof *address) == 0;
}

bool control_open(cmd_control *control, const char *path, char *why, size_t size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        snprintf(why, size, "%s: longer than the %zu characters a socket's path may have", path,
                 sizeof address.sun_path - 1);
        return false;
    }
    strcpy(address.sun_path, path);
    control->door = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (control->door < 0 || !bind_door(control, &address)) {
        bool taken = errno == EADDRINUSE;
        snprintf(why, size, "%s: %s", path,
                 taken ? "taken, by another run or another file" : strerror(errno));
        return false;
    }
    strcpy(control->path, path);
    if (listen(control->door, CONTROL_CLIENTS) < 0) {
        snprintf(why, size, "%s: %s", path, strerror(errno));
        return false;
    }
    return true;
}

static void drop(control_client *client)
{
    close(client->fd);
    *client = (control_client){.fd = -1};
}

static void send_answer(control_client *client)
{
    char line[sizeof client->answer.text + 16];
    const char *verdict = client->answer.ok ? "ok" : "error";
    int length = snprintf(line, sizeof line, client->answer.text[0] != '\0' ? "%s %s\n" : "%s%s\n",
                          verdict, client->answer.text);
    client->answer.later = false;
    if (send(client->fd, line, (size_t)length, MSG_NOSIGNAL) != length) {
        drop(client); // it left, or never reads its answers
    }
}

void control_give_up(cmd_control *control, const char *reason)
{
    for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
        control_client *client = &control->clients[i];
        if (client->fd < 0 || !client->answer.later) {
            continue;
        }
        client->answer.ok = false;
        snprintf(client->answer.text, sizeof client->answer.text, "%s", reason);
        send_answer(client);
    }
}

void control_close(cmd_control *control)
{
    control_give_up(control, "the run has ended");
    for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
        if (control->clients[i].fd >= 0) {
            drop(&control->clients[i]);
        }
    }
    if (control->door >= 0) {
        close(control->door);
    }
    if (control->path[0] != '\0') {
        unlink(control->path);
    }
    control->door = -1;
    control->path[0] = '\0';
}

void control_prepare(cmd_control *control, pollset *set)
{
    pollset_add(set, control->door, POLLIN);
    for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
        pollset_add(set, control->clients[i].fd, control->clients[i].answer.later ? 0 : POLLIN);
    }
}

static void admit(cmd_control *control)
{
    int fd = accept4(control->door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        return;
    }
    for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
        if (control->clients[i].fd < 0) {
            control->clients[i].fd = fd;
            return;
        }
    }
    close(fd);
}

// Carries out the lines that are complete, up to one whose answer takes time.
static void do_lines(control_client *client, cmd_session *session)
{
    char *end;
    while (client->fd >= 0 && !client->answer.later &&
           (end = memchr(client->line, '\n', client->used)) != NULL) {
        *end = '\0';
        client->answer = (command_answer){.ok = true};
        command_do(session, client->line, &client->answer);
        client->used -= (size_t)(end + 1 - client->line);
        memmove(client->line, end + 1, client->used);
        if (!client->answer.later) {
            send_answer(client);
        }
    }
}

static void listen_to(control_client *client, cmd_session *session)
{
    ssize_t got = read(client->fd, client->line + client->used, sizeof client->line - client->used);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0) {
        drop(client);
        return;
    }
    client->used += (size_t)got;
    do_lines(client, session);
    if (client->fd >= 0 && client->used == sizeof client->line && !client->answer.later) {
        client->answer = (command_answer){.text = "the line is too long"};
        send_answer(client);
        drop(client);
    }
}

void control_serve(cmd_control *control, const pollset *set, cmd_session *session)
{
    for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
        control_client *client = &control->clients[i];
        short got = pollset_got(set, client->fd);
        if ((got & POLLIN) != 0 && !client->answer.later) {
            listen_to(client, session);
        } else if (client->used > 0 && !client->answer.later) {
            do_lines(client, session); // what came behind a command that took time
        } else if ((got & (POLLHUP | POLLERR)) != 0) {
            drop(client);
        }
    }
    if ((pollset_got(set, control->door) & POLLIN) != 0) {
        admit(control);
    }
}

vb_time control_next(const cmd_control *control)
{
    vb_time next = UINT64_MAX;
    for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
        const command_answer *answer = &control->clients[i].answer;
        if (control->clients[i].fd >= 0 && answer->later && answer->when < next) {
            next = answer->when;
        }
    }
    return next;
}

void control_tick(cmd_control *control, vb_time now)
{
    for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
        control_client *client = &control->clients[i];
        if (client->fd >= 0 && client->answer.later && client->answer.when <= now) {
            send_answer(client);
        }
    }
}
