// SPDX-License-Identifier: MIT
// ELF files: headers by libelf, content by the sections that are loaded.
//
// Sections rather than segments say what belongs to the image: a segment may begin with the ELF header itself, and
// what stands between two sections of a segment is an accident of the linker that a debugger does not load.
#include <stdlib.h>
#include <string.h>

#include "chunks.h"
#include "elf_file.h"

static bool inside(uint64_t offset, uint64_t length, size_t size)
{
    return offset <= size && length <= size - offset;
}

static hf_error check_header(const Elf32_Ehdr *header, const char *name, hf_problem *problem)
{
    if (header->e_ident[EI_DATA] != ELFDATA2LSB || header->e_machine != EM_ARM) {
        return hf_fail(problem, HF_E_NOT_ARM, "%s is not for a 32-bit little-endian ARM", name);
    }
    if (header->e_type != ET_EXEC) {
        return hf_fail(problem, HF_E_NOT_ARM, "%s is not a linked executable", name);
    }
    return HF_OK;
}

static hf_error copy_segments(hf_elf *elf, Elf *handle, size_t size, const char *name, hf_problem *problem)
{
    const void *segments = elf32_getphdr(handle);
    if (elf_getphdrnum(handle, &elf->segments_count) != 0 || (segments == NULL && elf->segments_count > 0)) {
        return hf_fail(problem, HF_E_MALFORMED, "%s: the program headers are damaged", name);
    }
    elf->segments = calloc(elf->segments_count + 1, sizeof *elf->segments);
    if (elf->segments == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "no memory for %s", name);
    }
    if (elf->segments_count > 0) { // libelf points into the file, where nothing need be aligned
        memcpy(elf->segments, segments, elf->segments_count * sizeof(Elf32_Phdr));
    }
    for (size_t i = 0; i < elf->segments_count; i++) {
        const Elf32_Phdr *segment = &elf->segments[i];
        if (segment->p_type == PT_LOAD && !inside(segment->p_offset, segment->p_filesz, size)) {
            return hf_fail(problem, HF_E_MALFORMED, "%s: segment %zu passes the end of the file", name, i);
        }
    }
    return HF_OK;
}

static hf_error copy_sections(hf_elf *elf, Elf *handle, size_t size, const char *name, hf_problem *problem)
{
    if (elf->header.e_shoff == 0) {
        return HF_OK;
    }
    if (elf_getshdrnum(handle, &elf->sections_count) != 0 || elf->sections_count >= SHN_LORESERVE) {
        return hf_fail(problem, HF_E_MALFORMED, "%s: the section headers are damaged", name);
    }
    elf->sections = calloc(elf->sections_count + 1, sizeof *elf->sections);
    if (elf->sections == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "no memory for %s", name);
    }
    for (size_t i = 0; i < elf->sections_count; i++) {
        const void *found = elf32_getshdr(elf_getscn(handle, i));
        Elf32_Shdr *section = &elf->sections[i];
        if (found != NULL) {
            memcpy(section, found, sizeof *section);
        }
        if (found == NULL || (section->sh_type != SHT_NOBITS && section->sh_type != SHT_NULL &&
                                !inside(section->sh_offset, section->sh_size, size))) {
            return hf_fail(problem, HF_E_MALFORMED, "%s: section %zu passes the end of the file", name, i);
        }
    }
    return HF_OK;
}

static bool loaded(const Elf32_Shdr *section)
{
    return (section->sh_flags & SHF_ALLOC) && section->sh_type != SHT_NOBITS && section->sh_type != SHT_NULL &&
           section->sh_size > 0;
}

static const Elf32_Phdr *segment_of(const hf_elf *elf, const Elf32_Shdr *section)
{
    for (size_t i = 0; i < elf->segments_count; i++) {
        const Elf32_Phdr *segment = &elf->segments[i];
        if (segment->p_type == PT_LOAD && section->sh_offset >= segment->p_offset &&
            section->sh_offset - segment->p_offset <= segment->p_filesz &&
            section->sh_size <= segment->p_filesz - (section->sh_offset - segment->p_offset)) {
            return segment;
        }
    }
    return NULL;
}

