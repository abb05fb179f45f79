// SPDX-License-Identifier: MIT
// Updates by the fast protocol, against the floor: what the wire or the flash leave at best.
#include <string.h>

#include "bench.h"
#include "board_link.h"
#include "fast.h"

#define BOARD "stm32f407-uart"

static bool flash(vb_board *board, const hf_board *description, const hf_image *image, uint32_t baud, hf_flash_report *report,
                  double *seconds)
{
    board_link link;
    hf_problem problem;
    bool speaks;
    hf_listener silent = {0};
    hf_transport transport = board_link_open(&link, board, description->uart.instance, baud);
    hf_fast_options options = {.baud = baud, .wait_ms = 5000, .pack = true, .boot = true};
    vb_time begin = vb_now(board);
    if (hf_fast_meet(&transport, &options, &silent, &speaks, &problem) != HF_OK) {
        return bench_trouble("fast protocol: %s", problem.what);
    }
    if (!speaks) {
        return bench_trouble("fast protocol: not spoken here");
    }
    if (hf_flash_fast(&transport, image->bytes, image->size, &options, &silent, report, &problem) != HF_OK) {
        return bench_trouble("fast protocol: %s", problem.what);
    }
    *seconds = (double)(vb_now(board) - begin) / (double)VB_S;
    return true;
}

bool bench_fast(bench_table *table, const char *boards_folder)
{
    static const uint32_t sizes[] = {64 * 1024, 256 * 1024, 900 * 1024};
    static const uint32_t bauds[] = {115200, 921600, 2000000};
    hf_board description;
    if (!bench_read_board(&description, BOARD)) {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            hf_image image;
            hf_flash_report report;
            double seconds = 0;
            vb_board *board = bench_board(&description, boards_folder);
            if (board == NULL || !bench_image(&description, sizes[i], &image)) {
                return false;
            }
            vb_power_on(board);
            vb_run(board, vb_now(board) + 50 * VB_MS);
            if (!flash(board, &description, &image, bauds[j], &report, &seconds)) {
                return false;
            }
            const hf_program_width *width = &description.chip.flash.widths[hf_board_program_width(&description)];
            double program = (double)(sizes[i] / width->bytes) * width->typ_ns / 1e9;
            double erase = bench_erase_ms(&description, sizes[i]) / 1000;
            double wire = sizes[i] * 10.0 / bauds[j];
            double floor = wire > program + erase ? wire : program + erase;
            printf("%u KB at %u: %.3f s, floor %.3f (wire %.3f erase %.3f program %.3f) %.3f; frames %u resent %u wire %u\n", sizes[i] / 1024, bauds[j],
                   seconds, floor, wire, erase, program, seconds / floor, report.frames, report.resent, report.wire);
            hf_image_free(&image);
            vb_destroy(board);
        }
    }
    (void)table;
    return true;
}
