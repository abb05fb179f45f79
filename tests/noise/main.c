// SPDX-License-Identifier: MIT
// hf-noise [--sessions N] [--report FILE]: that many updates for each protocol on each kind of bad line.
// hf-noise --replay PROTOCOL/LINE/SEED: one of them again.
//
// The sessions of a case run in a process of their own, which the bench ends when the core does what it must never do, and
// which an alarm ends when a session does; what they came to stands in memory both share.
#define _GNU_SOURCE // MAP_ANONYMOUS
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"
#include "seed.h"

#define SESSIONS_MAX 100000u
#define ALARM_S      300u // of this machine's time; a session takes milliseconds

typedef struct shared {
    volatile uint32_t done; // sessions of this case that have an outcome
    outcome last[SESSIONS_MAX];
} shared;

static shared *both;

static uint32_t seed_of(uint32_t base, const tally *sum, uint32_t number)
{
    uint32_t random = base ^ (number + 1) * 2654435761u ^ ((uint32_t)(sum->what - disturbances) * PROTOCOLS + sum->how + 1) * 40503u;
    return seed_next(&random) >> 1;
}

// The sessions from number `from` on, in a child. Returns when all have an outcome, or the child has ended in one.
static int run_some(const tally *sum, uint32_t base, uint32_t from, uint32_t count)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        for (uint32_t i = from; i < count; i++) {
            alarm(ALARM_S);
            session_run(sum->how, sum->what, seed_of(base, sum, i), &both->last[i]);
            both->done = i + 1;
        }
        _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

static void run_case(tally *sum, uint32_t base, uint32_t count)
{
    both->done = 0;
    while (both->done < count) {
        int status = run_some(sum, base, both->done, count);
        if (both->done < count) {
            outcome *it = &both->last[both->done++];
            snprintf(it->why, sizeof it->why, WIFSIGNALED(status) ? "ended by signal %d" : "ended with status %d",
                     WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        tally_add(sum, &both->last[i]);
        if (both->last[i].why[0] != '\0') {
            sum->failed++;
            report_failure(sum, seed_of(base, sum, i), both->last[i].why);
        }
    }
    tally_print(sum);
}

static int run_all(uint32_t count, const char *report)
{
    static tally sums[PROTOCOLS * DISTURBANCES];
    uint32_t base = seed_begin(), failed = 0, sessions = 0;
    size_t n = 0;
    for (protocol how = FAST; how < PROTOCOLS; how++) {
        for (size_t i = 0; i < DISTURBANCES; i++, n++) {
            sums[n] = (tally){.how = how, .what = &disturbances[i]};
            run_case(&sums[n], base, count);
            failed += sums[n].failed;
            sessions += sums[n].sessions;
        }
    }
    printf("%u sessions, %u failed\n", (unsigned)sessions, (unsigned)failed);
    if (report != NULL && !report_write(report, base, sums, n)) {
        fprintf(stderr, "%s could not be written\n", report);
        return 1;
    }
    return failed > 0;
}

static int replay(const char *which)
{
    char protocol_name[16], line[40];
    unsigned seed;
    if (sscanf(which, "%15[^/]/%39[^/]/%u", protocol_name, line, &seed) == 3) {
        for (size_t i = 0; i < PROTOCOLS * DISTURBANCES; i++) {
            tally sum = {.how = (protocol)(i / DISTURBANCES), .what = &disturbances[i % DISTURBANCES]};
            if (strcmp(protocol_name, protocol_names[sum.how]) == 0 && strcmp(line, sum.what->name) == 0) {
                outcome *it = &both->last[0];
                session_run(sum.how, sum.what, seed, it);
                tally_add(&sum, it);
                sum.failed = it->why[0] != '\0';
                tally_print(&sum);
                printf("%s\n", it->why);
                return sum.failed > 0;
            }
        }
    }
    fprintf(stderr, "--replay takes PROTOCOL/LINE/SEED as a failure prints it, not '%s'\n", which);
    return 2;
}

int main(int argc, char **argv)
{
    uint32_t count = 100;
    const char *report = NULL, *again = NULL;
    for (int i = 1; i + 1 < argc; i += 2) {
        count = strcmp(argv[i], "--sessions") == 0 ? (uint32_t)strtoul(argv[i + 1], NULL, 0) : count;
        report = strcmp(argv[i], "--report") == 0 ? argv[i + 1] : report;
        again = strcmp(argv[i], "--replay") == 0 ? argv[i + 1] : again;
    }
    if (argc % 2 == 0 || count == 0 || count > SESSIONS_MAX) {
        fprintf(stderr, "usage: hf-noise [--sessions N, at most %u] [--report FILE] | --replay PROTOCOL/LINE/SEED\n", SESSIONS_MAX);
        return 2;
    }
    both = mmap(NULL, sizeof *both, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (both == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return again != NULL ? replay(again) : run_all(count, report);
}
