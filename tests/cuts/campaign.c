// SPDX-License-Identifier: MIT
// Telling a story with a cut in it, and telling it with all of them.
#include "cuts.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "hf_classic.h"

const char *const outcome_words[OUTCOMES] = {
    "the old application runs", "the new application runs", "update mode",
    "A WRONG IMAGE STARTS",     "BRICKED",                  "the cut did not come",
    "CANNOT BE COMPLETED",      "the trial died",
};

const char *const cut_words[3] = {[VB_CUT_SUPPLY] = "supply", [VB_CUT_PIN] = "pin", [VB_CUT_WATCHDOG] = "watchdog"};

#define BOOT_LIMIT (60 * VB_S) // an installation erases seconds' worth of flash
#define STEP       (5 * VB_MS)
#define IDLE_STEPS 60          // who only polls for so long is in update mode; starting takes a few milliseconds

static const uint32_t ways[] = {VB_CUT_BEFORE, 100000, VB_CUT_INSIDE, 900000, VB_CUT_AFTER};
#define WAYS (sizeof ways / sizeof ways[0])

static uint32_t reset_vector(const product *it)
{
    uint32_t word = 0;
    (void)vb_read(it->board, product_application(it) + 4, &word, sizeof word);
    return word & ~1u;
}

bool cuts_run_to_application(product *it, vb_time limit)
{
    const hf_area *area = hf_board_area(&it->description, HF_USE_APPLICATION);
    vb_time until = vb_now(it->board) + limit;
    vb_stop stop = VB_STOP_TIME;
    vb_cpu cpu = {0};
    unsigned idle = 0;
    while (cpu.pc - area->address >= area->size && vb_now(it->board) < until && idle < IDLE_STEPS) {
        // The vector is read anew: what stands there changes on the way.
        vb_break_at(it->board, reset_vector(it));
        vb_time step_end = vb_now(it->board) + STEP;
        stop = vb_run(it->board, step_end < until ? step_end : until);
        if (stop != VB_STOP_ASKED && stop != VB_STOP_TIME) {
            break;
        }
        idle = vb_idle(it->board) ? idle + 1 : 0;
        vb_cpu_read(it->board, &cpu);
    }
    vb_break_at(it->board, 0);
    return stop != VB_STOP_CUT && cpu.pc - area->address < area->size;
}

static bool holds(product *it, const char *name)
{
    hf_image image = product_image(it, name);
    bool same = product_holds(it, &image);
    hf_image_free(&image);
    return same;
}

static outcome what_boots(product *it)
{
    if (cuts_run_to_application(it, BOOT_LIMIT)) {
        return holds(it, "blink-v1.bin") ? RUNS_OLD : holds(it, "blink-v2.bin") ? RUNS_NEW : WRONG_IMAGE;
    }
    product_discard(it);
    return product_sync(it) == HF_CLASSIC_ACK ? UPDATE_MODE : BRICKED;
}

// The update from the start, as a person would: button, reset, flash.
static bool complete(product *it)
{
    hf_flash_report report;
    hf_problem problem;
    hf_listener silent = {0};
    vb_button(it->board, true);
    vb_reset_pin(it->board);
    (void)cuts_run_to_application(it, 700 * VB_MS);
    vb_button(it->board, false);
    product_discard(it);
    hf_image v2 = product_image(it, "blink-v2.bin");
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_error error = hf_flash_classic(&it->transport, v2.bytes, v2.size, &options, &silent, &report, &problem);
    hf_image_free(&v2);
    return error == HF_OK && cuts_run_to_application(it, BOOT_LIMIT) && holds(it, "blink-v2.bin");
}

// A board that was reset has come back already.
static void come_back(product *it, vb_cut_kind kind)
{
    product_discard(it);
    if (kind == VB_CUT_SUPPLY) {
        vb_power_off(it->board, true);
        vb_run(it->board, vb_now(it->board) + 100 * VB_MS);
        product_discard(it);
        vb_power_on(it->board);
    }
}

