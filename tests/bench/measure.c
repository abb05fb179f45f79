// SPDX-License-Identifier: MIT
// The measurements. Everything runs in process and in virtual time, but the last, which is about this program's speed.
#include <glob.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bench.h"
#include "board_link.h"
#include "classic.h"
#include "hf_classic.h"
#include "hf_image.h"
#include "image_file.h"
#include "seal.h"

#define REFERENCE "stm32f407-discovery"
#define REFERENCE_GOAL 7168 // bytes: classic UART, USB DFU and CRC-32. The board's budget is all of its sector

bool bench_trouble(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fprintf(stderr, "hf-bench: ");
    vfprintf(stderr, format, list);
    fprintf(stderr, "\n");
    va_end(list);
    return false;
}

bench_row *bench_add(bench_table *table, const char *unit, double value)
{
    bench_row *row = &table->rows[table->count++];
    row->unit = unit;
    row->value = value;
    return row;
}

bool bench_read_board(hf_board *board, const char *name)
{
    char path[600];
    hf_complaint why;
    snprintf(path, sizeof path, HF_SOURCE_DIR "/boards/%s.json", name);
    return hf_board_read(board, path, NULL, &why) == HF_LAYOUT_OK || bench_trouble("%s", why.text);
}

// -- bytes ------------------------------------------------------------------------------------------------------------

static bool add_size(bench_table *table, const char *boards_folder, const char *path)
{
    hf_board board;
    hf_complaint why;
    char binary[600];
    struct stat status;
    if (hf_board_read(&board, path, NULL, &why) != HF_LAYOUT_OK) {
        return bench_trouble("%s", why.text);
    }
    snprintf(binary, sizeof binary, "%s/%s/boot.bin", boards_folder, board.name);
    if (stat(binary, &status) != 0) {
        return bench_trouble("%s is missing: run make first", binary);
    }
    bench_row *row = bench_add(table, "bytes", (double)status.st_size);
    snprintf(row->what, sizeof row->what, "bootloader %s: %s", board.name, board.description);
    row->goal = strcmp(board.name, REFERENCE) == 0 ? REFERENCE_GOAL : board.budget;
    return true;
}

bool bench_sizes(bench_table *table, const char *boards_folder)
{
    glob_t boards;
    if (glob(HF_SOURCE_DIR "/boards/*.json", 0, NULL, &boards) != 0) {
        return bench_trouble("there are no board files");
    }
    bool good = true;
    for (size_t i = 0; i < boards.gl_pathc && good; i++) {
        good = add_size(table, boards_folder, boards.gl_pathv[i]);
    }
    globfree(&boards);
    return good;
}

// -- a powered board with an image -------------------------------------------------------------------------------------

// An application of exactly size bytes when sealed: vectors, an endless loop, and noise.
bool bench_image(const hf_board *board, uint32_t size, hf_image *image)
{
    const hf_area *area = hf_board_area(board, HF_USE_APPLICATION);
    uint32_t payload = size - hf_board_trailer_size(board);
    uint8_t *bytes = malloc(payload);
    if (bytes == NULL) {
        return bench_trouble("out of memory");
    }
    uint32_t noise = 1;
    for (uint32_t i = 0; i < payload; i++) {
        noise = noise * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(noise >> 24);
    }
    memset(bytes, 0, 0x200);
    const uint32_t vectors[2] = {0x20020000u, (area->address + 0x200u) | 1u};
    memcpy(bytes, vectors, sizeof vectors);
    memcpy(bytes + 0x200, "\xfe\xe7", 2); // b .
    hf_problem problem;
    *image = (hf_image){0};
    hf_seal_options options = {.board = board, .version = HF_VERSION(1, 0, 0), .product_id = board->product_id};
    hf_signing_key *key = NULL;
    bool good = (board->keys_count == 0 ||
                 hf_signing_key_load(&key, HF_SOURCE_DIR "/tests/keys/test-1.pem", NULL, &problem) == HF_OK) &&
                hf_image_parse(image, bytes, payload, "bench", &problem) == HF_OK;
    options.key = key;
    good = good && hf_seal(image, &options, &problem) == HF_OK;
    hf_signing_key_free(key);
    free(bytes);
    return good || bench_trouble("%s", problem.what);
}

