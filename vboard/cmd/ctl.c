// SPDX-License-Identifier: MIT
// `vboard ctl`: sends one command to a running board and prints its answer.
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmd.h"
#include "control.h"

static void help(void)
{
    puts("usage: vboard ctl PATH COMMAND [words]\n\n"
         "Tells the board of `vboard run ... --control PATH` what to do.\n\ncommands:");
    command_help(stdout);
    puts("\nexit codes: 0 done; 2 the board refused the command; 3 no board answers at PATH");
}

static int dial(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
        return fd;
    }
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

// "word word word\n"; false when it does not fit.
static bool join(char **words, char *line, size_t size)
{
    size_t used = 0;
    for (; *words != NULL; words++) {
        int length =
            snprintf(line + used, size - used, "%s%s", *words, words[1] != NULL ? " " : "\n");
        used += (size_t)length;
        if (used >= size) {
            return false;
        }
    }
    return strchr(line, '\n') == line + used - 1;
}

// One line without its end; false when the board hung up before.
static bool read_line(int fd, char *line, size_t size)
{
    for (size_t used = 0; used < size; used++) {
        if (read(fd, line + used, 1) != 1) {
            return false;
        }
        if (line[used] == '\n') {
            line[used] = '\0';
            return true;
        }
    }
    return false;
}

static int converse(int fd, const char *path, const char *line)
{
    char answer[1024];
    size_t length = strlen(line);
    if (send(fd, line, length, MSG_NOSIGNAL) != (ssize_t)length ||
        !read_line(fd, answer, sizeof answer)) {
        complain("%s: the board hung up without an answer", path);
        return CMD_FILE;
    }
    if (strncmp(answer, "ok", 2) != 0) {
        complain("%s", strncmp(answer, "error ", 6) == 0 ? answer + 6 : answer);
        return CMD_USAGE;
    }
    if (answer[2] == ' ') {
        puts(answer + 3);
    }
    return CMD_OK;
}

int cmd_ctl(int argc, char **argv)
{
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        help();
        return CMD_OK;
    }
    if (argc < 3) {
        complain("write: vboard ctl PATH COMMAND; vboard ctl --help lists the commands");
        return CMD_USAGE;
    }
    char line[CONTROL_LINE];
    if (!join(argv + 2, line, sizeof line)) {
        complain("the command is too long, or holds a line break");
        return CMD_USAGE;
    }
    int fd = dial(argv[1]);
    if (fd < 0) {
        complain("no board answers at %s (%s); start one with vboard run ... --control %s", argv[1],
                 strerror(errno), argv[1]);
        return CMD_FILE;
    }
    int code = converse(fd, argv[1], line);
    close(fd);
    return code;
}