outcome cuts_try(product *it, const story *which, const cut *what, uint64_t *second_cuts)
{
    uint64_t before = vb_cuts(it->board);
    vb_set_seed(it->board, what->seed);
    vb_cut_by(it->board, what->kind);
    if (vb_cut_at_operation(it->board, vb_flash_operations(it->board) + what->operation, what->done) != VB_OK) {
        return NO_CUT;
    }
    which->act(it);
    if (vb_cuts(it->board) != before + 1) {
        return NO_CUT;
    }
    if (what->again != 0) {
        come_back(it, what->kind);
        (void)vb_cut_at_operation(it->board, vb_flash_operations(it->board) + what->again, what->done);
        (void)cuts_run_to_application(it, BOOT_LIMIT);
        *second_cuts += vb_cuts(it->board) - before - 1;
        vb_cut_never(it->board);
    }
    if (what->state != NULL && vb_state_save(it->board, what->state) != VB_OK) {
        fprintf(stderr, "hf-cuts: %s\n", vb_error(it->board));
    }
    come_back(it, what->kind);
    outcome found = what_boots(it);
    bool survived = found == RUNS_OLD || found == UPDATE_MODE;
    return which->complete && survived && !complete(it) ? UNFINISHED : found;
}

void cuts_prepare(product *it, const story *which)
{
    product_make(it, which->board);
    which->prepare(it);
}

// What a copy of the process finds out, seen from here.
typedef struct trial {
    product *it;
    const story *which;
    cut what;
    uint64_t operations, second_cuts;
} trial;

static int count_operations(void *context)
{
    trial *t = context;
    uint64_t before = vb_flash_operations(t->it->board);
    t->which->act(t->it);
    t->operations = vb_flash_operations(t->it->board) - before;
    return 0;
}

static int try_it(void *context)
{
    trial *t = context;
    return (int)cuts_try(t->it, t->which, &t->what, &t->second_cuts);
}

static uint64_t draw(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u; // splitmix64
    uint64_t z = *state;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static void judge(trial *t, verdict *found)
{
    t->second_cuts = 0;
    int result = vb_try(try_it, t);
    outcome what = result < 0 || result >= OUTCOMES ? DIED : (outcome)result;
    found->cuts++;
    found->second_cuts += t->second_cuts;
    found->outcomes[what]++;
    if ((t->which->allowed & ALLOW(what)) == 0) {
        found->failures++;
        printf("%s: %s. Again: hf-cuts --story %s --replay %llu:%u:%llu:%llu:%s\n", t->which->name, outcome_words[what],
               t->which->name, (unsigned long long)t->what.operation, (unsigned)t->what.done,
               (unsigned long long)t->what.again, (unsigned long long)t->what.seed, cut_words[t->what.kind]);
        fflush(stdout);
    }
}

// The supply half of the time, else a reset.
static vb_cut_kind draw_kind(uint64_t *random)
{
    static const vb_cut_kind kinds[] = {VB_CUT_SUPPLY, VB_CUT_SUPPLY, VB_CUT_PIN, VB_CUT_WATCHDOG};
    return kinds[draw(random) % 4];
}

// Every operation in every way; cuts inside with several seeds, and every other one is followed by a second cut.
static void try_all(trial *t, const campaign *how, verdict *found)
{
    uint64_t random = how->seed;
    for (t->what.operation = 1; t->what.operation <= t->operations; t->what.operation++) {
        for (size_t way = 0; way < WAYS; way++) {
            bool torn = ways[way] != VB_CUT_BEFORE && ways[way] != VB_CUT_AFTER;
            for (uint64_t round = 0; round < (torn ? how->rounds : 1); round++) {
                t->what.done = ways[way];
                t->what.seed = draw(&random);
                t->what.kind = draw_kind(&random);
                t->what.again = (round + way) % 2 == 0 ? 0 : 1 + draw(&random) % t->operations;
                judge(t, found);
            }
        }
    }
}

static void try_sample(trial *t, const campaign *how, verdict *found)
{
    uint64_t random = how->seed;
    for (uint64_t i = 0; i < how->sample; i++) {
        t->what.operation = 1 + draw(&random) % t->operations;
        t->what.done = ways[draw(&random) % WAYS];
        t->what.seed = draw(&random);
        t->what.kind = draw_kind(&random);
        t->what.again = i % 2 == 0 ? 0 : 1 + draw(&random) % t->operations;
        judge(t, found);
    }
}

void cuts_run(const story *which, const campaign *how, verdict *found)
{
    product it;
    *found = (verdict){0};
    trial *t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(t != MAP_FAILED);
    cuts_prepare(&it, which);
    *t = (trial){.it = &it, .which = which};
    if (vb_try(count_operations, t) != 0 || t->operations == 0) {
        found->failures = 1;
        printf("%s: the story itself does not end\n", which->name);
    } else {
        found->operations = t->operations;
        (how->sample != 0 ? try_sample : try_all)(t, how, found);
    }
    vb_destroy(it.board);
    munmap(t, sizeof *t);
}
