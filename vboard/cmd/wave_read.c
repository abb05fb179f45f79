// SPDX-License-Identifier: MIT
// Reads a trace file and measures it.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wave.h"

#define LINE 128

static wave_track *track_of(wave_file *wave, const char *name)
{
    for (size_t i = 0; i < wave->tracks_count; i++) {
        if (strcmp(wave->tracks[i].name, name) == 0) {
            return &wave->tracks[i];
        }
    }
    if (wave->tracks_count == WAVE_TRACKS) {
        return NULL;
    }
    wave_track *track = &wave->tracks[wave->tracks_count++];
    snprintf(track->name, sizeof track->name, "%s", name);
    return track;
}

static bool append(wave_track *track, wave_edge edge)
{
    if (track->count == track->room) {
        size_t room = track->room == 0 ? 256 : track->room * 2;
        wave_edge *edges = realloc(track->edges, room * sizeof *edges);
        if (edges == NULL) {
            return false;
        }
        track->edges = edges;
        track->room = room;
    }
    track->edges[track->count++] = edge;
    return true;
}

// One line of the file. The words point to what is wrong, NULL when nothing is.
static const char *take_line(wave_file *wave, const char *line)
{
    char seconds[SECONDS_TEXT], name[WAVE_NAME], level[2], rest;
    vb_time when;
    if (sscanf(line, "# end %31s", seconds) == 1 && read_seconds(seconds, &when)) {
        wave->end = when;
        wave->end_known = true;
        return NULL;
    }
    if (line[0] == '#') {
        return NULL;
    }
    if (sscanf(line, "%31s %15s %1s %c", seconds, name, level, &rest) != 3 ||
        !read_seconds(seconds, &when) || strchr("01z", level[0]) == NULL) {
        return "not a line \"SECONDS NAME LEVEL\" of a trace";
    }
    if (when < wave->end) {
        return "time goes backwards";
    }
    wave->end = when;
    wave_track *track = track_of(wave, name);
    if (track == NULL) {
        return "more names than a picture can hold";
    }
    if (track->count > 0 && track->edges[track->count - 1].level == level[0]) {
        return NULL;
    }
    return append(track, (wave_edge){when, level[0]}) ? NULL : "out of memory";
}

static bool take_lines(wave_file *wave, FILE *file, char *why, size_t size)
{
    char line[LINE];
    for (unsigned number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        bool whole = strchr(line, '\n') != NULL;
        if (!whole && feof(file)) {
            return true; // the run is just writing it
        }
        const char *wrong = whole ? take_line(wave, line) : "the line is too long";
        if (wrong != NULL) {
            snprintf(why, size, "%s:%u: %s", wave->path, number, wrong);
            return false;
        }
    }
    if (ferror(file)) {
        snprintf(why, size, "%s: %s", wave->path, strerror(errno));
        return false;
    }
    return true;
}

bool wave_read(wave_file *wave, const char *path, char *why, size_t size)
{
    *wave = (wave_file){.path = path};
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        snprintf(why, size, "%s: %s", path, strerror(errno));
        return false;
    }
    bool good = take_lines(wave, file, why, size);
    fclose(file);
    return good;
}

void wave_free(wave_file *wave)
{
    for (size_t i = 0; i < wave->tracks_count; i++) {
        free(wave->tracks[i].edges);
    }
    wave->tracks_count = 0;
}

wave_figures wave_measure(const wave_track *track, vb_time from, vb_time to)
{
    wave_figures figures = {.shortest = UINT64_MAX};
    for (size_t i = 0; i < track->count; i++) {
        vb_time when = track->edges[i].when;
        if (when < from || when > to) {
            continue;
        }
        if (figures.changes == 0) {
            figures.first = when;
        } else {
            vb_time interval = when - figures.last;
            figures.shortest = interval < figures.shortest ? interval : figures.shortest;
            figures.longest = interval > figures.longest ? interval : figures.longest;
        }
        figures.last = when;
        figures.changes++;
    }
    if (figures.changes > 1) {
        figures.mean = (figures.last - figures.first) / (figures.changes - 1);
    }
    return figures;
}
