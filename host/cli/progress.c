// SPDX-License-Identifier: MIT
// Progress, log and trace of an update.
#include "progress.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR_CELLS 24u
#define TRACE_BYTES 16u // per line

static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t hung_up;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static void on_hangup(int signal_number)
{
    (void)signal_number;
    hung_up = 1;
}

void cli_catch_interrupt(void)
{
    struct sigaction hangup;
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    sigaction(SIGHUP, NULL, &hangup);
    if (hangup.sa_handler != SIG_IGN) { // as nohup leaves it
        sigaction(SIGHUP, &(struct sigaction){.sa_handler = on_hangup}, NULL);
    }
}

bool cli_interrupted(void)
{
    return interrupted != 0 || hung_up != 0;
}

bool cli_interrupted_in(hf_phase phase)
{
    return interrupted != 0 || (hung_up != 0 && phase <= HF_PHASE_ENTER);
}

static bool is_interrupted(void *context)
{
    const cli_progress *progress = context;
    return cli_interrupted_in(progress->phase);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void cli_progress_end(cli_progress *progress)
{
    if (progress->bar_shown || progress->direction >= 0) {
        fputc('\n', stderr);
    }
    progress->bar_shown = false;
    progress->direction = -1;
}

static void show_bar(cli_progress *progress, uint32_t percent, uint32_t done, uint32_t total, double rate)
{
    char cells[BAR_CELLS + 1];
    memset(cells, '-', BAR_CELLS);
    memset(cells, '#', percent * BAR_CELLS / 100);
    cells[BAR_CELLS] = '\0';
    fprintf(stderr, "\rwrite [%s] %3u %%  %u/%u B  %.1f kB/s  ETA %.0f s \033[K", cells, (unsigned)percent,
            (unsigned)done, (unsigned)total, rate / 1000, rate > 0 ? (total - done) / rate : 0.0);
    progress->bar_shown = true;
}

static void show_write(cli_progress *progress, uint32_t done, uint32_t total)
{
    uint32_t percent = (uint32_t)((uint64_t)done * 100 / total);
    uint32_t step = progress->terminal ? 1 : 10;
    if (done == 0) {
        progress->write_start = seconds();
        progress->shown = 0;
        return;
    }
    if (percent / step == progress->shown / step) {
        return;
    }
    progress->shown = percent;
    double passed = seconds() - progress->write_start;
    double rate = passed > 0 ? done / passed : 0;
    if (progress->terminal && progress->context->counts[OPT_VERBOSE] < 2) {
        show_bar(progress, percent, done, total, rate);
        return;
    }
    cli_progress_end(progress);
    fprintf(stderr, "write %3u %%  %u/%u B  %.1f kB/s\n", (unsigned)percent, (unsigned)done, (unsigned)total,
            rate / 1000);
}

static void show_phase(cli_progress *progress, hf_phase phase)
{
    static const char *const words[] = {"waiting for the bootloader", "", "comparing", "erasing", "", "verifying", "starting"};
    cli_progress_end(progress);
    fprintf(stderr, "%s\n", words[phase]);
}

static void on_progress(void *context, hf_phase phase, uint32_t done, uint32_t total)
{
    cli_progress *progress = context;
    progress->phase = phase;
    if (progress->context->counts[OPT_JSON] > 0) {
        uint32_t percent = total ? (uint32_t)((uint64_t)done * 100 / total) : 0;
        if (phase == HF_PHASE_WRITE && done > 0 && percent == progress->shown) {
            return;
        }
        progress->shown = percent;
        cli_print_json(json_pack("{s:s, s:s, s:I, s:I}", "event", "progress", "phase", hf_phase_name(phase), "done",
                                 (json_int_t)done, "total", (json_int_t)total));
    }
    if (progress->context->counts[OPT_QUIET] > 0) {
        return;
    }
    if (phase == HF_PHASE_WRITE) {
        show_write(progress, done, total);
    } else if (phase != HF_PHASE_ENTER) { // the log has words for it
        show_phase(progress, phase);
    }
}

static void on_log(void *context, const char *text)
{
    cli_progress *progress = context;
    if (progress->context->counts[OPT_JSON] > 0) {
        cli_print_json(json_pack("{s:s, s:o}", "event", "log", "text", cli_json_text(text)));
    }
    if (progress->context->counts[OPT_QUIET] > 0) {
        return;
    }
    cli_progress_end(progress);
    fprintf(stderr, "%s\n", text);
}

static void on_trace(void *context, bool sent, const void *bytes, size_t size)
{
    cli_progress *progress = context;
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        if (progress->direction != sent || progress->line_bytes == TRACE_BYTES) {
            cli_progress_end(progress);
            fputs(sent ? ">" : "<", stderr);
            progress->direction = sent;
            progress->line_bytes = 0;
        }
        fprintf(stderr, " %02X", at[i]);
        progress->line_bytes++;
    }
}

bool cli_device_judged(const hf_flash_report *report)
{
    return report->booted || strcmp(report->protocol, "fast") == 0;
}

hf_listener cli_listen(cli_progress *progress, const cli *context)
{
    *progress = (cli_progress){.context = context, .terminal = isatty(STDERR_FILENO), .direction = -1};
    return (hf_listener){
        .context = progress,
        .progress = on_progress,
        .log = on_log,
        .trace = context->counts[OPT_VERBOSE] >= 2 ? on_trace : NULL,
        .cancelled = is_interrupted,
    };
}
