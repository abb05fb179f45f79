// SPDX-License-Identifier: MIT
// `vboard wave`: shows traces as pictures, measures them, and checks what was measured.
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "wave.h"

// Fewer intervals than this prove no rhythm.
#define INTERVALS_MIN 3

enum { WAVE_FROM = 1, WAVE_TO, WAVE_ONLY, WAVE_EXPECT, WAVE_TOLERANCE, WAVE_ASCII, WAVE_HELP };

static const option_row rows[] = {
    {WAVE_FROM, "from", "SECONDS", "begins there (default: the start of the run)"},
    {WAVE_TO, "to", "SECONDS", "ends there (default: the end of the run)"},
    {WAVE_ONLY, "name", "NAME", "this LED or pin only"},
    {WAVE_EXPECT, "expect-toggle-ms", "MS",
     "exit code 1 unless each interval between two changes is this long,\n"
     "there are at least three, and none is missing at --from, --to or the\n"
     "end of the run"},
    {WAVE_TOLERANCE, "tolerance-ms", "MS", "by how much an interval may differ (default: 5)"},
    {WAVE_ASCII, "ascii", NULL, "no characters beyond ASCII, even when the terminal shows UTF-8"},
    {WAVE_HELP, "help", NULL, "prints this"},
    {0, NULL, NULL, NULL},
};

typedef struct wave_wish {
    vb_time from, to;
    bool from_given, to_given;
    const char *only;
    double expect_ms, tolerance_ms; // expect_ms 0: nothing is expected
    bool fancy;
} wave_wish;

static void help(void)
{
    puts("usage: vboard wave FILE... [options]\n\n"
         "Draws traces written by vboard run --led-trace or --pin-trace and measures the time from "
         "change to\n"
         "change.\n\noptions:");
    option_help(rows, stdout);
    puts("\nexit codes: 0 shown, and as expected; 1 not as expected; 2 wrong usage; 3 a file could "
         "not be read");
}

static bool read_moment(const char *text, vb_time *moment, bool *given)
{
    *given = read_seconds(text, moment);
    if (!*given) {
        complain("%s: write seconds, e.g. 1.5", text);
    }
    return *given;
}

static bool read_ms(const char *text, double *ms)
{
    if (read_positive(text, ms)) {
        return true;
    }
    complain("%s: write milliseconds above 0, e.g. 500", text);
    return false;
}

static bool apply(wave_wish *wish, int id, const char *value)
{
    switch (id) {
    case WAVE_FROM: return read_moment(value, &wish->from, &wish->from_given);
    case WAVE_TO: return read_moment(value, &wish->to, &wish->to_given);
    case WAVE_EXPECT: return read_ms(value, &wish->expect_ms);
    case WAVE_TOLERANCE: return read_ms(value, &wish->tolerance_ms);
    case WAVE_ONLY: wish->only = value; return true;
    case WAVE_ASCII: wish->fancy = false; return true;
    default: return false; // OPTION_WRONG, complained already
    }
}

static double ms(vb_time time)
{
    return (double)time / (double)VB_MS;
}

static bool near(const wave_wish *wish, vb_time interval)
{
    return fabs(ms(interval) - wish->expect_ms) <= wish->tolerance_ms;
}

// A change that ought to have come between these two moments did not.
static bool silent(const wave_wish *wish, vb_time from, vb_time to)
{
    return to > from && ms(to - from) > wish->expect_ms + wish->tolerance_ms;
}

static bool as_expected(const wave_wish *wish, const wave_figures *figures, vb_time end,
                        bool end_known)
{
    if (figures->changes < INTERVALS_MIN + 1) {
        printf("  NOT as expected: too few changes to measure a rhythm\n");
        return false;
    }
    if (!near(wish, figures->shortest) || !near(wish, figures->longest)) {
        printf("  NOT as expected: each interval should be %g ms, give or take %g ms\n",
               wish->expect_ms, wish->tolerance_ms);
        return false;
    }
    if ((wish->from_given && silent(wish, wish->from, figures->first)) ||
        ((wish->to_given || end_known) && silent(wish, figures->last, end))) {
        printf("  NOT as expected: at the beginning or at the end, changes are missing\n");
        return false;
    }
    printf("  as expected: %g ms, give or take %g ms\n", wish->expect_ms, wish->tolerance_ms);
    return true;
}

static void print_figures(const wave_track *track, const wave_figures *figures)
{
    if (figures->changes == 0) {
        printf("  %s: no change\n", track->name);
    } else if (figures->changes == 1) {
        printf("  %s: one change, at %.6f s\n", track->name, ms(figures->first) / 1000);
    } else {
        printf("  %s: %zu changes, one every %.3f ms (min %.3f, max %.3f)\n", track->name,
               figures->changes, ms(figures->mean), ms(figures->shortest), ms(figures->longest));
    }
}

static bool show_track(const wave_wish *wish, const wave_file *wave, const wave_track *track)
{
    vb_time end = wish->to_given ? wish->to : wave->end;
    wave_figures figures = wave_measure(track, wish->from, end);
    wave_draw(track, wish->from, end, wish->fancy, stdout);
    print_figures(track, &figures);
    return wish->expect_ms == 0 || as_expected(wish, &figures, end, wave->end_known);
}

// The traces of one file. A name that is expected to change but is not in the file at all is not as
// expected.
static int show_file(const wave_wish *wish, const char *path)
{
    wave_file wave;
    char why[400];
    if (!wave_read(&wave, path, why, sizeof why)) {
        complain("%s", why);
        wave_free(&wave);
        return CMD_FILE;
    }
    printf("%s\n", path);
    bool good = true, any = false;
    for (size_t i = 0; i < wave.tracks_count; i++) {
        if (wish->only == NULL || strcmp(wish->only, wave.tracks[i].name) == 0) {
            good = show_track(wish, &wave, &wave.tracks[i]) && good;
            any = true;
        }
    }
    if (!any) {
        printf("  no change\n");
    }
    wave_free(&wave);
    return good && (any || wish->expect_ms == 0) ? CMD_OK : CMD_FAILED;
}

int cmd_wave(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    wave_wish wish = {.tolerance_ms = 5, .fancy = strcmp(nl_langinfo(CODESET), "UTF-8") == 0};
    option_reader reader = {.rows = rows, .next = argv + 1, .end = argv + argc};
    const char *value = NULL;
    char **files = argv + 1; // file names are gathered in front: never more than were read
    size_t files_count = 0;
    for (int id; (id = option_next(&reader, &value)) != OPTION_END;) {
        if (id == WAVE_HELP) {
            help();
            return CMD_OK;
        }
        if (id == OPTION_WORD) {
            files[files_count++] = (char *)value;
        } else if (!apply(&wish, id, value)) {
            return CMD_USAGE;
        }
    }
    if (files_count == 0 || (wish.to_given && wish.to <= wish.from)) {
        complain(files_count == 0 ? "which trace? vboard wave FILE; --help explains"
                                  : "--to must be behind --from");
        return CMD_USAGE;
    }
    int worst = CMD_OK;
    for (size_t i = 0; i < files_count; i++) {
        int code = show_file(&wish, files[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}
