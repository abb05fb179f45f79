// SPDX-License-Identifier: MIT
// What is measured, and how it is told.
#ifndef HF_BENCH_H
#define HF_BENCH_H

#include <stdbool.h>
#include <stdio.h>

#include "hf_layout.h"
#include "image_file.h"
#include "vboard.h"

// One line of the table. floor and goal are 0 when there is none.
typedef struct bench_row {
    char what[192];
    const char *unit;
    double value, floor, goal;
    bool at_least;         // the goal is a minimum, else a maximum
    char floor_words[128]; // what the floor is made of
} bench_row;

typedef struct bench_table {
    size_t count;
    bench_row rows[128];
} bench_table;

// False with words on stderr when something could not be measured.
bool bench_sizes(bench_table *table, const char *boards_folder);
bool bench_boot(bench_table *table, const char *boards_folder);
bool bench_signed(bench_table *table, const char *boards_folder);
bool bench_uart(bench_table *table, const char *boards_folder);
bool bench_fast(bench_table *table, const char *boards_folder);
extern const char *bench_picture; // where bench_fast draws its timelines; NULL: nowhere
bool bench_usb(bench_table *table, const char *boards_folder);
bool bench_banks(bench_table *table, const char *boards_folder);
bool bench_install(bench_table *table, const char *boards_folder);
bool bench_engine(bench_table *table, const char *boards_folder);

// What the measurements share. bench_trouble: prints, and is false. bench_image: an application of exactly size bytes when
// sealed. bench_board: with its bootloader, not powered; NULL with words on stderr.
bool bench_trouble(const char *format, ...) __attribute__((format(printf, 1, 2)));
bench_row *bench_add(bench_table *table, const char *unit, double value);
bool bench_read_board(hf_board *board, const char *name);
bool bench_image(const hf_board *board, uint32_t size, hf_image *image);
vb_board *bench_board(const hf_board *description, const char *boards_folder);
// Milliseconds from reset to the first instruction of an application of this size; negative when it does not start.
double bench_boot_ms(const hf_board *description, const char *boards_folder, uint32_t size);
// Typical time of erasing what the first size bytes of the application need.
double bench_erase_ms(const hf_board *board, uint32_t size);

bool bench_meets_goal(const bench_row *row);
bool bench_write_markdown(const bench_table *table, const char *path);
void bench_write_peers(const bench_table *table, FILE *out); // sizes beside those of others, as Markdown
bool bench_write_json(const bench_table *table, const char *path);

#endif
