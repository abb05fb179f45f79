// SPDX-License-Identifier: MIT
// Writes every failing board of tests/layout/test_rules.c as files, for the comparison of tool and page:
// FOLDER/NN/boards/NAME.json and FOLDER/NN/chips/NAME.json. usage: web_failures FOLDER
int rules_main(void);
#define main rules_main // its table of failing boards is wanted, its tests run elsewhere
#include "../layout/test_rules.c"
#undef main

#include <sys/stat.h>

#include "write_shape.h"

static FILE *create(const char *folder, size_t nth, const char *sub, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%02zu", folder, nth);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%02zu/%s", folder, nth, sub);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%02zu/%s/%s.json", folder, nth, sub, name);
    return fopen(path, "w");
}

static bool write_failure(const char *folder, size_t nth)
{
    hf_board board;
    good_board(&board);
    failures[nth].spoil(&board);
    FILE *board_file = create(folder, nth, "boards", "stm32f407-discovery");
    FILE *chip_file = create(folder, nth, "chips", board.chip.name);
    if (board_file == NULL || chip_file == NULL) {
        return false;
    }
    write_shape(board_file, hf_board_shape, &board, board.chip.flash.widths_count);
    write_shape(chip_file, hf_chip_shape, &board.chip, board.chip.flash.widths_count);
    return fclose(board_file) == 0 && fclose(chip_file) == 0;
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fprintf(stderr, "usage: web_failures FOLDER\n");
        return 2;
    }
    for (size_t i = 0; i < FAILURES; i++) {
        if (!write_failure(arguments[1], i)) {
            perror(arguments[1]);
            return 1;
        }
    }
    printf("%zu failing boards\n", FAILURES);
    return 0;
}
