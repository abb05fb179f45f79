// SPDX-License-Identifier: MIT
// Inside libholdfast: an ELF file in memory, its headers checked and copied.
#ifndef HF_ELF_FILE_H
#define HF_ELF_FILE_H

#include <gelf.h>
#include <libelf.h>

#include "error.h"
#include <stdbool.h>
#include <stdint.h>

// A piece of the file that is loaded, and where.
typedef struct hf_elf_piece {
    uint32_t address; // load address
    uint32_t size;
    uint32_t offset;  // in the file
} hf_elf_piece;

// Make it with hf_elf_open, free it with hf_elf_close.
typedef struct hf_elf {
    Elf32_Ehdr header;
    Elf32_Phdr *segments;
    size_t segments_count;
    Elf32_Shdr *sections; // NULL when the file has none
    size_t sections_count;
    hf_elf_piece *pieces; // of the loaded sections, or of the segments when there are no sections; by address
    size_t pieces_count;
} hf_elf;

// Checks that the file is a complete 32-bit little-endian ARM executable. HF_E_MALFORMED, HF_E_NOT_ARM, HF_E_MEMORY.
hf_error hf_elf_open(hf_elf *elf, const uint8_t *file, size_t size, const char *name, hf_problem *problem);

void hf_elf_close(hf_elf *elf);

#endif
