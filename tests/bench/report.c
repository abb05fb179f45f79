// SPDX-License-Identifier: MIT
// The table as Markdown and as JSON.
#include <jansson.h>
#include <string.h>

#include "bench.h"

bool bench_meets_goal(const bench_row *row)
{
    if (row->goal == 0) {
        return true;
    }
    return row->at_least ? row->value >= row->goal : row->value <= row->goal;
}

static void print_number(FILE *out, double value)
{
    if (value == 0) {
        fprintf(out, " – ");
    } else if (value >= 1000 || value == (double)(long)value) {
        fprintf(out, "%.0f", value);
    } else {
        fprintf(out, "%.2f", value);
    }
}

static void print_row(FILE *out, const bench_row *row)
{
    fprintf(out, "| %s | %s | ", row->what, row->unit);
    print_number(out, row->value);
    fprintf(out, " | ");
    print_number(out, row->floor);
    fprintf(out, " %s| ", row->floor_words);
    if (row->goal != 0) {
        fprintf(out, "%s ", row->at_least ? "≥" : "≤");
    }
    print_number(out, row->goal);
    fprintf(out, " | %s |\n", row->goal == 0 ? "" : bench_meets_goal(row) ? "met" : "**missed**");
}

bool bench_write_markdown(const bench_table *table, const char *path)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        return false;
    }
    fprintf(out, "# Performance\n\n"
                 "Written by `make bench`; do not edit. Sizes are bytes of flash (text and data). Times are *modelled*: virtual\n"
                 "time of the virtual board, with the data sheet's typical flash times and the cycle model of\n"
                 "[virtual-board.md](virtual-board.md). Nothing here was measured on silicon. The floor is what physics or the\n"
                 "data sheet leave at best.\n\n"
                 "| what | unit | measured | floor | goal | |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < table->count; i++) {
        print_row(out, &table->rows[i]);
    }
    bench_write_peers(table, out);
    return fclose(out) == 0;
}

bool bench_write_json(const bench_table *table, const char *path)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < table->count; i++) {
        const bench_row *row = &table->rows[i];
        json_array_append_new(rows, json_pack("{s:s, s:s, s:f, s:f, s:f, s:b, s:b}", "what", row->what, "unit", row->unit,
                                              "value", row->value, "floor", row->floor, "goal", row->goal, "at_least",
                                              row->at_least, "met", bench_meets_goal(row)));
    }
    json_t *root = json_pack("{s:o}", "rows", rows);
    bool good = json_dump_file(root, path, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) == 0;
    json_decref(root);
    return good;
}
