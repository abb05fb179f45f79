// SPDX-License-Identifier: MIT
// A cut is made inside the running scenario: state and variables are kept, the operation is torn, the board is reset and
// judged, and then everything is as if nothing had happened. While a first cut is judged, the same is done once more in
// every operation of its recovery.
//
// A state that holds nothing marginal is judged once: what follows is a function of it.
#include "campaign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cut.h"
#include "flash.h"
#include "machine.h"

#define DEPTH         2u
#define JUDGED        (1u << 20)        // states remembered; a power of two
#define FAILURES_TOLD 5u

typedef struct step {
    uint64_t operation;
    unsigned way, round;
} step;

static struct {
    const scenario *which;
    const campaign *how;
    report_row *row;
    table *seen;
    unsigned depth;
    bool quiet; // no cuts now
    uint64_t operations[DEPTH + 1];
    step path[DEPTH];
    struct {
        uint64_t state;
        uint8_t result;
    } *judged;
    uint8_t *variables; // of the core, for each level
    outcome found;      // by the last cut
    bool marginal;      // what was started last has a bit that may be read differently
} c;

static uint64_t mix(uint64_t z)
{
    z += 0x9E3779B97F4A7C15u; // splitmix64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static uint64_t seed_of_path(void)
{
    uint64_t seed = c.how->seed;
    for (unsigned i = 0; i < c.depth; i++) {
        seed = mix(seed ^ mix(c.path[i].operation << 16 | c.path[i].way << 8 | c.path[i].round));
    }
    return seed;
}

// -- judging ----------------------------------------------------------------------------------------------------------

// Where it is whole, notes whether it is for good.
static bool runs(const image *it)
{
    bool whole = it->bytes != NULL && flash_holds(m.core->app, it->bytes, it->size);
    c.marginal = whole ? !flash_certain_in(m.core->app, it->size) : c.marginal;
    return whole;
}

// Where an image is received in place, nobody can tell its last word, when a cut has left it marginal, from a good one: it
// is started, and not again if it is read differently. So it is where a way back may lead to the place of receiving: with
// bank swap. Where images are staged and copied, that must not be.
static outcome what_boots(void)
{
    c.marginal = false;
    switch (machine_reset()) {
    case ENDED_UPDATE_MODE: return UPDATE_MODE;
    case ENDED_STARTED: break;
    default: return BRICKED;
    }
    outcome found = runs(&now.old) || runs(&now.older) ? BOOTED_OLD : runs(&now.new) ? BOOTED_NEW : WRONG_BOOT;
    return c.marginal && m.core->staging_size != 0 && m.core->bank_size == 0 ? WRONG_BOOT : found;
}

static bool is_allowed(outcome what)
{
    return (now.allowed & ALLOW(what)) != 0;
}

// What boots, and boots again; then whether an update succeeds.
static outcome run_on(void)
{
    outcome found = what_boots();
    if (!is_allowed(found)) {
        return found;
    }
    c.quiet = true;
    bool marginal = c.marginal;
    outcome again = what_boots();
    bool succeeds = is_allowed(again) && update_succeeds();
    c.quiet = false;
    c.row->marginal += marginal && succeeds;
    return !is_allowed(again) ? again : flash_misuse() != NULL ? MISUSED : succeeds ? found : UNFINISHED;
}

static outcome judge(void)
{
    uint64_t state = mix(flash_digest() ^ (uint64_t)now.allowed << 48 ^ (uint64_t)m.swap_due << 40 ^ m.mailbox) | 1u;
    bool certain = flash_is_certain() && c.how->replay == NULL;
    size_t place = state % JUDGED;
    if (certain && c.judged[place].state == state) {
        return (outcome)c.judged[place].result;
    }
    c.row->ran++;
    outcome found = run_on();
    if (certain) {
        c.judged[place].state = state; // a newer one takes the place: it costs time, not truth
        c.judged[place].result = (uint8_t)found;
    }
    return found;
}

// -- counting ---------------------------------------------------------------------------------------------------------

static void tell(outcome found)
{
    printf("%s. Again: hf-engine-cuts --board %s --scenario %s --seed %llu --replay ", outcome_words[found], m.core->board,
           c.which->name, (unsigned long long)c.how->seed);
    for (unsigned i = 0; i < c.depth; i++) {
        printf("%s%llu.%u.%u", i > 0 ? "/" : "", (unsigned long long)c.path[i].operation, c.path[i].way, c.path[i].round);
    }
    printf("%s%s\n", flash_misuse() != NULL ? " # " : "", flash_misuse() != NULL ? flash_misuse() : "");
    fflush(stdout);
}

static void count(outcome found)
{
    report_row *row = c.row;
    uint64_t *const counts[OUTCOMES] = {&row->old_boots,   &row->new_boots, &row->update_mode, &row->wrong_boots,
                                        &row->bricks, &row->unfinished, &row->other};
    ++*(c.depth == 1 ? &row->cuts : &row->nested);
    row->fired++;
    // An outcome that is known but not allowed here is a wrong boot, whatever it is elsewhere.
    bool fine = is_allowed(found);
    ++*(found <= UPDATE_MODE && !fine ? &row->wrong_boots : counts[found]);
    if (!fine && report_failures(row) <= FAILURES_TOLD) {
        tell(found);
    } else if (c.how->replay != NULL) {
        tell(found);
    }
    flash_forget_misuse();
}

static unsigned place_of(uint32_t address)
{
    const core *b = m.core;
    return address - b->app < b->app_size           ? PLACE_APPLICATION
           : address - b->staging < b->staging_size ? PLACE_STAGING
                                                    : PLACE_JOURNAL;
}

// -- cutting ----------------------------------------------------------------------------------------------------------

static void cut(const operation *what, unsigned way, unsigned round)
{
    machine kept = m;
    uint8_t *variables = c.variables + c.depth * machine_variables();
    machine_keep(variables);
    flash_push();
    c.path[c.depth] = (step){c.operations[c.depth], way, round};
    c.depth++;
    c.operations[c.depth] = 0;
    flash_seed(seed_of_path());
    cut_tear(what, way, seed_of_path());
    m.button = false; // whoever held it has let go
    m.mailbox = 0; // without a battery it goes with the supply; with one, or at a reset, it is 0 while flash is changed
    outcome found = judge();
    count(found);
    c.depth--;
    flash_pop();
    machine_bring_back(variables);
    m = kept;
    c.found = found;
}

// The path to repeat has this operation next.
static bool is_on_path(unsigned *way, unsigned *round)
{
    const char *words = c.how->replay;
    for (unsigned i = 0; i < c.depth && words != NULL; i++) {
        words = strchr(words, '/');
        words = words != NULL ? words + 1 : NULL;
    }
    unsigned long long number;
    return words != NULL && sscanf(words, "%llu.%u.%u", &number, way, round) == 3 && number == c.operations[c.depth];
}

static bool is_chosen(void)
{
    uint64_t number = c.operations[c.depth];
    if (c.depth == 0) {
        return number % c.how->parts == c.how->part && mix(c.how->seed ^ number / c.how->parts) % c.how->every == 0;
    }
    return c.how->nested_every != 0 && mix(seed_of_path() ^ number) % c.how->nested_every == 0;
}

static void note(hf_state state, unsigned place)
{
    if (c.found <= UPDATE_MODE) {
        c.seen->boots[state][place][c.found]++;
    }
}

static void cut_in_every_way(const operation *what)
{
    hf_state state = c.depth == 0 ? m.core->state() : HF_STATE_IDLE;
    for (unsigned way = 0; way < CUT_WAYS; way++) {
        bool torn = way != 0 && way != FLASH_TEARS;
        for (unsigned round = 0; round < (torn ? c.how->rounds : 1); round++) {
            cut(what, way, round);
            if (c.depth == 0) {
                note(state, place_of(what->address));
            }
        }
    }
}

// What a person wants to see who looks for the reason: what the core does after the cuts, records word by word.
static void trace(const operation *what)
{
    uint32_t words[4];
    bool record = what->kind == OPERATION_PROGRAM && place_of(what->address) == PLACE_JOURNAL && what->address % sizeof words == 0;
    if (c.depth == 0 || (what->kind == OPERATION_PROGRAM && !record)) {
        return;
    }
    const char *kind = record ? "record at" : what->kind == OPERATION_ERASE ? "erase of" : "option bytes";
    printf("%llu: %s 0x%08X", (unsigned long long)c.operations[c.depth], kind, (unsigned)what->address);
    if (record) {
        memcpy(words, what->data, sizeof words); // programs of records are of whole ones
        printf(": kind %u, %u, %u", (unsigned)words[0], (unsigned)words[1], (unsigned)words[2]);
    }
    flash_push(); // looking must not change how marginal bits read afterwards
    printf(", state %u\n", (unsigned)m.core->state());
    flash_pop();
}

static void on_operation(const operation *what)
{
    unsigned way, round;
    if (c.how->replay != NULL) {
        c.operations[DEPTH] += c.depth == DEPTH;
        trace(what);
    }
    if (c.quiet || c.depth == DEPTH) {
        return;
    }
    c.operations[c.depth]++;
    if (c.how->replay != NULL) {
        if (is_on_path(&way, &round)) {
            cut(what, way, round);
        }
    } else if (is_chosen()) {
        cut_in_every_way(what);
    }
}

bool campaign_run(const scenario *which, const campaign *how, report_row *row, table *seen)
{
    memset(&c, 0, sizeof c);
    c.which = which;
    c.how = how;
    c.row = row;
    c.seen = seen;
    c.judged = calloc(JUDGED, sizeof *c.judged);
    c.variables = malloc(DEPTH * machine_variables());
    if (c.judged == NULL || c.variables == NULL) {
        perror("campaign");
        exit(3);
    }
    flash_new(m.core, how->seed);
    images_make();
    machine_put_bootloader();
    bool done = which->prepare();
    if (done) {
        m.on_operation = on_operation;
        done = which->act();
        m.on_operation = NULL;
    }
    row->operations = c.operations[0];
    done = done && flash_misuse() == NULL;
    if (!done) {
        printf("%s %s: the scenario does not work out%s%s\n", m.core->board, which->name, flash_misuse() != NULL ? ": " : "",
               flash_misuse() != NULL ? flash_misuse() : "");
        row->other++;
    }
    flash_free();
    free(c.judged);
    free(c.variables);
    return done;
}
