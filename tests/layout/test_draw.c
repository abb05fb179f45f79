// SPDX-License-Identifier: MIT
// The flash map: golden pictures, and what holds for every picture.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support.h"

static char *drawn(const hf_board *board, unsigned columns, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    assert_non_null(out);
    hf_board_draw(board, out, columns);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void assert_picture(const char *golden, const hf_board *board)
{
    size_t size;
    char *text = drawn(board, 72, &size);
    assert_golden(golden, text, size);
    free(text);
}

static void the_reference_board(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    assert_picture("tests/layout/golden/map-discovery.txt", &board);
}

// A part with pages: 256 of 2 KB in two banks, as on an L4.
static void pages(hf_board *board)
{
    good_board(board);
    strcpy(board->name, "pages");
    hf_flash *flash = &board->chip.flash;
    flash->runs_count = 2;
    flash->runs[0] = (hf_sector_run){1, 0, 128, 2048, 0x08000000, 0};
    flash->runs[1] = (hf_sector_run){2, 256, 128, 2048, 0x08040000, 0};
    flash->size = 512 * 1024;
    board->areas_count = 4;
    board->areas[0] = (hf_area){HF_USE_BOOT, 0x08000000, 0x4000};
    board->areas[1] = (hf_area){HF_USE_BOOT_DATA, 0x08004000, 0x800};
    board->areas[2] = (hf_area){HF_USE_APPLICATION, 0x08005000, 0x5B000};
    board->areas[3] = (hf_area){HF_USE_RESERVED, 0x08060000, 0x20000};
    board->budget = 6000;
}

static void pages_become_rows(void **state)
{
    (void)state;
    hf_board board;
    pages(&board);
    assert_picture("tests/layout/golden/map-pages.txt", &board);
}

static void assert_width(const hf_board *board, unsigned asked, size_t longest_allowed)
{
    size_t size;
    char *text = drawn(board, asked, &size);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        assert_true(strlen(line) <= longest_allowed);
    }
    free(text);
}

static void stays_within_its_columns(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    assert_width(&board, 72, 72);
    assert_width(&board, 80, 80);
    assert_width(&board, 0, 60); // never narrower than its content
    assert_width(&board, 4000000000u, 96);
    pages(&board);
    assert_width(&board, 72, 72);
}

// A layout is drawn before it is repaired, too.
static void draws_broken_layouts(void **state)
{
    (void)state;
    hf_board board;
    good_board(&board);
    board.areas[1].address = 0x08004100;
    board.areas[2].size = 0xFFFFFFFF;
    assert_width(&board, 72, 72);
    board.areas_count = 0;
    assert_width(&board, 72, 72);
    hf_board empty = {0};
    assert_width(&empty, 72, 72);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_board),
        cmocka_unit_test(pages_become_rows),
        cmocka_unit_test(stays_within_its_columns),
        cmocka_unit_test(draws_broken_layouts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
