// SPDX-License-Identifier: MIT
// Runs every case of a guest on a board of its own: the guest checks itself, this tells what it found.
//
//   test_core GUEST         as fast as it goes
//   test_core GUEST steps   instruction by instruction, as under a debugger
//   test_core GUEST both    by turns
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vboard.h"
#include "words.h"

#define GUEST_DONE 0x600D600Du
#define ASK_COUNT  0xFFFFFFFFu
enum { RESULTS = 0x20000000, CASES_MAX = 64, NAME_SIZE = 80 };
#define PATIENCE (2 * VB_S)

static const char *guest;
static enum { RUNS, STEPS, BOTH } way;
static struct {
    char name[NAME_SIZE];
    unsigned number;
} cases[CASES_MAX];

typedef struct bench {
    vb_board *board;
    char words[512];
} bench;

static void heard(void *context, vb_time when, vb_report kind, const char *words)
{
    bench *b = context;
    (void)when;
    (void)kind;
    snprintf(b->words, sizeof(b->words), "%s", words);
}

static uint32_t word(const bench *b, unsigned index)
{
    uint32_t value = 0;
    vb_read(b->board, RESULTS + 4 * index, &value, sizeof(value));
    return value;
}

static void set_word(bench *b, unsigned index, uint32_t value)
{
    vb_write(b->board, RESULTS + 4 * index, &value, sizeof(value));
}

// Goes on for a while.
static vb_stop go(bench *b)
{
    enum { STEPS_IN_A_ROW = 50 };
    vb_stop stop = VB_STOP_TIME;
    if (way != STEPS) {
        stop = vb_run(b->board, vb_now(b->board) + (way == RUNS ? VB_MS : 20 * VB_US));
    }
    for (unsigned i = 0; i < STEPS_IN_A_ROW && way != RUNS && (stop == VB_STOP_TIME || stop == VB_STOP_ASKED); i++) {
        stop = vb_step(b->board);
    }
    return stop == VB_STOP_ASKED ? VB_STOP_TIME : stop;
}

// The guest has run to its end, or cannot go on.
static vb_stop run(bench *b, uint32_t which)
{
    static hf_board description;
    hf_complaint complaint;
    char why[256] = "";
    *b = (bench){0};
    assert_int_equal(hf_board_read(&description, HF_SOURCE_DIR "/boards/stm32f407-discovery.json", NULL, &complaint),
                     HF_LAYOUT_OK);
    b->board = vb_create(&description, why, sizeof(why));
    assert_non_null(b->board);
    vb_on_report(b->board, heard, b);
    assert_int_equal(vb_load_elf(b->board, guest), VB_OK);
    vb_power_on(b->board);
    for (unsigned i = 0; i < CORE_OWN + 16; i++) {
        set_word(b, i, 0);
    }
    set_word(b, CORE_CASE, which);
    vb_stop stop = VB_STOP_TIME;
    while (stop == VB_STOP_TIME && vb_now(b->board) < PATIENCE && word(b, 0) == 0) {
        stop = go(b);
    }
    return stop;
}

static void check(const bench *b, vb_stop stop)
{
    char name[NAME_SIZE] = "";
    vb_read(b->board, word(b, CORE_NAME), name, sizeof(name) - 1);
    bool locks = word(b, CORE_ENDS_LOCKED) != 0;
    if (word(b, CORE_FAILED_LINE) != 0) {
        fail_msg("%s, line %u: 0x%X instead of 0x%X; last report: %s", name, word(b, CORE_FAILED_LINE), word(b, CORE_FOUND),
                 word(b, CORE_EXPECTED), b->words);
    }
    if ((stop == VB_STOP_LOCKUP) != locks || (!locks && word(b, 0) != GUEST_DONE)) {
        fail_msg("%s, stop %d, end 0x%X (exception %u) after %u checks; last report: %s", name, (int)stop, word(b, 0), word(b, 1),
                 word(b, CORE_CHECKS), b->words);
    }
    assert_int_not_equal(word(b, CORE_CHECKS), 0);
    for (int kind = 0; kind < VB_REPORT_FAULT; kind++) {
        if (vb_reports(b->board, (vb_report)kind) != 0) {
            fail_msg("%s, reports nobody expected, the last one: %s", name, b->words);
        }
    }
}

static void one_case(void **state)
{
    bench b;
    check(&b, run(&b, *(const unsigned *)*state));
    vb_destroy(b.board);
}

static unsigned ask_cases(void)
{
    bench b;
    run(&b, ASK_COUNT);
    unsigned count = word(&b, CORE_COUNT);
    assert_in_range(count, 1, CASES_MAX);
    vb_destroy(b.board);
    return count;
}

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[CASES_MAX];
    guest = argc > 1 ? argv[1] : "";
    way = argc < 3 ? RUNS : strcmp(argv[2], "steps") == 0 ? STEPS : BOTH;
    unsigned count = ask_cases();
    for (unsigned i = 0; i < count; i++) {
        snprintf(cases[i].name, NAME_SIZE, "case %u", i);
        cases[i].number = i;
        tests[i] = (struct CMUnitTest){.name = cases[i].name, .test_func = one_case, .initial_state = &cases[i].number};
    }
    return _cmocka_run_group_tests("core", tests, count, NULL, NULL);
}
