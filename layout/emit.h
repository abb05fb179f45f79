// SPDX-License-Identifier: MIT
// The writers behind hf_board_emit: each prints one file of a checked board.
#ifndef HF_EMIT_H
#define HF_EMIT_H

#include "hf_layout.h"

void hf_emit_header(const hf_board *board, FILE *out);      // board.h
void hf_emit_boot_linker(const hf_board *board, FILE *out); // boot.ld
void hf_emit_app_linker(const hf_board *board, FILE *out);  // app.ld
void hf_emit_cmake(const hf_board *board, FILE *out);       // board.cmake

// The files hf_board_emit writes, for whoever wants them without a folder: how many, the name of one, its text.
size_t hf_output_count(void);
const char *hf_output_name(size_t nth);
void hf_output_print(const hf_board *board, size_t nth, FILE *out);

// Cross-compiler options of a core; NULL when nobody knows it.
const char *hf_core_flags(const char *core);

#endif
