// SPDX-License-Identifier: MIT
// Installing a staged image: from the host's BOOT to the new application's first instruction, beside what the flash alone
// takes, and what an update costs in erases.
#include "bench.h"
#include "board_link.h"
#include "classic.h"

#define SIZE (384u * 1024)

typedef struct wear {
    const hf_board *board;
    uint32_t app, staging, journal; // erases in each area
} wear;

static bool inside(const hf_board *board, hf_use use, uint32_t address)
{
    const hf_area *area = hf_board_area(board, use);
    return area != NULL && address - area->address < area->size;
}

static void count(void *context, const vb_flash_operation *operation)
{
    wear *it = context;
    if (operation->kind == VB_FLASH_ERASE) {
        it->app += inside(it->board, HF_USE_APPLICATION, operation->address);
        it->staging += inside(it->board, HF_USE_STAGING, operation->address);
        it->journal += inside(it->board, HF_USE_BOOT_DATA, operation->address);
    }
}

static bool update(const hf_board *description, vb_board *board, const hf_image *image, double *install_ms)
{
    board_link link;
    hf_flash_report report;
    hf_problem problem;
    const hf_area *area = hf_board_area(description, HF_USE_APPLICATION);
    hf_transport transport = board_link_open(&link, board, description->uart.instance, description->uart.baud);
    hf_classic_options options = hf_classic_defaults(description);
    hf_listener silent = {0};
    vb_write(board, area->address, image->bytes, image->size);
    vb_button(board, true);
    vb_power_on(board);
    vb_run(board, vb_now(board) + 200 * VB_MS);
    vb_button(board, false);
    if (hf_flash_classic(&transport, image->bytes, image->size, &options, &silent, &report, &problem) != HF_OK) {
        return bench_trouble("%s: %s", description->name, problem.what);
    }
    vb_time begin = vb_now(board);
    vb_break_at(board, area->address + 0x200u);
    if (vb_run(board, begin + 120 * VB_S) != VB_STOP_ASKED) {
        return bench_trouble("%s: the application never started", description->name);
    }
    *install_ms = (double)(vb_now(board) - begin) / (double)VB_MS;
    return true;
}

static bool measure(bench_table *table, const char *boards_folder, const char *name, unsigned copies)
{
    hf_board description;
    hf_image image;
    double ms = 0;
    if (!bench_read_board(&description, name) || !bench_image(&description, SIZE, &image)) {
        return false;
    }
    wear worn = {.board = &description};
    vb_board *board = bench_board(&description, boards_folder);
    if (board == NULL) {
        return false;
    }
    vb_on_flash_operation(board, count, &worn);
    bool good = update(&description, board, &image, &ms);
    vb_destroy(board);
    hf_image_free(&image);
    if (!good) {
        return false;
    }
    size_t width = hf_board_program_width(&description);
    const hf_program_width *unit = &description.chip.flash.widths[width];
    double erase_ms = copies * bench_erase_ms(&description, SIZE);
    double program_ms = copies * (double)SIZE / unit->bytes * unit->typ_ns / 1e6;
    bench_row *row = bench_add(table, "s", ms / 1000);
    snprintf(row->what, sizeof row->what, "installation, %u KB, %s: BOOT to the first instruction", (unsigned)(SIZE / 1024), name);
    row->floor = (erase_ms + program_ms) / 1000;
    snprintf(row->floor_words, sizeof row->floor_words, "(erase %.2f s, program %.2f s) ", erase_ms / 1000, program_ms / 1000);
    row->goal = row->floor * 1.10;
    row = bench_add(table, "erases", worn.app + worn.staging + worn.journal);
    snprintf(row->what, sizeof row->what, "  wear of this first update: sectors of application %u, staging %u, journal %u",
             (unsigned)worn.app, (unsigned)worn.staging, (unsigned)worn.journal);
    return true;
}

bool bench_install(bench_table *table, const char *boards_folder)
{
    return measure(table, boards_folder, "stm32f407-swap", 2) && measure(table, boards_folder, "stm32f407-overwrite", 1);
}
