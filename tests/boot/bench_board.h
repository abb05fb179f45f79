// SPDX-License-Identifier: MIT
// A board for the bootloader's core, made of memory: flash, serial line, LED, mailbox, clock.
//
// The core runs in a thread of its own while the test plays the host at the other end of the line;
// only one of the two runs at a time, and time is virtual, so a run is deterministic. The clock
// starts a second before it wraps: every test lives through that. What the core must never do is a
// violation: it fails the test that runs.
#ifndef HF_TEST_BENCH_BOARD_H
#define HF_TEST_BENCH_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench_line.h"
#include "board.h"
#include "error.h"

typedef enum board_state {
    BOARD_OFF,
    BOARD_RUNNING,
    BOARD_STARTED, // an application was started
    BOARD_RESET,   // a system reset was asked for
} board_state;

typedef enum flash_operation {
    FLASH_NOTHING,
    FLASH_ERASE,
    FLASH_PROGRAM,
    FLASH_READ,
    FLASH_CRC
} flash_operation;

// Lets an operation fail: after `passes` good ones, `times` times, as err. A failing erase or
// program does half its job.
typedef struct flash_fault {
    flash_operation operation;
    uint32_t passes, times;
    hf_err err;
} flash_fault;

typedef struct led_change {
    uint32_t ms; // since power-on
    bool on;
} led_change;

#define LED_CHANGES 32u

typedef struct bench_board {
    uint8_t flash[HF_FLASH_SIZE];
    flash_fault fault;
    uint32_t erased[32]; // addresses that were erased, in order
    uint32_t erases, programs, reads;
    uint32_t mailbox, takes;
    bool button;
    board_state state;
    uint32_t started_at; // vector table of the started application
    bool update_mode;
    led_change led[LED_CHANGES];
    uint32_t led_changes;
    bool led_blinks_on; // set by tests: more changes than can be remembered are right
} bench_board;

extern bench_board board;

void board_new(void);      // factory-fresh: erased flash, empty mailbox, nobody at the button
void board_power_on(void); // cold RAM, then the core from its entry until it first waits
void board_power_on_into_update_mode(void); // the button is held, and released then
void board_power_off(void);
void board_run(uint32_t ms); // lets the board work for so long

// What the flash holds at an address of the memory map.
uint8_t *board_flash(uint32_t address);

// Calls into the core without powering the board: for its single functions.
void *board_function(const char *name);
void board_check(void); // fails the test when there was a violation

#endif
