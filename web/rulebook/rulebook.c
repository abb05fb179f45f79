// SPDX-License-Identifier: MIT
// The rule book as a WebAssembly module: board text in, the verdict of `holdfast layout` out, as JSON.
//
// The page registers the chip files once, then calls rulebook_judge for each change of a design. Everything that
// decides is libhf_layout; this file only carries texts in and out.
#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "json_out.h"
#include "memory.h"
#include "module.h"
#include "read.h"

#define CHIPS_MAX    32
#define FINDINGS_MAX 64
#define DFUSE_ROOM   127 // what a host reads of a string descriptor, and a zero

typedef struct chip_file {
    char name[HF_NAME_MAX];
    char path[HF_NAME_MAX + 16]; // "chips/NAME.json"
    char *text;                  // kept for good
    size_t size;
} chip_file;

static chip_file chips[CHIPS_MAX];
static size_t chips_count;
static hf_board judged; // the last one

EXPORT("rulebook_allocate") void *rulebook_allocate(size_t size);
EXPORT("rulebook_add_chip") int rulebook_add_chip(const char *name, char *text, size_t size);
EXPORT("rulebook_begin") void rulebook_begin(void);
EXPORT("rulebook_judge") const char *rulebook_judge(const char *path, const char *text, size_t size);
EXPORT("rulebook_board") const hf_board *rulebook_board(void);
EXPORT("rulebook_board_size") size_t rulebook_board_size(void);

void *rulebook_allocate(size_t size)
{
    return malloc(size);
}

// Before the texts of a verdict are allocated: gives back those of the one before.
void rulebook_begin(void)
{
    memory_empty();
}

// Keeps the text. 0 when there is no room for another chip.
int rulebook_add_chip(const char *name, char *text, size_t size)
{
    if (chips_count == CHIPS_MAX || strlen(name) >= HF_NAME_MAX) {
        return 0;
    }
    chip_file *file = &chips[chips_count++];
    snprintf(file->name, sizeof file->name, "%s", name);
    snprintf(file->path, sizeof file->path, "chips/%s.json", name);
    file->text = text;
    file->size = size;
    memory_keep();
    return 1;
}

static const chip_file *find_chip(const char *name)
{
    for (size_t i = 0; i < chips_count; i++) {
        if (strcmp(chips[i].name, name) == 0) {
            return &chips[i];
        }
    }
    return NULL;
}

static hf_layout_status read_board(hf_board *board, const char *path, const char *text, size_t size, hf_complaint *why)
{
    static hf_chip chip; // large, and this module has one thread; the page has chip files of the project only, proven there
    if (!hf_board_parse(board, text, size, path, why)) {
        return HF_LAYOUT_MALFORMED;
    }
    const chip_file *file = find_chip(board->chip.name);
    if (file == NULL) {
        return hf_chip_missing(board, why);
    }
    if (!hf_chip_parse_proven(&chip, file->text, file->size, file->path, why)) {
        return HF_LAYOUT_MALFORMED;
    }
    hf_board_join(board, &chip);
    return HF_LAYOUT_OK;
}

// -- the verdict ----------------------------------------------------------------------------------

static void print_findings(const hf_board *board, FILE *out)
{
    static hf_finding findings[FINDINGS_MAX];
    size_t count = hf_board_check(board, findings, FINDINGS_MAX);
    fprintf(out, ",\"findings\":[");
    for (size_t i = 0; i < count && i < FINDINGS_MAX; i++) {
        fprintf(out, "%s{\"error\":%s", i == 0 ? "" : ",", findings[i].error ? "true" : "false");
        json_out_member(out, "rule", findings[i].rule);
        json_out_member(out, "key", findings[i].key);
        json_out_member(out, "text", findings[i].text);
        json_out_member(out, "fix", findings[i].fix);
        fputc('}', out);
    }
    fprintf(out, "]");
}

static void print_facts(const hf_board *board, FILE *out)
{
    hf_pll pll;
    char memory[DFUSE_ROOM] = "";
    uint32_t source = board->hse_hz != 0 ? board->hse_hz : board->chip.clocks.hsi_hz;
    bool solved = hf_pll_solve(&board->chip, source, board->hclk_hz, &pll);
    hf_span ram = hf_main_ram(&board->chip);
    fprintf(out, ",\"facts\":{\"width\":%u,\"vectorAlignment\":%u,\"ramAddress\":%u,\"ramSize\":%u,\"budget\":%u",
            (unsigned)hf_board_program_width(board), (unsigned)hf_vector_alignment(&board->chip),
            (unsigned)ram.address, (unsigned)ram.size, (unsigned)board->budget);
    fprintf(out, ",\"pll\":%s", solved ? "true" : "false");
    if (hf_board_dfuse_memory(board, memory, sizeof memory)) {
        json_out_member(out, "dfuse", memory);
    }
    fprintf(out, "}");
}

// Returns the verdict as JSON, valid until the next rulebook_begin:
// {"status": 0, "complaint": "", "findings": [...], "facts": {...}}.
const char *rulebook_judge(const char *path, const char *text, size_t size)
{
    hf_complaint why = {0};
    char *verdict = NULL;
    size_t verdict_size = 0;
    FILE *out = open_memstream(&verdict, &verdict_size);
    if (out == NULL) {
        return NULL;
    }
    hf_layout_status status = read_board(&judged, path, text, size, &why);
    fprintf(out, "{\"status\":%d", (int)status);
    json_out_member(out, "complaint", why.text);
    if (status == HF_LAYOUT_OK) {
        print_findings(&judged, out);
        print_facts(&judged, out);
    }
    fprintf(out, "}");
    return fclose(out) == 0 ? verdict : NULL;
}

// For the emitter (emitter.c).
const hf_board *rulebook_board(void)
{
    return &judged;
}

size_t rulebook_board_size(void)
{
    return sizeof judged;
}