vb_board *bench_board(const hf_board *description, const char *boards_folder)
{
    char why[256], path[600];
    vb_board *board = vb_create(description, why, sizeof why);
    snprintf(path, sizeof path, "%s/%s/boot.elf", boards_folder, description->name);
    if (board == NULL) {
        bench_trouble("%s", why);
        return NULL;
    }
    if (vb_load_elf(board, path) != VB_OK) {
        bench_trouble("%s", vb_error(board));
        vb_destroy(board);
        return NULL;
    }
    return board;
}

// -- reset to application -------------------------------------------------------------------------------------------------

// The second boot: the first one may put something on record.
double bench_boot_ms(const hf_board *description, const char *boards_folder, uint32_t size)
{
    const hf_area *area = hf_board_area(description, HF_USE_APPLICATION);
    hf_image image;
    vb_board *board = bench_board(description, boards_folder);
    if (board == NULL || !bench_image(description, size, &image)) {
        return -1;
    }
    vb_write(board, area->address, image.bytes, image.size);
    hf_image_free(&image);
    vb_break_at(board, area->address + 0x200u);
    vb_power_on(board);
    vb_run(board, vb_now(board) + 10 * VB_S);
    vb_power_off(board, true);
    vb_power_on(board);
    vb_time start = vb_now(board);
    bool arrived = vb_run(board, start + 10 * VB_S) == VB_STOP_ASKED;
    double ms = (double)(vb_now(board) - start) / (double)VB_MS;
    vb_destroy(board);
    return arrived ? ms : -1;
}

bool bench_boot(bench_table *table, const char *boards_folder)
{
    static const uint32_t sizes[] = {16 * 1024, 256 * 1024, 960 * 1024};
    hf_board board;
    if (!bench_read_board(&board, REFERENCE)) {
        return false;
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        double ms = bench_boot_ms(&board, boards_folder, sizes[i]);
        if (ms < 0) {
            return bench_trouble("the application of %u bytes never started", (unsigned)sizes[i]);
        }
        bench_row *row = bench_add(table, "ms", ms);
        snprintf(row->what, sizeof row->what, "reset to the application's first instruction, %u KB image",
                 (unsigned)(sizes[i] / 1024));
        row->floor = (double)(sizes[i] / 4) * 4 / board.hclk_hz * 1000;
        snprintf(row->floor_words, sizeof row->floor_words, "(CRC unit: 4 cycles a word) ");
        row->goal = sizes[i] == 960 * 1024 ? 20 : 0;
    }
    return true;
}

// -- update over the UART -------------------------------------------------------------------------------------------------

double bench_erase_ms(const hf_board *board, uint32_t size)
{
    double erase_ms = 0;
    const hf_area *area = hf_board_area(board, HF_USE_APPLICATION);
    size_t width = hf_board_program_width(board);
    uint16_t number;
    uint32_t start, sector_size;
    for (uint32_t at = area->address;
         at < area->address + size && hf_chip_sector(&board->chip, at, &number, &start, &sector_size);
         at = start + sector_size) {
        for (size_t i = 0; i < board->chip.flash.erase_count; i++) {
            if (board->chip.flash.erase[i].size == sector_size) {
                erase_ms += board->chip.flash.erase[i].typ_ms[width];
            }
        }
    }
    return erase_ms;
}

