// SPDX-License-Identifier: MIT
// hf-bench: measures everything and writes docs/performance.md and build/reports/bench.json.
#include <getopt.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "bench.h"

int main(int argc, char **argv)
{
    static const struct option options[] = {{"boards", required_argument, NULL, 'b'},
                                            {"markdown", required_argument, NULL, 'm'},
                                            {"json", required_argument, NULL, 'j'},
                                            {NULL, 0, NULL, 0}};
    const char *boards = "build/boards", *markdown = NULL, *json = NULL;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'b': boards = optarg; break;
        case 'm': markdown = optarg; break;
        case 'j': json = optarg; break;
        default: fprintf(stderr, "usage: hf-bench [--boards FOLDER] [--markdown FILE] [--json FILE]\n"); return 2;
        }
    }
    static bench_table table;
    if (!bench_sizes(&table, boards) || !bench_boot(&table, boards) || !bench_uart(&table, boards) || !bench_usb(&table, boards) ||
        !bench_banks(&table, boards) || !bench_install(&table, boards) || !bench_engine(&table, boards)) {
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
