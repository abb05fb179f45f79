// SPDX-License-Identifier: MIT
// Serial ports by POSIX termios; pseudo-terminals too.
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "transport.h"

static const struct {
    uint32_t baud;
    speed_t code;
} speeds[] = {
    {1200, B1200},       {2400, B2400},       {4800, B4800},       {9600, B9600},       {19200, B19200},
    {38400, B38400},     {57600, B57600},     {115200, B115200},   {230400, B230400},   {460800, B460800},
    {500000, B500000},   {576000, B576000},   {921600, B921600},   {1000000, B1000000}, {1152000, B1152000},
    {1500000, B1500000}, {2000000, B2000000}, {2500000, B2500000}, {3000000, B3000000}, {3500000, B3500000},
    {4000000, B4000000},
};

static hf_error cannot_open(const char *path, int why, hf_problem *problem)
{
    switch (why) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ENOTDIR:
        return hf_fail(problem, HF_E_NO_PORT, "there is no port %s", path);
    case EACCES:
    case EPERM:
        return hf_fail(problem, HF_E_PERMISSION, "no permission to open %s", path);
    case EBUSY:
        return hf_fail(problem, HF_E_BUSY, "%s is in use by another program", path);
    case EISDIR:
        return hf_fail(problem, HF_E_NOT_TERMINAL, "%s is a folder", path);
    default:
        return hf_fail(problem, HF_E_NO_PORT, "cannot open %s: %s", path, strerror(why));
    }
}

hf_error hf_terminal_set_speed(int fd, const char *path, uint32_t baud, hf_problem *problem)
{
    size_t i = 0;
    while (i < sizeof speeds / sizeof speeds[0] && speeds[i].baud != baud) {
        i++;
    }
    if (i == sizeof speeds / sizeof speeds[0]) {
        return hf_fail(problem, HF_E_LINE, "%u bit/s is no speed that serial ports have here", (unsigned)baud);
    }
    struct termios line;
    if (tcgetattr(fd, &line) != 0) {
        return hf_fail(problem, HF_E_LINE, "cannot read the settings of %s: %s", path, strerror(errno));
    }
    cfmakeraw(&line);
    line.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS);
    line.c_cflag |= CLOCAL | CREAD;
    cfsetspeed(&line, speeds[i].code);
    struct termios now; // tcsetattr reports success when it could do anything at all
    if (tcsetattr(fd, TCSADRAIN, &line) != 0 || tcgetattr(fd, &now) != 0 || cfgetospeed(&now) != speeds[i].code) {
        return hf_fail(problem, HF_E_LINE, "%s does not take %u bit/s", path, (unsigned)baud);
    }
    return HF_OK;
}

// Both in one call, so that a board sees no state between.
hf_error hf_terminal_set_lines(int fd, const char *path, bool dtr, bool rts, hf_problem *problem)
{
    int lines;
    bool set = ioctl(fd, TIOCMGET, &lines) == 0;
    if (set) {
        lines = (lines & ~(TIOCM_DTR | TIOCM_RTS)) | (dtr ? TIOCM_DTR : 0) | (rts ? TIOCM_RTS : 0);
        set = ioctl(fd, TIOCMSET, &lines) == 0;
    }
    return set ? HF_OK : hf_fail(problem, HF_E_NO_LINES, "%s has no lines DTR and RTS: %s", path, strerror(errno));
}

static hf_error set_line(int fd, const char *path, uint32_t baud, hf_problem *problem)
{
    tcflush(fd, TCIOFLUSH); // what another program left unsent
    hf_error error = hf_terminal_set_speed(fd, path, baud, problem);
    tcflush(fd, TCIOFLUSH);
    return error;
}

// Linux: the slaves of Unix 98 pseudo-terminals have these major numbers (Documentation/admin-guide/devices.txt).
static bool is_pseudo_terminal(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && major(status.st_rdev) >= 136 && major(status.st_rdev) <= 143;
}

static hf_error claim(int fd, const char *path, hf_problem *problem)
{
    if (!isatty(fd)) {
        return hf_fail(problem, HF_E_NOT_TERMINAL, "%s is no serial port", path);
    }
    // flock keeps out the programs that ask, TIOCEXCL those that do not (but root). A port forgets TIOCEXCL when its last
    // user leaves, a pseudo-terminal does not while its other end is open: nobody could open it a second time.
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return hf_fail(problem, HF_E_BUSY, "%s is in use by another program", path);
    }
    if (!is_pseudo_terminal(fd)) {
        ioctl(fd, TIOCEXCL);
    }
    return HF_OK;
}

hf_error hf_transport_open_serial(hf_transport *transport, const char *path, uint32_t baud, hf_problem *problem)
{
    // Without O_NONBLOCK open would wait for a carrier that three-wire cables do not have.
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return cannot_open(path, errno, problem);
    }
    hf_error error = claim(fd, path, problem);
    if (!error) {
        error = set_line(fd, path, baud, problem);
    }
    if (!error) {
        error = hf_transport_take_fd(transport, fd, path, problem);
    }
    if (error) {
        close(fd);
    }
    return error;
}
