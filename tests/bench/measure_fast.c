// SPDX-License-Identifier: MIT
// Updates over the serial line by every protocol, at three speeds, against the floor: what the wire or the flash leave at best.
#include <stdlib.h>
#include <string.h>

#include "an3155_host.h"
#include "bench.h"
#include "board_link.h"
#include "hf_image.h"
#include "image_check.h"
#include "seal.h"
#include "timeline.h"
#include "update_serial.h"

#define BOARD "stm32f407-uart"

typedef enum way { CLASSIC, AN3155, FAST, PACKED, WAYS } way;
static const char *const names[WAYS] = {"classic", "AN3155 as stm32flash speaks it, 8N1", "fast", "fast, packed"};

// One board with its bootloader in update mode, and a line to it.
typedef struct bench {
    hf_board description;
    vb_board *board;
    board_link link;
    hf_transport transport;
    timeline *line; // where progress is noted, or NULL
    vb_time begin;
} bench;

static void note(void *context, hf_phase phase, uint32_t done, uint32_t total)
{
    bench *b = context;
    (void)total;
    if (b->line != NULL && phase == HF_PHASE_WRITE) {
        timeline_note(b->line, (double)(vb_now(b->board) - b->begin) / (double)VB_S, done);
    }
}

static bool start(bench *b, const char *boards_folder, uint32_t baud, const hf_image *installed)
{
    b->board = bench_board(&b->description, boards_folder);
    if (b->board == NULL) {
        return false;
    }
    if (installed != NULL) {
        vb_write(b->board, hf_board_area(&b->description, HF_USE_APPLICATION)->address, installed->bytes, installed->size);
    }
    b->transport = board_link_open(&b->link, b->board, b->description.uart.instance, baud);
    vb_button(b->board, true);
    vb_power_on(b->board);
    vb_run(b->board, vb_now(b->board) + 50 * VB_MS); // "APP INVALID" is out
    vb_button(b->board, false);
    b->begin = vb_now(b->board);
    return true;
}

static double seconds(const bench *b)
{
    return (double)(vb_now(b->board) - b->begin) / (double)VB_S;
}

static bool update(bench *b, way how, uint32_t baud, const hf_image *image, hf_flash_report *report)
{
    hf_problem problem = {.what = "AN3155"};
    hf_listener listener = {.context = b, .progress = note};
    hf_serial_options options = {.protocol = how == CLASSIC ? HF_PROTOCOL_CLASSIC : HF_PROTOCOL_FAST,
                                 .classic = hf_classic_defaults(&b->description),
                                 .fast = {.baud = baud, .wait_ms = 5000, .pack = how == PACKED, .boot = true}};
    options.classic.baud = baud;
    *report = (hf_flash_report){0};
    bool good = how == AN3155 ? an3155_update(&b->transport, &b->description, image, &listener)
                              : hf_flash_serial(&b->transport, image->bytes, image->size, &options, &listener, report, &problem) == HF_OK;
    return good || bench_trouble("%s at %u: %s", names[how], (unsigned)baud, problem.what);
}

static bool measure(bench *b, const char *boards_folder, way how, uint32_t baud, const hf_image *installed, const hf_image *image,
                    hf_flash_report *report, double *took)
{
    bool good = start(b, boards_folder, baud, installed) && update(b, how, baud, image, report);
    if (good) {
        *took = seconds(b);
    }
    vb_destroy(b->board);
    return good;
}

// -- floors -----------------------------------------------------------------------------------------------------------------

