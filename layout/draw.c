// SPDX-License-Identifier: MIT
// The flash map as a text picture: a box per area, taller for larger sectors, addresses on its
// left.
#include "complain.h"
#include "derive.h"

#define LEFT        11u // "0x08000000 "
#define RIGHT       28u // "  sectors 4095-4096  128 KB"
#define MIN_COLUMNS 60u
#define SEPARATE    8u // more equal sectors than this in one area become one row

// Equal sectors in one area (NULL: in none), drawn as one row.
typedef struct row {
    uint32_t address;
    uint32_t count, size;
    uint16_t first;
    const hf_area *area;
} row;

static const char *use_name(const hf_area *area)
{
    if (area == NULL) {
        return "in no area";
    }
    switch (area->use) {
    case HF_USE_BOOT: return "boot";
    case HF_USE_BOOT_DATA: return "boot_data";
    case HF_USE_APPLICATION: return "application";
    case HF_USE_STAGING: return "staging";
    default: return "reserved";
    }
}

static const hf_area *area_at(const hf_board *board, uint32_t address)
{
    for (size_t i = 0; i < board->areas_count; i++) {
        const hf_area *area = &board->areas[i];
        if (address >= area->address && address - area->address < area->size) {
            return area;
        }
    }
    return NULL;
}

static void repeat(FILE *out, char c, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        fputc(c, out);
    }
}

static void draw_border(FILE *out, unsigned box, uint32_t address)
{
    fprintf(out, "0x%08X +", (unsigned)address);
    repeat(out, '-', box);
    fprintf(out, "+\n");
}

// Text at both ends of a line inside the box.
static void draw_inside(FILE *out, unsigned box, const char *left, const char *right)
{
    char line[64];
    snprintf(line, sizeof line, " %-*s%*s ", (int)(box / 2 - 1), left, (int)(box - box / 2 - 1),
             right);
    fprintf(out, "|%-*.*s|", (int)box, (int)box, line);
}

// 16 KB take one line, four times as much two, and so on: a size is felt without filling the
// screen.
static unsigned lines_for(const hf_chip *chip, uint64_t bytes)
{
    uint32_t smallest = chip->flash.runs[0].size;
    for (size_t i = 1; i < chip->flash.runs_count; i++) {
        smallest = chip->flash.runs[i].size < smallest ? chip->flash.runs[i].size : smallest;
    }
    unsigned lines = 1;
    for (uint64_t limit = (uint64_t)smallest * 4; limit <= bytes && lines < 6; limit *= 4) {
        lines++;
    }
    return lines;
}

static void draw_sectors(FILE *out, const row *r)
{
    char name[40], size[40];
    snprintf(name, sizeof name, "sector %u", (unsigned)r->first);
    snprintf(size, sizeof size, "%s", hf_size_text(r->size).text);
    if (r->count > 1) {
        snprintf(name, sizeof name, "sectors %u-%u", (unsigned)r->first,
                 (unsigned)(r->first + r->count - 1));
        snprintf(size, sizeof size, "%u x %s", (unsigned)r->count, hf_size_text(r->size).text);
    }
    fprintf(out, "  %-15s %10s", name, size);
}

static void draw_row(const hf_board *board, FILE *out, unsigned box, const row *r, bool starts)
{
    uint64_t bytes = (uint64_t)r->count * r->size;
    hf_size_name area_size = hf_size_text(r->area == NULL ? bytes : r->area->size);
    unsigned lines = lines_for(&board->chip, bytes);
    for (unsigned line = 0; line < lines; line++) {
        bool first = line == 0;
        if (first && !starts) {
            fprintf(out, "0x%08X ", (unsigned)r->address);
        } else {
            repeat(out, ' ', LEFT);
        }
        bool labelled = first && starts;
        draw_inside(out, box, labelled ? use_name(r->area) : "", labelled ? area_size.text : "");
        if (first) {
            draw_sectors(out, r);
        }
        fputc('\n', out);
    }
}

// The row that starts in sector nth of a run. False behind the last.
static bool next_row(const hf_board *board, size_t run_index, uint32_t nth, row *r)
{
    const hf_sector_run *run = &board->chip.flash.runs[run_index];
    if (nth >= run->count) {
        return false;
    }
    uint32_t address = run->address + nth * run->size;
    *r = (row){.address = address,
               .count = 1,
               .size = run->size,
               .first = (uint16_t)(run->first + nth),
               .area = area_at(board, address)};
    uint32_t equal = 1;
    while (nth + equal < run->count && area_at(board, address + equal * run->size) == r->area) {
        equal++;
    }
    r->count = run->count > SEPARATE ? equal : 1;
    return true;
}

static void draw_map(const hf_board *board, FILE *out, unsigned box)
{
    const hf_area *area = NULL;
    bool first = true;
    row r;
    for (size_t i = 0; i < board->chip.flash.runs_count; i++) {
        for (uint32_t nth = 0; next_row(board, i, nth, &r); nth += r.count) {
            bool starts = first || r.area != area;
            if (starts) {
                draw_border(out, box, r.address);
            }
            draw_row(board, out, box, &r, starts);
            area = r.area;
            first = false;
        }
    }
    draw_border(out, box, board->chip.flash.address + board->chip.flash.size);
}

void hf_board_draw(const hf_board *board, FILE *out, unsigned columns)
{
    unsigned width = columns < MIN_COLUMNS ? MIN_COLUMNS : columns > 96 ? 96 : columns;
    hf_span ram = hf_main_ram(&board->chip);
    fprintf(out, "%s: %s of flash in a %s\n\n", board->name,
            hf_size_text(board->chip.flash.size).text, board->chip.name);
    draw_map(board, out, width - LEFT - RIGHT - 2);
    fprintf(out, "\nbootloader: at most %s; RAM: %s at 0x%08X\n", hf_size_text(board->budget).text,
            hf_size_text(ram.size).text, (unsigned)ram.address);
}
