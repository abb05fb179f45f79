// SPDX-License-Identifier: MIT
// A virtual board with the real bootloader, and the far end of its serial line in the test's hands.
#ifndef HF_TEST_UART_RIG_H
#define HF_TEST_UART_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hf_layout.h"
#include "vboard.h"

typedef struct rig {
    hf_board description;
    vb_board *board;
    vb_line line;
    uint8_t heard[65536]; // all the board has said since rig_ignore
    size_t count, read;
    unsigned damaged;     // bytes of it that the far end's settings could not read
} rig;

// Powers a board of boards/NAME.json on into update mode.
void rig_start(rig *r, const char *name, uint32_t baud, vb_parity parity);
void rig_stop(rig *r); // fails the test when the firmware did what silicon punishes

void rig_line(rig *r, uint32_t baud, vb_parity parity);
void rig_run_ms(rig *r, uint32_t ms);
void rig_send(rig *r, const void *bytes, size_t size);
int rig_receive(rig *r, uint32_t timeout_ms); // -1: nothing came
void rig_ignore(rig *r);

// Sends, and waits for one byte.
int rig_ask(rig *r, const void *bytes, size_t size, uint32_t timeout_ms);

// A sealed image of size bytes for the rig's board, noise inside, one endless loop as program. free() it.
uint8_t *rig_image(const rig *r, size_t size, uint32_t seed);

#endif