static void uart_rows(bench_table *table, const hf_board *board, uint32_t size, const hf_flash_report *report)
{
    double byte_ms = 10.0 * 1000 / board->uart.baud;
    double wire_ms = report->frames * (HF_CLASSIC_PAYLOAD + 3) * byte_ms; // answers go the other way meanwhile
    double erase_ms = 0;
    const hf_area *area = hf_board_area(board, HF_USE_APPLICATION);
    size_t width = hf_board_program_width(board);
    uint16_t number;
    uint32_t start, sector_size;
    for (uint32_t at = area->address; hf_chip_sector(&board->chip, at, &number, &start, &sector_size) &&
                                      at < area->address + area->size; at = start + sector_size) {
        for (size_t i = 0; i < board->chip.flash.erase_count; i++) {
            if (board->chip.flash.erase[i].size == sector_size) {
                erase_ms += board->chip.flash.erase[i].typ_ms[width];
            }
        }
    }
    bench_row *row = bench_add(table, "s", report->total_ms / 1000.0);
    snprintf(row->what, sizeof row->what, "update over UART at %u baud, %u KB, SYNC to started", (unsigned)board->uart.baud,
             (unsigned)(size / 1024));
    row->floor = (wire_ms + erase_ms) / 1000;
    snprintf(row->floor_words, sizeof row->floor_words, "(erase %.2f s, frames %.2f s) ", erase_ms / 1000,
             wire_ms / 1000);
    row = bench_add(table, "%", wire_ms / report->write_ms * 100);
    snprintf(row->what, sizeof row->what, "  of it, the transfer against the wire (every bit time a bit of a frame)");
    row->goal = 97;
    row->at_least = true;
    row = bench_add(table, "kB/s", size / (double)report->write_ms);
    snprintf(row->what, sizeof row->what, "  of it, payload rate");
    row->floor = 1 / byte_ms;
    snprintf(row->floor_words, sizeof row->floor_words, "(every bit time a payload bit) ");
}

bool bench_uart(bench_table *table, const char *boards_folder)
{
    static const uint32_t sizes[] = {64 * 1024, 256 * 1024};
    hf_board description;
    if (!bench_read_board(&description, REFERENCE)) {
        return false;
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        hf_image image;
        board_link link;
        hf_flash_report report;
        hf_problem problem;
        vb_board *board = bench_board(&description, boards_folder);
        if (board == NULL || !bench_image(&description, sizes[i], &image)) {
            return false;
        }
        vb_power_on(board);
        hf_transport transport = board_link_open(&link, board, description.uart.instance, description.uart.baud);
        vb_run(board, vb_now(board) + 50 * VB_MS); // "APP INVALID" is out
        hf_classic_options options = hf_classic_defaults(&description);
        hf_listener silent = {0};
        hf_error error = hf_flash_classic(&transport, image.bytes, image.size, &options, &silent, &report, &problem);
        hf_image_free(&image);
        vb_destroy(board);
        if (error != HF_OK) {
            return bench_trouble("update of %u KB: %s", (unsigned)(sizes[i] / 1024), problem.what);
        }
        uart_rows(table, &description, sizes[i], &report);
    }
    return true;
}

// -- the virtual board itself -----------------------------------------------------------------------------------------------

bool bench_engine(bench_table *table, const char *boards_folder)
{
    hf_board description;
    hf_image image;
    if (!bench_read_board(&description, REFERENCE) || !bench_image(&description, 960 * 1024, &image)) {
        return false;
    }
    const hf_area *area = hf_board_area(&description, HF_USE_APPLICATION);
    vb_board *board = bench_board(&description, boards_folder);
    if (board == NULL) {
        return false;
    }
    vb_write(board, area->address, image.bytes, image.size);
    hf_image_free(&image);
    vb_power_on(board);
    vb_run(board, vb_now(board) + VB_S); // into the application's loop, everything translated
    struct timespec begin, end;
    uint64_t before = vb_instructions(board);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    vb_run(board, vb_now(board) + 20 * VB_S);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    bench_row *row = bench_add(table, "million/s", (double)(vb_instructions(board) - before) / seconds / 1e6);
    snprintf(row->what, sizeof row->what, "virtual board: guest instructions per second of this machine (an endless loop)");
    vb_destroy(board);
    return true;
}
