// SPDX-License-Identifier: MIT
// hf-engine-cuts: power cuts in the boot core compiled for the host. Exit status 1: a cut led where it must not.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "campaign.h"
#include "machine.h"

static const char usage[] =
    "usage: hf-engine-cuts [--board NAME] [--scenario NAME] [--every N] [--nested-every N] [--rounds N] [--seed N]\n"
    "                      [--jobs N] [--report FILE] [--table FILE] [--replay PATH]\n"
    "  --every N         cuts one of N operations of the scenario (1); --nested-every N: of a recovery (1; 0: none)\n"
    "  --rounds N        seeds for each torn pattern (1)\n"
    "  --report FILE     adds rows there; a row that is there already, made with the same settings, is not made again\n"
    "  --table FILE      writes what boots after a cut in each state\n"
    "  --replay PATH     one cut, as a failure prints it\n";

static const char *const modules[] = {HF_CUTS_MODULES, NULL};

typedef struct settings {
    const char *board, *scenario, *report, *table;
    unsigned jobs;
    campaign how;
} settings;

// What the processes of one row share.
typedef struct share {
    report_row row;
    table seen;
    bool done;
} share;

static table all_seen[8]; // one for each strategy
static const char *strategies[8];

static double seconds_now(void)
{
    struct timespec now_is;
    clock_gettime(CLOCK_MONOTONIC, &now_is);
    return (double)now_is.tv_sec + (double)now_is.tv_nsec / 1e9;
}

static void add(report_row *to, const report_row *from)
{
    to->operations = from->operations;
    uint64_t *const sums[] = {&to->cuts,        &to->nested,     &to->fired,  &to->ran,         &to->old_boots, &to->new_boots,
                              &to->update_mode, &to->bricks,     &to->wrong_boots, &to->unfinished,  &to->other,     &to->marginal};
    const uint64_t parts[] = {from->cuts,        from->nested, from->fired,       from->ran,        from->old_boots, from->new_boots,
                              from->update_mode, from->bricks, from->wrong_boots, from->unfinished, from->other, from->marginal};
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        *sums[i] += parts[i];
    }
}

static void add_table(const table *from)
{
    size_t i = 0;
    while (strategies[i] != NULL && strcmp(strategies[i], m.core->strategy) != 0) {
        i++;
    }
    if (strategies[i] == NULL) {
        strategies[i] = strdup(m.core->strategy); // the core is unloaded when another board's turn comes
    }
    const uint64_t *parts = (const uint64_t *)from;
    uint64_t *sums = (uint64_t *)&all_seen[i];
    for (size_t n = 0; n < sizeof *from / sizeof *parts; n++) {
        sums[n] += parts[n];
    }
}

static void run_part(const scenario *which, const settings *given, unsigned part, share *mine)
{
    campaign how = given->how;
    how.part = part;
    how.parts = given->jobs;
    mine->done = campaign_run(which, &how, &mine->row, &mine->seen);
}

static void run_parts(const scenario *which, const settings *given, share *shares)
{
    if (given->jobs == 1) {
        run_part(which, given, 0, &shares[0]);
        return;
    }
    for (unsigned part = 0; part < given->jobs; part++) {
        if (fork() == 0) {
            run_part(which, given, part, &shares[part]);
            fflush(stdout);
            _exit(0);
        }
    }
    while (wait(NULL) > 0) {
    }
}

static bool make_row(const scenario *which, const settings *given, report_row *row)
{
    size_t size = given->jobs * sizeof(share);
    share *shares = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shares == MAP_FAILED) {
        perror("hf-engine-cuts");
        exit(3);
    }
    double began = seconds_now();
    run_parts(which, given, shares);
    bool done = true;
    for (unsigned part = 0; part < given->jobs; part++) {
        add(row, &shares[part].row);
        add_table(&shares[part].seen);
        done = done && shares[part].done; // a process that died did not get there
    }
    row->seconds = seconds_now() - began;
    row->other += done ? 0 : 1;
    munmap(shares, size);
    return report_failures(row) == 0;
}

static bool run_scenario(const scenario *which, const settings *given)
{
    const campaign *how = &given->how;
    report_row row = {.level = "engine",
                      .board = m.core->board,
                      .chip = m.core->chip,
                      .strategy = m.core->strategy,
                      .scenario = which->name,
                      .seed = how->seed,
                      .settings = (uint64_t)how->every << 40 | (uint64_t)how->nested_every << 16 | how->rounds};
    bool known = given->report != NULL && given->table == NULL && report_has(given->report, &row);
    bool good = known || make_row(which, given, &row);
    report_print(&row);
    if (given->report != NULL && !known) {
        report_put(given->report, &row);
    }
    return good;
}

