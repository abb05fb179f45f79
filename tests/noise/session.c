// SPDX-License-Identifier: MIT
// One session: a board with an old image, a bad line, a host that tries until it succeeds or has tried five times, and then,
// on a good line, one that must succeed.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_board.h"
#include "images.h"
#include "noise.h"
#include "seed.h"

#define TRIES        5u
#define FIRST_SECTOR (64u * 1024)
#define SHORT_NOISE  (NOISE_FLIP | NOISE_LOSE | NOISE_DOUBLE | NOISE_LATE)

const char *const protocol_names[PROTOCOLS] = {"fast", "packed", "classic", "an3155"};

const disturbance_kind disturbances[DISTURBANCES] = {
    {"noise-1e-3", 1000, SHORT_NOISE, 0},
    {"noise-1e-4", 100, SHORT_NOISE, 0},
    {"noise-1e-5", 10, SHORT_NOISE, 0},
    {"answers-lost", 0, 0, 5},
    {"duplicates", 1000, NOISE_DOUBLE, 0},
    {"stalls", 200, NOISE_STALL, 0},
    {"noise-1e-3-and-answers-lost", 1000, SHORT_NOISE, 5},
};

typedef struct session {
    protocol how;
    uint32_t size, faster;
    uint8_t *image, *old;
    outcome *out;
} session;

static void fail_because(session *s, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(s->out->why, sizeof s->out->why, format, arguments);
    va_end(arguments);
}

static bool stands(const uint8_t *bytes, uint32_t size)
{
    return memcmp(board_flash(HF_APP_ADDRESS), bytes, size) == 0;
}

// As opening the port does; and a person who holds the button where an application runs.
static void begin_attempt(void)
{
    if (board.state == BOARD_RESET) {
        board_power_on(); // it starts what it wanted to start
    }
    if (board.state != BOARD_RUNNING) {
        board_power_on_into_update_mode();
    }
    line_set_baud(HF_UART_BAUD);
    line_ignore();
}

// An AN3155 host believes single bytes, so only the device knows whether the image is whole: it starts nothing else.
static void judge(session *s, const attempt *it)
{
    bool right = stands(s->image, s->size);
    if (s->how == AN3155) {
        s->out->verified = it->done && board.state == BOARD_RESET && right;
    } else {
        s->out->verified = it->done;
    }
    if (s->how != AN3155 && it->done && !right) {
        fail_because(s, "the host says verified, and flash holds something else");
    }
    if (board.state == BOARD_RESET && !right && !stands(s->old, s->size)) {
        fail_because(s, "the device starts an image that is neither the old one nor the new one");
    }
}

static void try(session *s)
{
    begin_attempt();
    uint32_t start = board_ms();
    attempt it = host_attempt(s->how, s->image, s->size, s->faster);
    if (s->how == AN3155) {
        board_run(50); // it resets itself
    }
    s->out->tries++;
    s->out->resent += it.resent;
    s->out->ms += board_ms() - start;
    judge(s, &it);
}

// Whatever the line has done to the board, a host in its right mind can update it, once what a stalled line still holds of
// others has come through.
static void try_on_a_good_line(session *s)
{
    line_noise(0, 0, 0);
    line_lose_answers(0, 0);
    while (board.state == BOARD_RUNNING && line_is_busy()) {
        board_run(100);
    }
    begin_attempt();
    attempt it = host_attempt(s->how == AN3155 ? FAST : s->how, s->image, s->size, 0);
    if (!it.done || !stands(s->image, s->size)) {
        fail_because(s, "no update on a good line afterwards: %s", it.what);
    }
}

static void update(session *s, const disturbance_kind *what, uint32_t random)
{
    board_new();
    line_set_baud(HF_UART_BAUD);
    line_noise(0, 0, 0);
    line_lose_answers(0, 0);
    board_power_on_into_update_mode();
    memcpy(board_flash(HF_APP_ADDRESS), s->old, s->size);
    line_noise(what->per_million, what->kinds, random);
    line_lose_answers(what->losing, random);
    while (!s->out->verified && s->out->why[0] == '\0' && s->out->tries < TRIES) {
        try(s);
    }
    if (s->out->why[0] == '\0') {
        try_on_a_good_line(s);
    }
}

void session_run(protocol how, const disturbance_kind *what, uint32_t seed, outcome *out)
{
    uint32_t random = seed * 2654435761u | 1u;
    session s = {.how = how, .out = out};
    *out = (outcome){0};
    bool two_sectors = seed_next(&random) % 16 == 0;
    s.size = (two_sectors ? FIRST_SECTOR : 1024) + seed_next(&random) % 128 * 32;
    s.faster = how <= PACKED && seed_next(&random) % 4 == 0 ? 921600 : 0;
    s.image = image_of_size(s.size, seed_next(&random), how == PACKED);
    s.old = image_of_size(s.size, seed_next(&random), false);
    out->bytes = s.size;
    update(&s, what, seed_next(&random));
    board_new();
    free(s.image);
    free(s.old);
}
