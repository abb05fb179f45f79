// SPDX-License-Identifier: MIT
// Reading the symbol table.
#include "symbols.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void add(symbols *all, const GElf_Sym *found, const char *name)
{
    if (GELF_ST_TYPE(found->st_info) != STT_FUNC || name == NULL ||
        all->count == sizeof all->list / sizeof all->list[0]) {
        return;
    }
    symbol *it = &all->list[all->count++];
    snprintf(it->name, sizeof it->name, "%.*s", (int)strcspn(name, "."), name);
    it->address = (uint32_t)found->st_value & ~1u;
    it->size = (uint32_t)found->st_size;
}

static void read_table(symbols *all, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count = data == NULL || header->sh_entsize == 0 ? 0 : header->sh_size / header->sh_entsize;
    for (size_t i = 0; i < count; i++) {
        GElf_Sym found;
        if (gelf_getsym(data, (int)i, &found) != NULL) {
            add(all, &found, elf_strptr(elf, header->sh_link, found.st_name));
        }
    }
}

bool symbols_read(symbols *all, const char *elf_path)
{
    all->count = 0;
    int file = open(elf_path, O_RDONLY);
    if (file < 0 || elf_version(EV_CURRENT) == EV_NONE) {
        return false;
    }
    Elf *elf = elf_begin(file, ELF_C_READ, NULL);
    GElf_Shdr header;
    for (Elf_Scn *section = NULL; elf != NULL && (section = elf_nextscn(elf, section)) != NULL;) {
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == SHT_SYMTAB) {
            read_table(all, elf, section, &header);
        }
    }
    elf_end(elf);
    close(file);
    return all->count > 0;
}

const symbol *symbols_at(const symbols *all, uint32_t address)
{
    for (size_t i = 0; i < all->count; i++) {
        if (address - all->list[i].address < all->list[i].size) {
            return &all->list[i];
        }
    }
    return NULL;
}

const symbol *symbols_named(const symbols *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->list[i].name, name) == 0) {
            return &all->list[i];
        }
    }
    return NULL;
}
