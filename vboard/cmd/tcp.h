// SPDX-License-Identifier: MIT
// TCP on this machine only.
#ifndef VB_CMD_TCP_H
#define VB_CMD_TCP_H

#include <stdbool.h>
#include <stdint.h>

// A listening, non-blocking socket on 127.0.0.1. Port 0 lets the system choose; *port then holds
// its choice. Negative with errno set on failure.
int tcp_listen(uint16_t *port);

// The next client, non-blocking, small packets sent at once. Negative when there is none.
int tcp_accept(int door);

#endif
