// SPDX-License-Identifier: MIT
// Updates over USB DFU: the device's part of it, in virtual time. The host asks as dfu-util 0.11 does, and takes no time.
#include <string.h>

#include "bench.h"
#include "dfu.h"
#include "bench_usb.h"

#define BOARD "stm32f407-dfu"

bool bench_usb_update(usb_link *link, const hf_board *description, const hf_image *image, bench_usb_times *out)
{
    hf_dfu_device device;
    hf_problem problem;
    hf_listener silent = {0};
    hf_dfu_options options = {.address = image->address, .boot = true, .address_each_block = true};
    if (!usb_link_plug(link) || !usb_link_dfu(link, &device)) {
        return bench_trouble("%s does not enumerate", description->name);
    }
    vb_time begin = vb_now(link->board);
    if (hf_flash_dfu(&device, image->bytes, image->size, &options, &silent, &out->report, &problem) != HF_OK) {
        return bench_trouble("update over USB: %s", problem.what);
    }
    vb_break_at(link->board, image->address + 0x200u);
    if (vb_run(link->board, vb_now(link->board) + 10 * VB_S) != VB_STOP_ASKED) {
        return bench_trouble("the application never started");
    }
    out->first_ms = (double)(vb_now(link->board) - begin) / (double)VB_MS;
    return true;
}

static bool measure(const hf_board *description, const char *boards_folder, uint32_t size, bench_usb_times *out)
{
    hf_image image;
    usb_link link;
    vb_board *board = bench_board(description, boards_folder);
    if (board == NULL || !bench_image(description, size, &image)) {
        return false;
    }
    image.address = hf_board_area(description, HF_USE_APPLICATION)->address;
    vb_power_on(board);
    bool good = usb_link_open(&link, board) && bench_usb_update(&link, description, &image, out);
    usb_link_close(&link);
    hf_image_free(&image);
    vb_destroy(board);
    return good;
}

static void rows(bench_table *table, const hf_board *board, uint32_t size, const bench_usb_times *it)
{
    const hf_program_width *width = &board->chip.flash.widths[hf_board_program_width(board)];
    double program_ms = (double)(size / width->bytes) * width->typ_ns / 1e6;
    double erase_ms = bench_erase_ms(board, size), floor_ms = erase_ms + program_ms;
    bench_row *row = bench_add(table, "s", it->report.total_ms / 1000.0);
    snprintf(row->what, sizeof row->what, "update over USB DFU as dfu-util asks, %u KB, to dfuMANIFEST", (unsigned)(size / 1024));
    row->floor = floor_ms / 1000;
    row->goal = size == 512 * 1024 ? 1.10 * floor_ms / 1000 : 0;
    snprintf(row->floor_words, sizeof row->floor_words, "(erase %.2f s, program %.2f s) ", erase_ms / 1000,
             program_ms / 1000);
    row = bench_add(table, "kB/s", size / (double)it->report.write_ms);
    snprintf(row->what, sizeof row->what, "  of it, payload rate while writing");
    row->floor = size / program_ms;
    snprintf(row->floor_words, sizeof row->floor_words, "(programming alone) ");
    row = bench_add(table, "s", it->first_ms / 1000);
    snprintf(row->what, sizeof row->what, "  first request to the application's first instruction");
}

bool bench_usb(bench_table *table, const char *boards_folder)
{
    static const uint32_t sizes[] = {64 * 1024, 512 * 1024};
    hf_board description;
    if (!bench_read_board(&description, BOARD)) {
        return false;
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        bench_usb_times it;
        if (!measure(&description, boards_folder, sizes[i], &it)) {
            return false;
        }
        rows(table, &description, sizes[i], &it);
    }
    return true;
}