// -- the table --------------------------------------------------------------------------------------------------------

static const char *const state_names[HF_STATES] = {"IDLE", "STAGED", "INSTALLING", "TRIAL", "TRIED", "REVERTING", "REJECTED"};
static const char *const place_names[PLACES] = {"application", "staging", "journal"};
static const char *const boot_names[] = {"old", "new", "update mode"};

static void write_table(const char *path)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        perror(path);
        exit(3);
    }
    for (size_t s = 0; strategies[s] != NULL; s++) {
        for (unsigned state = 0; state < HF_STATES; state++) {
            for (unsigned place = 0; place < PLACES; place++) {
                const uint64_t *boots = all_seen[s].boots[state][place];
                const char *comma = "";
                if (boots[0] + boots[1] + boots[2] == 0) {
                    continue;
                }
                fprintf(out, "| %s | %s | %s | ", strategies[s], state_names[state], place_names[place]);
                for (unsigned b = 0; b < 3; b++) {
                    if (boots[b] != 0) {
                        fprintf(out, "%s%s", comma, boot_names[b]);
                        comma = ", ";
                    }
                }
                fprintf(out, " |\n");
            }
        }
    }
    fclose(out);
}

// -- command line -----------------------------------------------------------------------------------------------------

static unsigned number(const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 0);
    if (*text == '\0' || *end != '\0' || value > 0xFFFFFF) {
        fputs(usage, stderr);
        exit(2);
    }
    return (unsigned)value;
}

static void read_options(settings *given, int argc, char **argv)
{
    static const struct option options[] = {
        {"board", required_argument, NULL, 'b'},  {"scenario", required_argument, NULL, 's'}, {"every", required_argument, NULL, 'e'},
        {"nested-every", required_argument, NULL, 'n'}, {"rounds", required_argument, NULL, 'r'}, {"seed", required_argument, NULL, 'd'},
        {"jobs", required_argument, NULL, 'j'},   {"report", required_argument, NULL, 'o'},   {"table", required_argument, NULL, 't'},
        {"replay", required_argument, NULL, 'p'}, {NULL, 0, NULL, 0}};
    const char *seed = getenv("HF_SEED");
    *given = (settings){.jobs = 1, .how = {.every = 1, .nested_every = 1, .rounds = 1, .parts = 1}};
    given->how.seed = seed != NULL ? strtoull(seed, NULL, 0) : 1;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'b': given->board = optarg; break;
        case 's': given->scenario = optarg; break;
        case 'e': given->how.every = number(optarg); break;
        case 'n': given->how.nested_every = number(optarg); break;
        case 'r': given->how.rounds = number(optarg); break;
        case 'd': given->how.seed = strtoull(optarg, NULL, 0); break;
        case 'j': given->jobs = number(optarg); break;
        case 'o': given->report = optarg; break;
        case 't': given->table = optarg; break;
        case 'p': given->how.replay = optarg; break;
        default: fputs(usage, stderr); exit(2);
        }
    }
    if (given->jobs == 0 || given->how.every == 0 || given->how.rounds == 0) {
        fputs(usage, stderr);
        exit(2);
    }
}

static bool is_wanted(const char *wanted, const char *name)
{
    return wanted == NULL || strcmp(wanted, name) == 0;
}

int main(int argc, char **argv)
{
    settings given;
    unsigned told = 0, bad = 0;
    read_options(&given, argc, argv);
    printf("HF_SEED=%llu\n", (unsigned long long)given.how.seed);
    report_print_head();
    for (size_t i = 0; modules[i] != NULL; i++) {
        machine_load(modules[i]);
        for (const scenario *each = scenarios; each->name != NULL && is_wanted(given.board, m.core->board); each++) {
            if (is_wanted(given.scenario, each->name) && each->fits(m.core)) {
                told++;
                bad += !run_scenario(each, &given);
            }
        }
    }
    if (given.table != NULL) {
        write_table(given.table);
    }
    if (told == 0) {
        fprintf(stderr, "hf-engine-cuts: no such board, or no such scenario for it\n");
        return 2;
    }
    return bad != 0;
}