static hf_error pieces_of_sections(hf_elf *elf, const char *name, hf_problem *problem)
{
    for (size_t i = 0; i < elf->sections_count; i++) {
        const Elf32_Shdr *section = &elf->sections[i];
        if (!loaded(section)) {
            continue;
        }
        const Elf32_Phdr *segment = segment_of(elf, section);
        if (segment == NULL) {
            return hf_fail(problem, HF_E_MALFORMED, "%s: section %zu at 0x%08X is loaded by no segment", name, i,
                           (unsigned)section->sh_addr);
        }
        uint32_t address = segment->p_paddr + (section->sh_offset - segment->p_offset);
        elf->pieces[elf->pieces_count++] = (hf_elf_piece){address, section->sh_size, section->sh_offset};
    }
    return HF_OK;
}

static void pieces_of_segments(hf_elf *elf)
{
    for (size_t i = 0; i < elf->segments_count; i++) {
        const Elf32_Phdr *segment = &elf->segments[i];
        if (segment->p_type == PT_LOAD && segment->p_filesz > 0) {
            elf->pieces[elf->pieces_count++] = (hf_elf_piece){segment->p_paddr, segment->p_filesz, segment->p_offset};
        }
    }
}

static int by_address(const void *a, const void *b)
{
    const hf_elf_piece *left = a;
    const hf_elf_piece *right = b;
    return (left->address > right->address) - (left->address < right->address);
}

static hf_error find_pieces(hf_elf *elf, const char *name, hf_problem *problem)
{
    elf->pieces = calloc(elf->sections_count + elf->segments_count + 1, sizeof *elf->pieces);
    if (elf->pieces == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "no memory for %s", name);
    }
    if (elf->sections_count == 0) {
        pieces_of_segments(elf);
    } else {
        hf_error error = pieces_of_sections(elf, name, problem);
        if (error) {
            return error;
        }
    }
    qsort(elf->pieces, elf->pieces_count, sizeof *elf->pieces, by_address);
    return HF_OK;
}

hf_error hf_elf_open(hf_elf *elf, const uint8_t *file, size_t size, const char *name, hf_problem *problem)
{
    *elf = (hf_elf){0};
    elf_version(EV_CURRENT);
    // libelf takes a writable buffer for the sake of its write mode; it only reads here.
    Elf *handle = elf_memory((char *)(uintptr_t)file, size);
    if (handle == NULL || elf_kind(handle) != ELF_K_ELF) {
        elf_end(handle);
        return hf_fail(problem, HF_E_MALFORMED, "%s begins like an ELF file and is none", name);
    }
    const void *header = elf32_getehdr(handle); // NULL when it is a 64-bit file
    if (header != NULL) {
        memcpy(&elf->header, header, sizeof elf->header);
    }
    hf_error error = check_header(&elf->header, name, problem);
    if (!error) {
        error = copy_segments(elf, handle, size, name, problem);
    }
    if (!error) {
        error = copy_sections(elf, handle, size, name, problem);
    }
    if (!error) {
        error = find_pieces(elf, name, problem);
    }
    elf_end(handle);
    if (error) {
        hf_elf_close(elf);
    }
    return error;
}

void hf_elf_close(hf_elf *elf)
{
    free(elf->segments);
    free(elf->sections);
    free(elf->pieces);
    *elf = (hf_elf){0};
}

hf_error hf_elf_read(hf_image *image, const uint8_t *file, size_t size, const char *name, hf_problem *problem)
{
    hf_elf elf;
    hf_error error = hf_elf_open(&elf, file, size, name, problem);
    if (error) {
        return error;
    }
    hf_chunks chunks = {0};
    for (size_t i = 0; i < elf.pieces_count && !error; i++) {
        const hf_elf_piece *piece = &elf.pieces[i];
        error = hf_chunks_add(&chunks, piece->address, file + piece->offset, piece->size, problem);
    }
    if (!error) {
        error = hf_chunks_flatten(&chunks, image, name, problem);
    }
    hf_chunks_free(&chunks);
    hf_elf_close(&elf);
    return error;
}