static double flash_s(const hf_board *board, uint32_t size)
{
    const hf_program_width *width = &board->chip.flash.widths[hf_board_program_width(board)];
    return bench_erase_ms(board, size) / 1000 + (double)(size / width->bytes) * width->typ_ns / 1e9;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static void row(bench_table *table, const hf_board *board, way how, uint32_t baud, uint32_t size, double took, uint32_t wire_bytes)
{
    double wire = wire_bytes * 10.0 / baud, flash = flash_s(board, size), floor = larger(wire, flash);
    bench_row *it = bench_add(table, "s", took);
    snprintf(it->what, sizeof it->what, "serial update, %u KB at %u bit/s: %s", (unsigned)(size / 1024), (unsigned)baud, names[how]);
    it->floor = floor;
    snprintf(it->floor_words, sizeof it->floor_words, "(wire %.2f s, flash %.2f s) ", wire, flash);
    it->goal = how == FAST ? 1.05 * floor : 0;
}

// -- content ------------------------------------------------------------------------------------------------------------------

// Code of others in a sealed image of exactly this size.
static bool real_image(const hf_board *board, uint32_t size, hf_image *image)
{
    FILE *file = fopen(HF_FIRMWARE, "rb");
    if (file == NULL || !bench_image(board, size, image)) {
        return bench_trouble("%s is missing", HF_FIRMWARE);
    }
    uint32_t end = size - (uint32_t)sizeof(struct hf_trailer);
    for (uint32_t at = 0x202; at < end;) {
        size_t got = fread(image->bytes + at, 1, end - at, file);
        at += (uint32_t)got;
        if (got == 0) {
            rewind(file); // larger than what there is: once more, too far away to be copied from
        }
    }
    fclose(file);
    struct hf_trailer *trailer = (struct hf_trailer *)(void *)(image->bytes + end);
    trailer->crc32 = hf_crc32(0, image->bytes, size - 4);
    return true;
}

// -- what is measured -----------------------------------------------------------------------------------------------------------

static bool all_ways(bench_table *table, bench *b, const char *folder, uint32_t baud, uint32_t size, timeline *lines)
{
    hf_image noise, code;
    if (!bench_image(&b->description, size, &noise) || !real_image(&b->description, size, &code)) {
        return false;
    }
    bool good = true;
    for (way how = CLASSIC; how < WAYS && good; how++) {
        hf_flash_report report;
        double took = 0;
        b->line = lines != NULL ? &lines[how] : NULL;
        good = measure(b, folder, how, baud, NULL, how == PACKED ? &code : &noise, &report, &took);
        bool packs = how == PACKED && report.packed > 0;
        row(table, &b->description, how, baud, size, took, packs ? report.wire : size);
        if (packs && baud == 115200) {
            bench_row *saved = bench_add(table, "", took / (size * 10.0 / baud));
            snprintf(saved->what, sizeof saved->what, "  of it, against the wire time of the bytes not packed (newlib for Armv7E-M)");
            saved->goal = 0.70;
        }
    }
    b->line = NULL;
    hf_image_free(&noise);
    hf_image_free(&code);
    return good;
}

static bool small_changes(bench_table *table, bench *b, const char *folder)
{
    uint32_t size = 256 * 1024, last = 64 * 1024 + 128 * 1024; // offset of its third sector
    hf_image old, new;
    hf_flash_report report;
    double took = 0;
    if (!bench_image(&b->description, size, &old) || !bench_image(&b->description, size, &new)) {
        return false;
    }
    memset(new.bytes + last, 0x5A, 64);
    struct hf_trailer *trailer = (struct hf_trailer *)(void *)(new.bytes + size - sizeof *trailer);
    trailer->crc32 = hf_crc32(0, new.bytes, size - 4);
    bool good = measure(b, folder, FAST, 115200, &old, &old, &report, &took);
    bench_row *it = bench_add(table, "s", took);
    snprintf(it->what, sizeof it->what, "serial update, 256 KB at 115200 bit/s: fast, the image is there already");
    it->goal = 1;
    good = good && measure(b, folder, FAST, 115200, &old, &new, &report, &took);
    it = bench_add(table, "s", took);
    snprintf(it->what, sizeof it->what, "serial update, 256 KB at 115200 bit/s: fast, one sector of three differs (64 KB of it used)");
    it->floor = (size - last) * 10.0 / 115200;
    snprintf(it->floor_words, sizeof it->floor_words, "(wire of that sector) ");
    it->goal = 1.05 * it->floor;
    hf_image_free(&old);
    hf_image_free(&new);
    return good;
}

const char *bench_picture;

bool bench_fast(bench_table *table, const char *boards_folder)
{
    static const uint32_t sizes[] = {64 * 1024, 256 * 1024, 900 * 1024};
    static const uint32_t bauds[] = {115200, 921600, 2000000};
    static timeline lines[WAYS];
    bench b = {0};
    if (!bench_read_board(&b.description, BOARD)) {
        return false;
    }
    for (way how = CLASSIC; how < WAYS; how++) {
        lines[how].name = names[how];
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (size_t j = 0; j < sizeof bauds / sizeof bauds[0]; j++) {
            bool drawn = i == 1 && j == 0;
            if (!all_ways(table, &b, boards_folder, bauds[j], sizes[i], drawn ? lines : NULL)) {
                return false;
            }
        }
    }
    return small_changes(table, &b, boards_folder) &&
           (bench_picture == NULL || timeline_write(bench_picture, "256 KB over the serial line at 115200 bit/s", lines, WAYS, sizes[1]) ||
            bench_trouble("%s could not be written", bench_picture));
}
