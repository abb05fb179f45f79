// SPDX-License-Identifier: MIT
// A board file, or with HF_FUZZ_CHIP a chip file under a good board: read, checked against every rule, drawn, and made
// into headers and linker scripts when it passes.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit.h"
#include "hf_layout.h"
#include "read.h"

#define BOARD_FILE HF_SOURCE_DIR "/boards/stm32f407-discovery.json"
#define CHIP_FILE  HF_SOURCE_DIR "/chips/stm32f407vg.json"

static char *text;
static size_t text_size;
static FILE *nowhere;

static void use(const hf_board *board)
{
    hf_finding findings[64];
    hf_complaint words;
    size_t count = hf_board_check(board, findings, 64);
    bool good = true;
    for (size_t i = 0; i < count && i < 64; i++) {
        good = good && !findings[i].error;
        hf_finding_words(board, &findings[i], &words);
        if (strstr(words.text, ". Fix: ") == NULL) {
            fprintf(stderr, "a finding without a fix: %s\n", words.text);
            abort();
        }
    }
    rewind(nowhere);
    if (board->chip.flash.size / 128 < 100000) { // a map of millions of rows proves no more
        hf_board_draw(board, nowhere, 72);
    }
    if (good) {
        hf_emit_header(board, nowhere);
        hf_emit_boot_linker(board, nowhere);
        hf_emit_app_linker(board, nowhere);
        hf_emit_cmake(board, nowhere);
    }
}

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifdef HF_FUZZ_CHIP
#define OTHER_FILE BOARD_FILE
#else
#define OTHER_FILE CHIP_FILE
#endif

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    FILE *file = fopen(OTHER_FILE, "rb");
    nowhere = fopen("/dev/null", "w");
    text = calloc(1, 1u << 18);
    text_size = file != NULL && text != NULL ? fread(text, 1, (1u << 18) - 1, file) : 0;
    if (text_size == 0 || nowhere == NULL) {
        fprintf(stderr, "fuzz: cannot read %s\n", OTHER_FILE);
        exit(2);
    }
    fclose(file);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static hf_board board;
    static hf_chip chip;
    hf_complaint why = {""};
#ifdef HF_FUZZ_CHIP
    bool read = hf_chip_parse(&chip, (const char *)data, size, "chip", &why) && hf_board_parse(&board, text, text_size, "board", &why);
#else
    bool read = hf_board_parse(&board, (const char *)data, size, "board", &why) && hf_chip_parse(&chip, text, text_size, "chip", &why);
#endif
    if (!read && strstr(why.text, "Fix: ") == NULL) {
        fprintf(stderr, "a complaint without a fix: %s\n", why.text);
        abort();
    }
    if (read) {
        hf_board_join(&board, &chip);
        use(&board);
    }
    return 0;
}
