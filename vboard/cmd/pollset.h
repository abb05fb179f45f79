// SPDX-License-Identifier: MIT
// The file descriptors the next poll waits for. Filled anew before each poll.
#ifndef VB_CMD_POLLSET_H
#define VB_CMD_POLLSET_H

#include <poll.h>
#include <stddef.h>

#define POLLSET_MAX 64

typedef struct pollset {
    size_t count;
    struct pollfd fds[POLLSET_MAX];
} pollset;

// Adds a descriptor; negative ones are ignored, as poll does.
static inline void pollset_add(pollset *set, int fd, short events)
{
    if (fd >= 0 && set->count < POLLSET_MAX) {
        set->fds[set->count++] = (struct pollfd){.fd = fd, .events = events};
    }
}

// What the last poll found on a descriptor.
static inline short pollset_got(const pollset *set, int fd)
{
    for (size_t i = 0; fd >= 0 && i < set->count; i++) {
        if (set->fds[i].fd == fd) {
            return set->fds[i].revents;
        }
    }
    return 0;
}

#endif
