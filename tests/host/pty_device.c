// SPDX-License-Identifier: MIT
// The fake device behind a pseudo-terminal, in real time, for tests of the command line.
//
// pty_device LINK COMMAND ARGUMENT... [-- HABIT ...]: makes LINK point to the terminal, runs the command and exits with
// its status. Habits: mute text classroom no-erase no-boot refuse=N die=N forgets.
#define _GNU_SOURCE // posix_openpt
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "fake_device.h"

static fake_device device;

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void take_habit(fake_habits *habits, const char *habit)
{
    const char *value = strchr(habit, '=');
    uint32_t number = value ? (uint32_t)atoi(value + 1) : 0;
    habits->mute |= strcmp(habit, "mute") == 0;
    habits->classroom |= strcmp(habit, "classroom") == 0;
    habits->refuse_erase |= strcmp(habit, "no-erase") == 0;
    habits->refuse_boot |= strcmp(habit, "no-boot") == 0;
    habits->forgets |= strcmp(habit, "forgets") == 0;
    if (strncmp(habit, "refuse=", 7) == 0) {
        habits->refuse_frame = number;
    } else if (strncmp(habit, "die=", 4) == 0) {
        habits->die_at_frame = number;
    } else if (strcmp(habit, "text") == 0) {
        habits->text = "APP INVALID\r\n";
    }
}

static int open_terminal(const char *link)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
        perror("pseudo-terminal");
        exit(99);
    }
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC); // kept open: the master sees no hang-up
    struct termios line;
    tcgetattr(slave, &line);
    cfmakeraw(&line);
    tcsetattr(slave, TCSANOW, &line);
    unlink(link);
    if (symlink(ptsname(master), link) != 0) {
        perror(link);
        exit(99);
    }
    return master;
}

static void serve(int master)
{
    uint8_t bytes[4096];
    struct pollfd wait = {.fd = master, .events = POLLIN};
    if (poll(&wait, 1, 1) > 0 && (wait.revents & POLLIN)) {
        ssize_t count = read(master, bytes, sizeof bytes);
        fake_put(&device, now_us(), bytes, count > 0 ? (size_t)count : 0);
    }
    size_t count = fake_take(&device, now_us(), bytes, sizeof bytes);
    if (write(master, bytes, count) < 0 && errno != EAGAIN) {
        perror("write");
    }
}

int main(int argc, char **argv)
{
    fake_habits habits = {.erase_us = 20000, .program_us = 10};
    int end = 3;
    while (end < argc && strcmp(argv[end], "--") != 0) {
        end++;
    }
    for (int i = end + 1; i < argc; i++) {
        take_habit(&habits, argv[i]);
    }
    argv[end] = NULL;
    int master = open_terminal(argv[1]);
    fake_start(&device, &habits);
    device.byte_us = 1;
    device.time = device.now = now_us();
    device.deadline = device.time + 5000000;
    device.out.head = device.out.tail = 0;

    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(98);
    }
    int status;
    while (waitpid(child, &status, WNOHANG) == 0) {
        serve(master);
    }
    unlink(argv[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 97;
}
