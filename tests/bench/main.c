// SPDX-License-Identifier: MIT
// hf-bench: measures everything and writes docs/performance.md and build/reports/bench.json.
#include <getopt.h>
#include <string.h>

#include "bench.h"

static const struct {
    const char *name;
    bool (*measure)(bench_table *table, const char *boards_folder);
} measures[] = {
    {"sizes", bench_sizes}, {"boot", bench_boot}, {"signed", bench_signed}, {"uart", bench_uart},       {"fast", bench_fast},
    {"usb", bench_usb},     {"banks", bench_banks}, {"install", bench_install}, {"engine", bench_engine},
};

// All of them, or the one of this name.
static bool measure(bench_table *table, const char *boards, const char *only)
{
    bool known = false;
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++) {
        if (only != NULL && strcmp(only, measures[i].name) != 0) {
            continue;
        }
        known = true;
        if (!measures[i].measure(table, boards)) {
            return false;
        }
    }
    return known || bench_trouble("there is no measure '%s'", only);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"boards", required_argument, NULL, 'b'},
                                            {"markdown", required_argument, NULL, 'm'},
                                            {"json", required_argument, NULL, 'j'},
                                            {"only", required_argument, NULL, 'o'},
                                            {"picture", required_argument, NULL, 'p'},
                                            {NULL, 0, NULL, 0}};
    const char *boards = "build/boards", *markdown = NULL, *json = NULL, *only = NULL;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'b': boards = optarg; break;
        case 'm': markdown = optarg; break;
        case 'j': json = optarg; break;
        case 'o': only = optarg; break;
        case 'p': bench_picture = optarg; break;
        default: fprintf(stderr, "usage: hf-bench [--boards FOLDER] [--markdown FILE] [--json FILE] [--only MEASURE] [--picture FILE]\n"); return 2;
        }
    }
    static bench_table table;
    if (!measure(&table, boards, only)) {
        return 1;
    }
    bool all_met = true;
    for (size_t i = 0; i < table.count; i++) {
        const bench_row *row = &table.rows[i];
        printf("%-66s %12.2f %s%s\n", row->what, row->value, row->unit, bench_meets_goal(row) ? "" : "  (goal missed)");
        all_met = all_met && bench_meets_goal(row);
    }
    if ((markdown != NULL && !bench_write_markdown(&table, markdown)) ||
        (json != NULL && !bench_write_json(&table, json))) {
        fprintf(stderr, "hf-bench: a report could not be written\n");
        return 3;
    }
    return all_met ? 0 : 1;
}
