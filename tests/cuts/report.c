// SPDX-License-Identifier: MIT
// Rows in JSON, by jansson.
#include "report.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    size_t at;
} numbers[] = {
#define NUMBER(name) {#name, offsetof(report_row, name)}
    NUMBER(seed),      NUMBER(settings),    NUMBER(operations), NUMBER(cuts),        NUMBER(nested),     NUMBER(fired), NUMBER(ran),
    NUMBER(old_boots), NUMBER(new_boots),   NUMBER(update_mode), NUMBER(marginal),   NUMBER(bricks),     NUMBER(wrong_boots),
    NUMBER(unfinished), NUMBER(other),
};
#define NUMBERS (sizeof numbers / sizeof numbers[0])

static uint64_t *number_of(report_row *row, size_t i)
{
    return (uint64_t *)((char *)row + numbers[i].at);
}

uint64_t report_failures(const report_row *row)
{
    return row->bricks + row->wrong_boots + row->unfinished + row->other;
}

static bool is_named(const json_t *json, const report_row *row)
{
    const char *const wanted[][2] = {{"level", row->level}, {"board", row->board}, {"scenario", row->scenario}};
    for (size_t i = 0; i < 3; i++) {
        const char *found = json_string_value(json_object_get(json, wanted[i][0]));
        if (found == NULL || strcmp(found, wanted[i][1]) != 0) {
            return false;
        }
    }
    return true;
}

bool report_has(const char *file, report_row *row)
{
    json_t *whole = json_load_file(file, 0, NULL), *each;
    bool found = false;
    size_t index;
    json_array_foreach(json_object_get(whole, "rows"), index, each) {
        report_row kept = *row;
        for (size_t i = 0; i < NUMBERS; i++) {
            *number_of(&kept, i) = (uint64_t)json_integer_value(json_object_get(each, numbers[i].name));
        }
        kept.seconds = json_number_value(json_object_get(each, "seconds"));
        if (is_named(each, row) && kept.seed == row->seed && kept.settings == row->settings && report_failures(&kept) == 0) {
            *row = kept;
            found = true;
        }
    }
    json_decref(whole);
    return found;
}

static json_t *json_of(const report_row *row)
{
    report_row copy = *row;
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s}", "level", row->level, "board", row->board, "chip", row->chip,
                             "strategy", row->strategy, "scenario", row->scenario);
    for (size_t i = 0; i < NUMBERS; i++) {
        json_object_set_new(json, numbers[i].name, json_integer((json_int_t)*number_of(&copy, i)));
    }
    json_object_set_new(json, "seconds", json_real(row->seconds));
    json_object_set_new(json, "cuts_per_second", json_real((double)(row->cuts + row->nested) / (row->seconds + 1e-9)));
    return json;
}

// Sums over all rows, so that nobody has to add up.
static json_t *totals_of(const json_t *rows)
{
    static const char *const levels[] = {"engine", "board"};
    json_t *totals = json_object();
    for (size_t l = 0; l < 2; l++) {
        json_t *sum = json_object(), *each;
        size_t index;
        double seconds = 0;
        for (size_t i = 2; i < NUMBERS; i++) {
            json_int_t total = 0;
            json_array_foreach(rows, index, each) {
                bool same = strcmp(json_string_value(json_object_get(each, "level")), levels[l]) == 0;
                total += same ? json_integer_value(json_object_get(each, numbers[i].name)) : 0;
                seconds += same && i == 2 ? json_number_value(json_object_get(each, "seconds")) : 0;
            }
            json_object_set_new(sum, numbers[i].name, json_integer(total));
        }
        json_object_set_new(sum, "seconds", json_real(seconds));
        json_object_set_new(totals, levels[l], sum);
    }
    return totals;
}

void report_put(const char *file, const report_row *row)
{
    json_t *whole = json_load_file(file, 0, NULL), *rows = json_object_get(whole, "rows");
    if (!json_is_array(rows)) {
        json_decref(whole);
        whole = json_object();
        rows = json_array();
        json_object_set_new(whole, "rows", rows);
    }
    for (size_t i = json_array_size(rows); i-- > 0;) {
        if (is_named(json_array_get(rows, i), row)) {
            json_array_remove(rows, i);
        }
    }
    json_array_append_new(rows, json_of(row));
    json_object_set_new(whole, "totals", totals_of(rows));
    char beside[4096];
    snprintf(beside, sizeof beside, "%s.%ld.new", file, (long)getpid());
    if (json_dump_file(whole, beside, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) != 0 || rename(beside, file) != 0) {
        perror(file);
        exit(3);
    }
    json_decref(whole);
}

void report_print_head(void)
{
    printf("%-7s %-20s %-16s %9s %10s %10s %10s %9s %9s %9s %8s %8s\n", "level", "board", "scenario", "operations", "cuts",
           "nested", "ran", "old", "new", "update", "failed", "per s");
}

void report_print(const report_row *row)
{
    printf("%-7s %-20s %-16s %9llu %10llu %10llu %10llu %9llu %9llu %9llu %8llu %8.0f\n", row->level, row->board, row->scenario,
           (unsigned long long)row->operations, (unsigned long long)row->cuts, (unsigned long long)row->nested,
           (unsigned long long)row->ran, (unsigned long long)row->old_boots, (unsigned long long)row->new_boots,
           (unsigned long long)row->update_mode, (unsigned long long)report_failures(row),
           (double)(row->cuts + row->nested) / (row->seconds + 1e-9));
    fflush(stdout);
}
