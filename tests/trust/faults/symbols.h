// SPDX-License-Identifier: MIT
// Names and addresses of a bootloader's functions, from its ELF file.
#ifndef HF_FAULT_SYMBOLS_H
#define HF_FAULT_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct symbol {
    char name[48]; // without what link-time optimisation appends
    uint32_t address, size;
} symbol;

typedef struct symbols {
    size_t count;
    symbol list[256];
} symbols;

bool symbols_read(symbols *all, const char *elf_path);
// The function around an address; NULL when there is none.
const symbol *symbols_at(const symbols *all, uint32_t address);
const symbol *symbols_named(const symbols *all, const char *name);

#endif
