// SPDX-License-Identifier: MIT
// Several devices updated at once: a thread for each, one table of how far they are.
#include "gang.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "progress.h"

typedef struct gang gang;

typedef struct member {
    gang *all;
    const char *port;
    pthread_t thread;
    bool runs;
    hf_phase phase;
    uint32_t percent, shown; // of writing; shown as a line of its own last
    bool over;
    hf_error error;
    hf_flash_report report;
    hf_problem problem;
} member;

struct gang {
    const cli *context;
    cli_gang_work work;
    const void *job;
    bool terminal;
    unsigned drawn; // lines on the terminal
    pthread_mutex_t lock; // around what is shown
    member members[CLI_PORTS_MAX];
};

static const char *state_of(const member *m)
{
    if (m->over) {
        return m->error ? "FAILED" : "done";
    }
    return hf_phase_name(m->phase);
}

static void print_line(const member *m)
{
    fprintf(stderr, "%-20s %-8s %3u %%%s\n", m->port, state_of(m), (unsigned)m->percent, m->all->terminal ? "\033[K" : "");
}

static bool is_json(const gang *g)
{
    return g->context->counts[OPT_JSON] > 0;
}

static void print_event(const member *m)
{
    cli_print_json(json_pack("{s:s, s:o, s:s, s:i}", "event", "progress", "port", cli_json_text(m->port), "phase", hf_phase_name(m->phase),
                             "percent", (int)m->percent));
}

// All lines anew on a terminal; elsewhere a line, or with --json an object, when something new begins, and at each tenth.
static void show(gang *g, member *changed, bool news)
{
    if (is_json(g)) {
        if (!changed->over && (news || changed->percent / 10 != changed->shown / 10)) {
            changed->shown = changed->percent;
            print_event(changed);
        }
        return;
    }
    if (g->context->counts[OPT_QUIET] > 0) {
        return;
    }
    if (!g->terminal) {
        if (news || changed->percent / 10 != changed->shown / 10) {
            changed->shown = changed->percent;
            print_line(changed);
        }
        return;
    }
    if (g->drawn > 0) {
        fprintf(stderr, "\033[%uA", g->drawn);
    }
    for (g->drawn = 0; g->drawn < g->context->ports_count; g->drawn++) {
        print_line(&g->members[g->drawn]);
    }
}

static void on_progress(void *context, hf_phase phase, uint32_t done, uint32_t total)
{
    member *m = context;
    pthread_mutex_lock(&m->all->lock);
    bool news = phase != m->phase;
    uint32_t percent = phase == HF_PHASE_WRITE && total > 0 ? (uint32_t)((uint64_t)done * 100 / total) : m->percent;
    m->phase = phase;
    if (news || percent != m->percent) {
        m->percent = percent;
        show(m->all, m, news);
    }
    pthread_mutex_unlock(&m->all->lock);
}

static void on_log(void *context, const char *text)
{
    member *m = context;
    pthread_mutex_lock(&m->all->lock);
    if (is_json(m->all)) {
        cli_print_json(json_pack("{s:s, s:o, s:o}", "event", "log", "port", cli_json_text(m->port), "text", cli_json_text(text)));
    } else if (m->all->context->counts[OPT_VERBOSE] > 0 && !m->all->terminal) {
        fprintf(stderr, "%-20s %s\n", m->port, text);
    }
    pthread_mutex_unlock(&m->all->lock);
}

static bool is_cancelled(void *context)
{
    const member *m = context; // its own thread alone changes the phase
    return cli_interrupted_in(m->phase);
}

static void *update(void *context)
{
    member *m = context;
    hf_listener listener = {.context = m, .progress = on_progress, .log = on_log, .cancelled = is_cancelled};
    hf_error error = m->all->work(m->all->job, m->port, &listener, &m->report, &m->problem);
    pthread_mutex_lock(&m->all->lock);
    m->error = error;
    m->over = true;
    show(m->all, m, true);
    pthread_mutex_unlock(&m->all->lock);
    return NULL;
}

static void print_result(const member *m)
{
    if (m->error) {
        printf("%-20s %-8s %s: %s\n", m->port, "FAILED", hf_error_about(m->error)->code, m->problem.what);
        printf("%-20s %-8s what to do: %s\n", "", "", hf_problem_next(&m->problem));
        return;
    }
    const char *state = cli_device_judged(&m->report) ? "verified" : "compared";
    printf("%-20s %-8s %8u B  %6.1f s  %-8s %7u bit/s  there already %u B%s%s\n", m->port, state, (unsigned)m->report.bytes,
           m->report.total_ms / 1000.0, m->report.protocol, (unsigned)m->report.baud,
           (unsigned)(m->report.unchanged ? m->report.bytes : m->report.skipped), m->report.entered ? "  brought into update mode" : "",
           m->report.booted ? "  started" : "");
}

static void print_json(const member *m)
{
    json_t *object = json_pack("{s:s, s:o, s:b, s:i}", "event", "result", "port", cli_json_text(m->port), "ok", m->error == HF_OK, "exit",
                               m->error ? hf_error_about(m->error)->exit_status : 0);
    if (m->error) {
        json_object_set_new(object, "code", json_string(hf_error_about(m->error)->code));
        json_object_set_new(object, "what", cli_json_text(m->problem.what));
        json_object_set_new(object, "next", json_string(hf_problem_next(&m->problem)));
    } else {
        json_object_set_new(object, "bytes", json_integer((json_int_t)m->report.bytes));
        json_object_set_new(object, "total_seconds", json_real(m->report.total_ms / 1000.0));
        json_object_set_new(object, "protocol", json_string(m->report.protocol));
        json_object_set_new(object, "skipped", json_integer((json_int_t)m->report.skipped));
        json_object_set_new(object, "entered", json_boolean(m->report.entered));
        json_object_set_new(object, "booted", json_boolean(m->report.booted));
        json_object_set_new(object, "judged", json_boolean(cli_device_judged(&m->report)));
    }
    cli_print_json(object);
}

static int finish(const gang *g)
{
    int status = 0;
    for (unsigned i = 0; i < g->context->ports_count; i++) {
        const member *m = &g->members[i];
        if (is_json(g)) {
            print_json(m);
        } else if (g->context->counts[OPT_QUIET] == 0 || m->error) {
            print_result(m);
        }
        status = status == 0 && m->error ? hf_error_about(m->error)->exit_status : status;
    }
    return status;
}

int cli_gang(const cli *context, cli_gang_work work, const void *job)
{
    static gang g; // it is large, and there is one
    g = (gang){.context = context, .work = work, .job = job, .terminal = isatty(STDERR_FILENO)};
    pthread_mutex_init(&g.lock, NULL);
    cli_catch_interrupt();
    for (unsigned i = 0; i < context->ports_count; i++) {
        g.members[i] = (member){.all = &g, .port = context->ports[i]};
    }
    for (unsigned i = 0; i < context->ports_count; i++) {
        member *m = &g.members[i];
        m->runs = pthread_create(&m->thread, NULL, update, m) == 0;
        if (!m->runs) {
            m->error = hf_fail(&m->problem, HF_E_MEMORY, "no thread for this device");
            m->over = true;
        }
    }
    for (unsigned i = 0; i < context->ports_count; i++) {
        if (g.members[i].runs) {
            pthread_join(g.members[i].thread, NULL);
        }
    }
    return finish(&g);
}
