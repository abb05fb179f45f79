// SPDX-License-Identifier: MIT
// Draws a track as a waveform in text: two rows of line, a row of ticks, a row of times.
#include <math.h>
#include <string.h>

#include "wave.h"

#define COLUMNS      72
#define TICK_COLUMNS 9 // at least so many from one tick to the next

typedef enum shape { LOW, HIGH, RISES, FALLS, FLOATS, DENSE, SHAPES } shape;

typedef struct glyphs {
    const char *upper[SHAPES], *lower[SHAPES];
} glyphs;

static const glyphs fancy_glyphs = {
    .upper =
        {[LOW] = " ", [HIGH] = "─", [RISES] = "┌", [FALLS] = "┐", [FLOATS] = " ", [DENSE] = "▒"},
    .lower =
        {[LOW] = "─", [HIGH] = " ", [RISES] = "┘", [FALLS] = "└", [FLOATS] = "┄", [DENSE] = "▒"},
};
static const glyphs plain_glyphs = {
    .upper =
        {[LOW] = " ", [HIGH] = "_", [RISES] = " ", [FALLS] = " ", [FLOATS] = " ", [DENSE] = "#"},
    .lower =
        {[LOW] = "_", [HIGH] = " ", [RISES] = "|", [FALLS] = "|", [FLOATS] = ".", [DENSE] = "#"},
};

// What a column shows that begins at level and sees edges change it.
static shape shape_of(char level, size_t edges, char after)
{
    if (edges > 1) {
        return DENSE;
    }
    if (edges == 1) {
        return after == '1' ? RISES : level == '1' ? FALLS : after == 'z' ? FLOATS : LOW;
    }
    return level == '1' ? HIGH : level == 'z' ? FLOATS : LOW;
}

// The level just before the first change is not in the trace; with two levels it can only be the
// other one.
static char first_level(const wave_track *track)
{
    return track->count > 0 && track->edges[0].level == '0' ? '1' : '0';
}

static void shapes_of(const wave_track *track, vb_time from, vb_time to, shape shapes[COLUMNS])
{
    size_t next = 0;
    char level = first_level(track);
    for (; next < track->count && track->edges[next].when < from; next++) {
        level = track->edges[next].level;
    }
    double step = (double)(to - from) / COLUMNS;
    for (unsigned column = 0; column < COLUMNS; column++) {
        vb_time border = column + 1 == COLUMNS ? to : from + (vb_time)(step * (column + 1));
        char before = level;
        size_t edges = 0;
        for (; next < track->count && track->edges[next].when < border; next++, edges++) {
            level = track->edges[next].level;
        }
        shapes[column] = shape_of(before, edges, level);
    }
}

// The smallest of 1, 2, 5, 10, ... (in some power of ten of seconds) that keeps ticks apart.
static double tick_step(double seconds)
{
    static const double steps[] = {1, 2, 5, 10};
    double least = seconds * TICK_COLUMNS / COLUMNS;
    double ten = pow(10, floor(log10(least)));
    size_t i = 0;
    while (i < 3 && steps[i] * ten < least) {
        i++;
    }
    return steps[i] * ten;
}

static void draw_scale(double from, double to, FILE *out)
{
    char ticks[COLUMNS + 1], labels[COLUMNS + 16];
    memset(ticks, ' ', sizeof ticks);
    memset(labels, ' ', sizeof labels);
    double step = tick_step(to - from);
    int decimals = step >= 1 ? 0 : (int)ceil(-log10(step));
    size_t end = 0;
    for (double n = ceil(from / step - 1e-9) + 0.0; n * step < to; n++) { // + 0.0: no "-0"
        size_t column = (size_t)((n * step - from) / (to - from) * COLUMNS + 1e-9);
        char label[24];
        int length = snprintf(label, 16, "%.*f", decimals, n * step);
        if (length >= TICK_COLUMNS || column >= COLUMNS) {
            continue;
        }
        ticks[column] = '\'';
        memcpy(labels + column, label, (size_t)length);
        end = column + (size_t)length;
    }
    fprintf(out, "  %.*s\n  %.*s s\n", COLUMNS, ticks, (int)end, labels);
}

static void draw_row(const char *const row[SHAPES], const shape shapes[COLUMNS], FILE *out)
{
    fputs("  ", out);
    for (unsigned column = 0; column < COLUMNS; column++) {
        fputs(row[shapes[column]], out);
    }
    fputc('\n', out);
}

void wave_draw(const wave_track *track, vb_time from, vb_time to, bool fancy, FILE *out)
{
    if (to <= from) {
        return;
    }
    shape shapes[COLUMNS];
    shapes_of(track, from, to, shapes);
    const glyphs *glyphs_used = fancy ? &fancy_glyphs : &plain_glyphs;
    draw_row(glyphs_used->upper, shapes, out);
    draw_row(glyphs_used->lower, shapes, out);
    draw_scale((double)from / (double)VB_S, (double)to / (double)VB_S, out);
}
