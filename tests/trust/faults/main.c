// SPDX-License-Identifier: MIT
// The fault campaign: hf-faults BOARD.json BOOT.elf KEY.pem EVERY INSIDE REPORT.md|- [--document FILE] [IMAGE...]
// --document: the table goes into that file, too, between its marks.
// One of EVERY places is tried, deep in loops one of EVERY * INSIDE. IMAGE: names of victims.c, all by default.
// Exit status 0: no fault started an image that must be refused. 1: one did. 2: the campaign could not run.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "document.h"
#include "victims.h"

#define FIRST_NAME 7

static const char *const fault_words[FAULT_KINDS] = {
    "an instruction skipped", "a loaded register inverted", "a loaded register zeroed",
    "a loaded register's lowest bit flipped", "one bit of a loaded return address flipped"};

typedef struct totals {
    unsigned long count[FAULT_KINDS][OUTCOMES];
    unsigned long places;
} totals;

static unsigned long sum(const unsigned long *counts, size_t number)
{
    unsigned long all = 0;
    for (size_t i = 0; i < number; i++) {
        all += counts[i];
    }
    return all;
}

static void print_row(FILE *out, const char *name, const unsigned long *counts)
{
    fprintf(out, "| %s | %lu | %lu | %lu | %lu | %lu |\n", name, sum(counts, OUTCOMES), counts[OUTCOME_REFUSED],
            counts[OUTCOME_STUCK] + counts[OUTCOME_LOCKUP], counts[OUTCOME_BROKEN], counts[OUTCOME_STARTED]);
}

static void print_head(FILE *out, const char *first)
{
    fprintf(out, "\n| %s | faults | refused | stopped or reset for ever | board failed | started |\n|---|---|---|---|---|---|\n",
            first);
}

static void add_up(totals *all, const campaign *one)
{
    all->places += one->places;
    for (size_t kind = 0; kind < FAULT_KINDS; kind++) {
        for (size_t how = 0; how < OUTCOMES; how++) {
            all->count[kind][how] += one->count[kind][how];
        }
    }
}

static void print_image(FILE *out, size_t nth, const campaign *one)
{
    unsigned long counts[OUTCOMES] = {0};
    for (size_t kind = 0; kind < FAULT_KINDS; kind++) {
        for (size_t how = 0; how < OUTCOMES; how++) {
            counts[how] += one->count[kind][how];
        }
    }
    print_row(out, victims[nth].why, counts);
    fflush(out);
}

static const char *document_of(int argc, char **argv)
{
    return argc > FIRST_NAME + 1 && strcmp(argv[FIRST_NAME], "--document") == 0 ? argv[FIRST_NAME + 1] : NULL;
}

static bool wanted(int argc, char **argv, const char *name)
{
    int first = document_of(argc, argv) == NULL ? FIRST_NAME : FIRST_NAME + 2;
    for (int i = first; i < argc; i++) {
        if (strcmp(argv[i], name) == 0) {
            return true;
        }
    }
    return argc == first;
}

// What was tried, with what, and the table of it.
static void print_summary(FILE *out, const totals *all, const hf_board *board, const char *images)
{
    fprintf(out, "`boards/%s.json` (modelled), at %lu places of the ways of %s:\n", board->name, all->places, images);
    print_head(out, "the fault");
    for (size_t kind = 0; kind < FAULT_KINDS; kind++) {
        print_row(out, fault_words[kind], all->count[kind]);
    }
}

static bool write_document(const char *path, const totals *all, const hf_board *board, const char *images)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL) {
        return false;
    }
    print_summary(memory, all, board, images);
    bool good = fclose(memory) == 0 && document_replace(path, text);
    free(text);
    return good;
}

static int conclude(FILE *out, const totals *all)
{
    unsigned long started = 0, faults = 0;
    print_head(out, "what the fault does");
    for (size_t kind = 0; kind < FAULT_KINDS; kind++) {
        print_row(out, fault_names[kind], all->count[kind]);
        started += kind == FAULT_PC ? 0 : all->count[kind][OUTCOME_STARTED];
        faults += kind == FAULT_PC ? 0 : sum(all->count[kind], OUTCOMES);
    }
    fprintf(out, "\n%lu faults at %lu places: %lu started an image that must be refused.\n", faults, all->places, started);
    fprintf(out, "Of %lu wrong return addresses %lu led into it.\n", sum(all->count[FAULT_PC], OUTCOMES),
            all->count[FAULT_PC][OUTCOME_STARTED]);
    return started + all->count[FAULT_PC][OUTCOME_STARTED] > 0;
}

int main(int argc, char **argv)
{
    static hf_board board;
    static symbols functions;
    hf_complaint why;
    if (argc < FIRST_NAME || hf_board_read(&board, argv[1], HF_SOURCE_DIR "/chips", &why) != HF_LAYOUT_OK ||
        !symbols_read(&functions, argv[2])) {
        fprintf(stderr, "usage: hf-faults BOARD.json BOOT.elf KEY.pem EVERY INSIDE REPORT.md|- [IMAGE...]\n");
        return 2;
    }
    FILE *out = strcmp(argv[6], "-") == 0 ? stdout : fopen(argv[6], "w");
    if (out == NULL) {
        perror(argv[6]);
        return 2;
    }
    totals all = {0};
    char images[512] = "";
    fprintf(out, "# Single faults on the way from reset to the verdict\n");
    print_head(out, "image");
    for (size_t nth = 0; nth < victims_count; nth++) {
        if (!wanted(argc, argv, victims[nth].name)) {
            continue;
        }
        hf_image image;
        campaign one = {.description = &board, .boot_elf = argv[2], .image = &image, .functions = &functions,
                        .every = (unsigned)atoi(argv[4]), .inside = (unsigned)atoi(argv[5]), .report = stderr};
        if (!victim_make(nth, &board, argv[3], &image) || !campaign_run(&one)) {
            fprintf(stderr, "hf-faults: the way of \"%s\" cannot be walked\n", victims[nth].name);
            return 2;
        }
        hf_image_free(&image);
        add_up(&all, &one);
        snprintf(images + strlen(images), sizeof images - strlen(images), "%s\"%s\"", images[0] == '\0' ? "" : ", ",
                 victims[nth].name);
        print_image(out, nth, &one);
    }
    int status = conclude(out, &all);
    const char *document = document_of(argc, argv);
    if (document != NULL && !write_document(document, &all, &board, images)) {
        fprintf(stderr, "hf-faults: %s cannot be written, or has no marks\n", document);
        return 2;
    }
    return status;
}
