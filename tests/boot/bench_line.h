// SPDX-License-Identifier: MIT
// The serial line of the bench board, as the host sees it.
#ifndef HF_TEST_BENCH_LINE_H
#define HF_TEST_BENCH_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Queues bytes on the wire behind what is there already.
void line_send(const void *bytes, size_t size);
// Next byte from the board; -1 when none came.
int line_receive(uint32_t timeout_ms);
// All that comes within ms.
size_t line_receive_all(uint8_t *to, size_t max, uint32_t ms);
// What the board has said so far is forgotten.
void line_ignore(void);

typedef enum disturbance {
    LINE_CLEAN,
    LINE_FLIP,   // one bit of one byte arrives wrong
    LINE_LOSE,   // one byte does not arrive
    LINE_DOUBLE, // one byte arrives twice
    LINE_CUT,    // nothing arrives from this byte on: the host has died
} disturbance;

// Disturbs byte number `at` of those sent from now on.
void line_disturb(disturbance what, size_t at, unsigned bit);
bool line_is_cut(void);
bool line_is_busy(void); // bytes are on their way to the board
size_t line_sent(void); // bytes sent since line_disturb

// -- a line that is bad all the time --------------------------------------------------------------

enum {
    NOISE_FLIP = 1,   // one bit arrives wrong
    NOISE_LOSE = 2,   // the byte does not arrive
    NOISE_DOUBLE = 4, // it arrives twice
    NOISE_LATE = 8,   // the line stops before it for up to 50 ms
    NOISE_STALL = 16, // the same for up to 3 s
    NOISE_KINDS = 5,
};

// So many of a million bytes, in either direction, meet one of these kinds, each as often as the others; the line stops only
// on the way to the board. 0: a good line again.
void line_noise(uint32_t per_million, unsigned kinds, uint32_t seed);
// Of a thousand bytes the board says, so many begin a gap of 12: whole answers get lost.
void line_lose_answers(uint32_t per_thousand, uint32_t seed);

// The host's speed. Bytes sent at another speed than the receiver's arrive as something else.
void line_set_baud(uint32_t baud);
// Speeds from here on do not get through: all bytes arrive as something else.
void line_set_limit(uint32_t baud);
uint32_t board_ms(void); // since power-on

#endif
