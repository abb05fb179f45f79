// SPDX-License-Identifier: MIT
// What the tests of libhf_layout share: files as text, edits, good boards.
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "read.h"

static FILE *open_source(const char *name, const char *mode)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", HF_SOURCE_DIR, name);
    return fopen(path, mode);
}

file_text load_text(const char *name)
{
    FILE *file = open_source(name, "rb");
    if (file == NULL) {
        fail_msg("%s cannot be opened", name);
    }
    file_text loaded = {.bytes = calloc(1, 1u << 18)};
    assert_non_null(loaded.bytes);
    loaded.size = fread(loaded.bytes, 1, (1u << 18) - 1, file);
    fclose(file);
    return loaded;
}

file_text edit_text(const file_text *original, const char *from, const char *to)
{
    const char *at = strstr(original->bytes, from);
    if (at == NULL) {
        fail_msg("the text to edit holds no %s", from);
    }
    size_t before = (size_t)(at - original->bytes);
    file_text edited = {.size = original->size - strlen(from) + strlen(to)};
    edited.bytes = calloc(1, edited.size + 1);
    assert_non_null(edited.bytes);
    memcpy(edited.bytes, original->bytes, before);
    memcpy(edited.bytes + before, to, strlen(to));
    strcpy(edited.bytes + before + strlen(to), at + strlen(from));
    return edited;
}

hf_layout_status parse_texts(hf_board *board, const file_text *board_text, const file_text *chip_text,
                             hf_complaint *why)
{
    hf_chip chip;
    if (!hf_board_parse(board, board_text->bytes, board_text->size, "board", why) ||
        !hf_chip_parse(&chip, chip_text->bytes, chip_text->size, "chip", why)) {
        return HF_LAYOUT_MALFORMED;
    }
    hf_board_join(board, &chip);
    return HF_LAYOUT_OK;
}

void good_board(hf_board *board)
{
    hf_complaint why;
    if (hf_board_read(board, HF_SOURCE_DIR "/" BOARD_FILE, NULL, &why) != HF_LAYOUT_OK) {
        fail_msg("%s", why.text);
    }
}

static void write_golden(const char *name, const char *bytes, size_t size)
{
    FILE *file = open_source(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void assert_golden(const char *name, const char *bytes, size_t size)
{
    if (getenv("HF_UPDATE") != NULL) {
        write_golden(name, bytes, size);
    }
    file_text golden = load_text(name);
    if (golden.size != size || memcmp(golden.bytes, bytes, size) != 0) {
        free(golden.bytes);
        fail_msg("%s is out of date. If the new text is right, run the test with HF_UPDATE=1. "
                 "New text:\n%.*s",
                 name, (int)(size < 4000 ? size : 4000), bytes);
    }
    free(golden.bytes);
}
