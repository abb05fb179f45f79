// SPDX-License-Identifier: MIT
// What the tests of libhf_layout share: files as text, edits, good boards.
#ifndef LAYOUT_SUPPORT_H
#define LAYOUT_SUPPORT_H

#include <stddef.h>

#include "hf_layout.h"

#define BOARD_FILE "boards/stm32f407-discovery.json"
#define CHIP_FILE  "chips/stm32f407vg.json"

// A file below the source folder, with a zero at its end. The caller frees text.
typedef struct file_text {
    char *bytes;
    size_t size;
} file_text;
file_text load_text(const char *name);

// A copy of the text with the first occurrence of from replaced; fails the test when there is none.
file_text edit_text(const file_text *original, const char *from, const char *to);

// Parses a board and a chip out of text, without files. Complaints name them "board" and "chip".
hf_layout_status parse_texts(hf_board *board, const file_text *board_text, const file_text *chip_text,
                             hf_complaint *why);

// The reference board. Fails the test when it cannot be read.
void good_board(hf_board *board);

// Compares text with a file below the source folder; HF_UPDATE=1 writes the file instead.
void assert_golden(const char *name, const char *bytes, size_t size);

#endif
