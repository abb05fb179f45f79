// SPDX-License-Identifier: MIT
// See timeline.h.
#include "timeline.h"

#include <stdio.h>

#define WIDTH  760.0
#define HEIGHT 300.0
#define LEFT   60.0
#define TOP    40.0
#define STEP   1024u // bytes between two points

static const char *const colours[] = {"#888888", "#c05020", "#2060c0", "#208040"};

void timeline_note(timeline *line, double seconds, uint32_t bytes)
{
    bool far = line->count == 0 || bytes - line->points[line->count - 1].bytes >= STEP;
    if (far && line->count < sizeof line->points / sizeof line->points[0]) {
        line->points[line->count].seconds = seconds;
        line->points[line->count++].bytes = bytes;
    }
}

static double longest(const timeline *lines, size_t count)
{
    double most = 1;
    for (size_t i = 0; i < count; i++) {
        double last = lines[i].count > 0 ? lines[i].points[lines[i].count - 1].seconds : 0;
        most = last > most ? last : most;
    }
    return most;
}

static void draw_axes(FILE *out, double seconds, uint32_t bytes)
{
    fprintf(out, "<path d=\"M%.0f %.0fV%.0fH%.0f\" fill=\"none\" stroke=\"#444\"/>\n", LEFT, TOP, TOP + HEIGHT, LEFT + WIDTH);
    unsigned step = seconds > 20 ? 5 : 1;
    for (unsigned at = 0; at <= seconds; at += step) {
        double x = LEFT + WIDTH * at / seconds;
        fprintf(out, "<path d=\"M%.1f %.0fv4\" stroke=\"#444\"/><text x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%u s</text>\n", x,
                TOP + HEIGHT, x, TOP + HEIGHT + 18, at);
    }
    fprintf(out, "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\">%u KB</text>\n", LEFT - 6, TOP + 5, (unsigned)(bytes / 1024));
    fprintf(out, "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\">0</text>\n", LEFT - 6, TOP + HEIGHT);
}

static void draw_line(FILE *out, const timeline *line, size_t number, double seconds, uint32_t bytes)
{
    fprintf(out, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"", colours[number % 4]);
    for (size_t i = 0; i < line->count; i++) {
        fprintf(out, "%.1f,%.1f ", LEFT + WIDTH * line->points[i].seconds / seconds,
                TOP + HEIGHT * (1 - (double)line->points[i].bytes / bytes));
    }
    double last = line->count > 0 ? line->points[line->count - 1].seconds : 0;
    fprintf(out, "\"/>\n<text x=\"%.0f\" y=\"%.0f\" fill=\"%s\">%s: %.1f s</text>\n", LEFT + WIDTH - 300,
            TOP + HEIGHT - 70 + 18.0 * (double)number, colours[number % 4], line->name, last);
}

bool timeline_write(const char *path, const char *title, const timeline *lines, size_t count, uint32_t bytes)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        return false;
    }
    double seconds = longest(lines, count);
    fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" font-size=\"13\">\n"
                 "<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
                 "<text x=\"%.0f\" y=\"24\" font-size=\"16\">%s: what has been written, and when (modelled)</text>\n",
            LEFT + WIDTH + 20, TOP + HEIGHT + 30, title, LEFT, title);
    draw_axes(out, seconds, bytes);
    for (size_t i = 0; i < count; i++) {
        draw_line(out, &lines[i], i, seconds, bytes);
    }
    fprintf(out, "</svg>\n");
    return fclose(out) == 0;
}
