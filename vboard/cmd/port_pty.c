// SPDX-License-Identifier: MIT
// A UART's far end as a pseudo-terminal (pty(7), ioctl_tty(2)).
//
// Clients open the slave and set its baud rate as on any serial port; the master reads these
// settings back. Linux keeps the rate, the stop bits and PARODD of a pseudo-terminal but clears
// PARENB (drivers/tty/pty.c, pty_set_termios), so even parity cannot be seen here and has to be
// given with parity=even.
#include <asm/termbits.h> // struct termios2: any baud rate as a number. It excludes <termios.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "port_way.h"

static bool fail(const cmd_port *port, const char *what, char *why, size_t size)
{
    snprintf(why, size, "%s: %s: %s", port->spec.path[0] != '\0' ? port->spec.path : "pty", what,
             strerror(errno));
    return false;
}

// Programs that ask for the rate the old way see 0 unless it is one of the named rates and named as
// such.
static tcflag_t rate_name(uint32_t baud)
{
    static const struct {
        uint32_t baud;
        tcflag_t name;
    } rates[] = {
        {1200, B1200},       {2400, B2400},       {4800, B4800},       {9600, B9600},
        {19200, B19200},     {38400, B38400},     {57600, B57600},     {115200, B115200},
        {230400, B230400},   {460800, B460800},   {500000, B500000},   {921600, B921600},
        {1000000, B1000000}, {2000000, B2000000}, {3000000, B3000000},
    };
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        if (rates[i].baud == baud) {
            return rates[i].name;
        }
    }
    return BOTHER;
}

// Raw, 8 bits, the given line. PARENB is tried once to learn whether this kernel shows it.
static bool set_terminal(cmd_port *port, int slave)
{
    struct termios2 raw;
    if (ioctl(slave, TCGETS2, &raw) < 0) {
        return false;
    }
    raw.c_iflag = 0;
    raw.c_oflag = 0;
    raw.c_lflag = 0;
    raw.c_cflag = CS8 | CREAD | CLOCAL | PARENB | rate_name(port->line.baud);
    raw.c_ispeed = raw.c_ospeed = port->line.baud;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    struct termios2 seen;
    if (ioctl(slave, TCSETS2, &raw) < 0 || ioctl(slave, TCGETS2, &seen) < 0) {
        return false;
    }
    port->parity_visible = (seen.c_cflag & PARENB) != 0;
    raw.c_cflag &= ~(tcflag_t)PARENB;
    raw.c_cflag |= port->line.stop_bits == 2 ? CSTOPB : 0;
    raw.c_cflag |= port->line.parity == VB_PARITY_ODD ? PARODD : 0;
    raw.c_cflag |= port->line.parity != VB_PARITY_NONE ? PARENB : 0;
    return ioctl(slave, TCSETS2, &raw) == 0;
}

// A link left behind by a run that was killed is replaced, anything else at that path is left
// alone.
static bool make_link(const cmd_port *port, char *why, size_t size)
{
    const char *path = port->spec.path;
    char target[64];
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length > 0) {
        target[length] = '\0';
        if (strncmp(target, "/dev/pts/", 9) == 0) {
            unlink(path);
        }
    }
    if (symlink(port->peer, path) == 0) {
        return true;
    }
    if (errno == EEXIST) {
        snprintf(why, size,
                 "%s exists and is not a pseudo-terminal's link; remove it or choose another path",
                 path);
        return false;
    }
    return fail(port, "cannot make the link to the pseudo-terminal", why, size);
}

static bool pty_open(cmd_port *port, char *why, size_t size)
{
    port->door = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (port->door < 0 || grantpt(port->door) < 0 || unlockpt(port->door) < 0 ||
        ptsname_r(port->door, port->peer, sizeof port->peer) != 0) {
        return fail(port, "cannot make a pseudo-terminal", why, size);
    }
    // The slave is opened once and closed again: only then does poll tell that nobody has it open.
    int slave = open(port->peer, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) {
        return fail(port, "cannot open the pseudo-terminal", why, size);
    }
    bool set = set_terminal(port, slave);
    close(slave);
    if (!set) {
        return fail(port, "cannot set the pseudo-terminal up", why, size);
    }
    port->fd = port->door;
    const char *path = port->spec.path;
    snprintf(port->place, sizeof port->place, "%s (pty)", path[0] != '\0' ? path : port->peer);
    return path[0] == '\0' || make_link(port, why, size);
}

// The link goes only when it is still ours.
static void pty_close(cmd_port *port)
{
    char target[64];
    ssize_t length = readlink(port->spec.path, target, sizeof target - 1);
    if (port->peer[0] != '\0' && length == (ssize_t)strlen(port->peer) &&
        memcmp(target, port->peer, (size_t)length) == 0) {
        unlink(port->spec.path);
    }
    if (port->door >= 0) {
        close(port->door);
    }
}

// While nobody has the slave open, poll would return at once with POLLHUP: then it is asked aside.
static void pty_prepare(cmd_port *port, pollset *set)
{
    if (port->present) {
        pollset_add(set, port->fd, port_has_room(port) ? POLLIN : 0);
    }
}

static vb_parity seen_parity(const cmd_port *port, tcflag_t cflag)
{
    bool on = port->parity_visible ? (cflag & PARENB) != 0 : (cflag & PARODD) != 0;
    if (!on) {
        return VB_PARITY_NONE;
    }
    return (cflag & PARODD) != 0 ? VB_PARITY_ODD : VB_PARITY_EVEN;
}

static void read_settings(cmd_port *port)
{
    struct termios2 seen;
    if (ioctl(port->fd, TCGETS2, &seen) < 0) {
        return;
    }
    if (!port->spec.baud_given && seen.c_ospeed != 0) { // 0 hangs a modem up; the rate stays
        port->line.baud = seen.c_ospeed;
    }
    if (!port->spec.parity_given) {
        port->line.parity = seen_parity(port, seen.c_cflag);
    }
    if (!port->spec.stop_given) {
        port->line.stop_bits = (seen.c_cflag & CSTOPB) != 0 ? 2 : 1;
    }
}

static void pty_serve(cmd_port *port, const pollset *set)
{
    (void)set;
    if (!port->present) {
        struct pollfd aside = {.fd = port->fd, .events = POLLIN};
        poll(&aside, 1, 0);
        // A client that wrote and left already is served too: its bytes are there to be read.
        port->present = (aside.revents & POLLHUP) == 0 || (aside.revents & POLLIN) != 0;
        port->ended = false;
    }
    if (port->present) {
        read_settings(port);
    }
}

// What the client left unread is still in the terminal, and only its slave side can throw it away.
static void pty_left(cmd_port *port)
{
    int slave = open(port->peer, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (slave >= 0) {
        ioctl(slave, TCFLSH, TCIFLUSH);
        close(slave);
    }
}

const port_way port_pty = {pty_open,  pty_close, pty_prepare,
                           pty_serve, pty_left,  .gone_at_eof = true};
