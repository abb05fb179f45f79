// SPDX-License-Identifier: MIT
// Bank swap on the STM32H743: two updates over USB DFU, of which the first copies the bootloader, and what checking costs.
#include "bench_usb.h"

#define BOARD "stm32h743-nucleo"
#define SIZE  (512u * 1024u)

static bool update(usb_link *link, const hf_board *board, const hf_image *image, bench_usb_times *out)
{
    vb_button(link->board, true);
    vb_reset_pin(link->board);
    vb_run(link->board, vb_now(link->board) + 100 * VB_MS);
    vb_button(link->board, false);
    return bench_usb_update(link, board, image, out);
}

static bool two_updates(const hf_board *description, const char *boards_folder, bench_usb_times times[2])
{
    hf_image image;
    usb_link link;
    vb_board *board = bench_board(description, boards_folder);
    if (board == NULL || !bench_image(description, SIZE, &image)) {
        return false;
    }
    image.address = hf_board_area(description, HF_USE_APPLICATION)->address;
    vb_power_on(board);
    bool good = usb_link_open(&link, board) && update(&link, description, &image, &times[0]) &&
                update(&link, description, &image, &times[1]);
    usb_link_close(&link);
    hf_image_free(&image);
    vb_destroy(board);
    return good;
}

static void rows(bench_table *table, const hf_board *board, const bench_usb_times times[2])
{
    double erase_s = bench_erase_ms(board, SIZE) / 1000, program_s = SIZE / 32 * 100e-6;
    double change_s = board->chip.flash.option_change_ms / 1000.0;
    bench_row *row = bench_add(table, "s", times[1].report.total_ms / 1000.0);
    snprintf(row->what, sizeof row->what, "bank swap: update over USB DFU as dfu-util asks, 512 KB, to dfuMANIFEST");
    row->floor = erase_s + program_s;
    row->goal = 1.10 * row->floor;
    snprintf(row->floor_words, sizeof row->floor_words, "(erase %.2f s, program %.2f s) ", erase_s, program_s);
    row = bench_add(table, "kB/s", SIZE / (double)times[1].report.write_ms);
    snprintf(row->what, sizeof row->what, "  of it, payload rate while writing");
    row->floor = SIZE / program_s / 1000;
    snprintf(row->floor_words, sizeof row->floor_words, "(programming alone) ");
    for (unsigned i = 0; i < 2; i++) {
        row = bench_add(table, "s", (times[i].first_ms - times[i].report.total_ms) / 1000);
        snprintf(row->what, sizeof row->what, "  from there to the new image's first instruction%s",
                 i == 0 ? ", the first time: the bootloader copies itself" : "");
        row->floor = change_s + (i == 0 ? board->chip.flash.erase[0].typ_ms[0] / 1000.0 : 0);
        snprintf(row->floor_words, sizeof row->floor_words, "(%soption bytes %.2f s) ", i == 0 ? "erase 1.00 s, " : "", change_s);
    }
}

static bool checking(bench_table *table, const hf_board *board, const char *boards_folder)
{
    double small = bench_boot_ms(board, boards_folder, 16 * 1024), large = bench_boot_ms(board, boards_folder, SIZE);
    if (small < 0 || large < 0) {
        return bench_trouble("the application never started");
    }
    bench_row *row = bench_add(table, "ms", large);
    snprintf(row->what, sizeof row->what, "reset to the application's first instruction, %s, 512 KB image", board->name);
    row->floor = SIZE / 4 * 4 / (double)board->hclk_hz * 1000;
    snprintf(row->floor_words, sizeof row->floor_words, "(CRC unit: 4 cycles a word) ");
    row = bench_add(table, "MB/s", (SIZE - 16 * 1024) / (large - small) / 1000);
    snprintf(row->what, sizeof row->what, "  of it, rate of checking");
    row->floor = board->hclk_hz / 1e6;
    snprintf(row->floor_words, sizeof row->floor_words, "(CRC unit) ");
    return true;
}

bool bench_banks(bench_table *table, const char *boards_folder)
{
    hf_board description;
    bench_usb_times times[2];
    if (!bench_read_board(&description, BOARD) || !two_updates(&description, boards_folder, times)) {
        return false;
    }
    rows(table, &description, times);
    return checking(table, &description, boards_folder);
}
