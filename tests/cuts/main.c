// SPDX-License-Identifier: MIT
// hf-cuts: power cuts in whole stories, on the virtual board with the real bootloader. Exit status 1: a cut led where it
// must not.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <time.h>

#include "cuts.h"
#include "report.h"

static const char usage[] =
    "usage: hf-cuts [--story NAME] [--sample N | --rounds N] [--seed N] [--report FILE] [--json FILE]\n"
    "       hf-cuts --story NAME --replay OPERATION:DONE:AGAIN:SEED:KIND [--state FILE]\n"
    "  --replay   one cut, as a failure prints it; --state: keeps what it leaves, for vboard\n"
    "  --report   a table for people; --json: rows in the report of `make campaign`, not made again when they are there\n";

static void write_row(FILE *out, const story *which, const verdict *found)
{
    fprintf(out, "| %s | %llu | %llu | %llu | %llu | %llu | %llu | %llu |\n", which->name,
            (unsigned long long)found->operations, (unsigned long long)found->cuts,
            (unsigned long long)found->second_cuts, (unsigned long long)found->outcomes[RUNS_OLD],
            (unsigned long long)found->outcomes[RUNS_NEW], (unsigned long long)found->outcomes[UPDATE_MODE],
            (unsigned long long)found->failures);
    fflush(out);
}

static const char *const strategy_words[] = {
    [HF_STRATEGY_SINGLE] = "single",       [HF_STRATEGY_OVERWRITE] = "overwrite", [HF_STRATEGY_SWAP] = "swap",
    [HF_STRATEGY_BANK_SWAP] = "bank_swap", [HF_STRATEGY_EXTERNAL] = "external",
};

static report_row row_of(const story *which, const campaign *how)
{
    static product it;
    product_make(&it, which->board);
    vb_destroy(it.board);
    return (report_row){.level = "board",
                        .board = which->board,
                        .chip = it.description.chip.name,
                        .strategy = strategy_words[it.description.strategy],
                        .scenario = which->name,
                        .seed = how->seed,
                        .settings = how->sample << 16 | how->rounds};
}

static void fill_row(report_row *row, const verdict *found, double seconds)
{
    row->operations = found->operations;
    row->cuts = row->ran = found->cuts;
    row->nested = found->second_cuts;
    row->fired = found->cuts - found->outcomes[NO_CUT] + found->second_cuts;
    row->old_boots = found->outcomes[RUNS_OLD];
    row->new_boots = found->outcomes[RUNS_NEW];
    row->update_mode = found->outcomes[UPDATE_MODE];
    row->wrong_boots = found->outcomes[WRONG_IMAGE];
    row->bricks = found->outcomes[BRICKED];
    row->unfinished = found->outcomes[UNFINISHED];
    row->other = found->outcomes[NO_CUT] + found->outcomes[DIED];
    uint64_t known = report_failures(row);
    row->other += found->failures > known ? found->failures - known : 0; // allowed elsewhere, not there
    row->seconds = seconds;
}

static bool read_cut(const char *words, cut *what)
{
    unsigned long long operation, again, seed;
    unsigned done;
    char kind[16];
    if (sscanf(words, "%llu:%u:%llu:%llu:%15s", &operation, &done, &again, &seed, kind) != 5) {
        return false;
    }
    *what = (cut){.operation = operation, .done = done, .again = again, .seed = seed};
    for (unsigned i = 0; i < sizeof cut_words / sizeof cut_words[0]; i++) {
        if (strcmp(kind, cut_words[i]) == 0) {
            what->kind = (vb_cut_kind)i;
            return true;
        }
    }
    return false;
}

static int repeat_one(const story *which, const char *words, const char *state)
{
    product it;
    uint64_t second = 0;
    cut what;
    if (!read_cut(words, &what)) {
        fputs(usage, stderr);
        return 2;
    }
    what.state = state;
    cuts_prepare(&it, which);
    outcome found = cuts_try(&it, which, &what, &second);
    printf("%s: %s\n", which->name, outcome_words[found]);
    if (state != NULL) {
        printf("What the cut left: vboard run boards/%s.json --flash-file %s --led-trace -\n", which->board, state);
    }
    vb_destroy(it.board);
    return (which->allowed & ALLOW(found)) == 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"story", required_argument, NULL, 's'}, {"sample", required_argument, NULL, 'n'},
                                            {"rounds", required_argument, NULL, 'r'}, {"seed", required_argument, NULL, 'e'},
                                            {"replay", required_argument, NULL, 'c'}, {"report", required_argument, NULL, 'o'},
                                            {"json", required_argument, NULL, 'j'},
                                            {"state", required_argument, NULL, 't'},
                                            {NULL, 0, NULL, 0}};
    const char *given = getenv("HF_SEED"), *only = NULL, *one = NULL, *report = NULL, *json = NULL, *state = NULL;
    campaign how = {.seed = given != NULL ? strtoull(given, NULL, 0) : 1, .rounds = 1};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 's': only = optarg; break;
        case 'n': how.sample = strtoull(optarg, NULL, 0); break;
        case 'r': how.rounds = strtoull(optarg, NULL, 0); break;
        case 'e': how.seed = strtoull(optarg, NULL, 0); break;
        case 'c': one = optarg; break;
        case 'o': report = optarg; break;
        case 'j': json = optarg; break;
        case 't': state = optarg; break;
        default: fputs(usage, stderr); return 2;
        }
    }
    FILE *out = report != NULL ? fopen(report, "w") : stdout;
    if (out == NULL) {
        perror(report);
        return 3;
    }
    printf("HF_SEED=%llu\n", (unsigned long long)how.seed);
    fprintf(out, "| story | flash operations | cuts | second cuts | old runs | new runs | update mode | failures |\n"
                 "|---|---|---|---|---|---|---|---|\n");
    uint64_t failures = 0, told = 0;
    for (const story *which = stories; which->name != NULL; which++) {
        if (only != NULL && strcmp(which->name, only) != 0) {
            continue;
        }
        told++;
        if (one != NULL) {
            return repeat_one(which, one, state);
        }
        verdict found;
        report_row row = row_of(which, &how);
        if (json != NULL && report_has(json, &row)) {
            continue;
        }
        struct timespec began, ended;
        clock_gettime(CLOCK_MONOTONIC, &began);
        cuts_run(which, &how, &found);
        clock_gettime(CLOCK_MONOTONIC, &ended);
        write_row(out, which, &found);
        if (json != NULL) {
            fill_row(&row, &found, (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) / 1e9);
            report_put(json, &row);
        }
        failures += found.failures;
    }
    if (told == 0) {
        fprintf(stderr, "hf-cuts: no story \"%s\"\n", only);
        return 2;
    }
    return failures != 0;
}
