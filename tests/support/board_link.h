// SPDX-License-Identifier: MIT
// The in-process transport: libholdfast talks to a virtual board in the same program, in virtual time.
#ifndef HF_BOARD_LINK_H
#define HF_BOARD_LINK_H

#include "transport.h"
#include "vboard.h"

// Between what a program writes and reads, virtual time passes only in read: a host without delays of its own.
typedef struct board_link {
    vb_board *board;
    const char *uart;
    uint8_t received[4096]; // a ring
    size_t put, taken;      // ever
    bool overflow;          // the host let the ring overflow: a bug of the test
} board_link;

// Connects link to a UART of the board (8N1 at baud) and makes a transport of it. link must outlive both.
hf_transport board_link_open(board_link *link, vb_board *board, const char *uart, uint32_t baud);

#endif
