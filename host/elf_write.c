// SPDX-License-Identifier: MIT
// Writes an image as an ELF file: over the file it came from, or over an empty one.
//
// Nothing that is there moves, so symbols, debug information and section numbers stay right: changed bytes are patched
// in place, and everything new (content, section names, both header tables) is appended behind the old file. Each gap
// of the image becomes a section too, so that loaders by section (gdb, objcopy) and loaders by segment program the same.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "chunks.h"
#include "elf_file.h"
#include "hf_image.h"

typedef struct writer {
    const hf_image *image;
    uint8_t *file;
    size_t size, capacity;
    hf_elf elf;      // segments and sections have room for what is added
    uint32_t text_name, fill_name, trailer_name; // offsets in the table of section names
    uint32_t trailer; // address of the image's trailer; 0 when it has none
} writer;

static bool grow(writer *w, size_t more)
{
    if (w->capacity - w->size >= more) {
        return true;
    }
    size_t capacity = w->size + more + 4096;
    uint8_t *larger = realloc(w->file, capacity);
    if (larger == NULL) {
        return false;
    }
    w->file = larger;
    w->capacity = capacity;
    return true;
}

// Appends at an offset that is address modulo 4, as loaders expect of a segment. Returns the offset, 0 without memory.
static uint32_t append(writer *w, const void *bytes, size_t size, uint32_t address)
{
    size_t padding = (address - w->size) % 4;
    if (!grow(w, padding + size)) {
        return 0;
    }
    memset(w->file + w->size, 0, padding);
    w->size += padding;
    memcpy(w->file + w->size, bytes, size);
    w->size += size;
    return (uint32_t)(w->size - size);
}

// The trailer's address when the image is sealed: it gets a section of its own.
static uint32_t trailer_address(const hf_image *image)
{
    if (image->size < HF_IMAGE_MIN_PAYLOAD || hf_get32(image->bytes + HF_IMAGE_OFFSET_MARK) != HF_IMAGE_MARK) {
        return 0;
    }
    uint32_t length = hf_get32(image->bytes + HF_IMAGE_OFFSET_LENGTH);
    return length < image->size ? image->address + length : 0;
}

static uint32_t name_for(const writer *w, uint32_t address)
{
    if (address == w->trailer && w->trailer != 0) {
        return w->trailer_name;
    }
    return w->elf.pieces_count == 0 ? w->text_name : w->fill_name;
}

static void add_section(writer *w, uint32_t name, uint32_t virtual_address, uint32_t offset, uint32_t size)
{
    w->elf.sections[w->elf.sections_count++] = (Elf32_Shdr){
        .sh_name = name,
        .sh_type = SHT_PROGBITS,
        .sh_flags = SHF_ALLOC | (name == w->text_name ? SHF_EXECINSTR : 0),
        .sh_addr = virtual_address,
        .sh_offset = offset,
        .sh_size = size,
        .sh_addralign = 1,
    };
}

// Segments to load stand in rising order of their virtual address, as the ELF standard asks.
static void add_segment(writer *w, uint32_t address, uint32_t offset, uint32_t size)
{
    Elf32_Phdr *segments = w->elf.segments;
    size_t place = 0;
    for (size_t i = 0; i < w->elf.segments_count; i++) {
        if (segments[i].p_type == PT_LOAD && segments[i].p_vaddr < address) {
            place = i + 1;
        }
    }
    memmove(segments + place + 1, segments + place, (w->elf.segments_count++ - place) * sizeof *segments);
    segments[place] = (Elf32_Phdr){
        .p_type = PT_LOAD,
        .p_offset = offset,
        .p_vaddr = address,
        .p_paddr = address,
        .p_filesz = size,
        .p_memsz = size,
        .p_flags = PF_R | PF_X,
        .p_align = 4,
    };
}

// Where no section stands a segment may still reach. Finds one that holds address, or the next border.
static const Elf32_Phdr *segment_at(const writer *w, uint32_t address, uint32_t *border)
{
    for (size_t i = 0; i < w->elf.segments_count; i++) {
        const Elf32_Phdr *segment = &w->elf.segments[i];
        if (segment->p_type != PT_LOAD || segment->p_filesz == 0) {
            continue;
        }
        if (address >= segment->p_paddr && address - segment->p_paddr < segment->p_filesz) {
            uint32_t end = segment->p_paddr + segment->p_filesz;
            *border = end < *border ? end : *border;
            return segment;
        }
        if (segment->p_paddr > address && segment->p_paddr < *border) {
            *border = segment->p_paddr;
        }
    }
    return NULL;
}

// Adds image content [from, to), which no section of the file holds.
static bool add_range(writer *w, uint32_t from, uint32_t to)
{
    while (from < to) {
        uint32_t border = w->trailer > from && w->trailer < to ? w->trailer : to;
        const Elf32_Phdr *segment = segment_at(w, from, &border);
        const uint8_t *bytes = w->image->bytes + (from - w->image->address);
        uint32_t size = border - from;
        uint32_t name = name_for(w, from);
        if (segment != NULL) {
            uint32_t within = from - segment->p_paddr;
            memcpy(w->file + segment->p_offset + within, bytes, size);
            add_section(w, name, segment->p_vaddr + within, segment->p_offset + within, size);
        } else {
            uint32_t offset = append(w, bytes, size, from);
            if (offset == 0) {
                return false;
            }
            add_section(w, name, from, offset, size);
            add_segment(w, from, offset, size);
        }
        from = border;
    }
    return true;
}

static bool put_content(writer *w)
{
    uint32_t at = w->image->address;
    uint32_t end = at + (uint32_t)w->image->size;
    size_t pieces = w->elf.pieces_count;
    for (size_t i = 0; i < pieces; i++) {
        const hf_elf_piece *piece = &w->elf.pieces[i];
        assert(piece->address >= at && piece->size <= end - piece->address); // the image was made from this file
        if (!add_range(w, at, piece->address)) {
            return false;
        }
        memcpy(w->file + piece->offset, w->image->bytes + (piece->address - w->image->address), piece->size);
        at = piece->address + piece->size;
    }
    return add_range(w, at, end);
}

// Appends the old table of section names with ours behind it.
static bool put_names(writer *w)
{
    static const char names[] = "\0.hf_image\0.hf_fill\0.hf_trailer";
    Elf32_Shdr *table = &w->elf.sections[w->elf.header.e_shstrndx];
    uint8_t *old = malloc(table->sh_size + 1);
    if (old == NULL) {
        return false;
    }
    memcpy(old, w->file + table->sh_offset, table->sh_size);
    uint32_t offset = append(w, old, table->sh_size, 0);
    free(old);
    if (offset == 0 || !grow(w, sizeof names)) {
        return false;
    }
    memcpy(w->file + w->size, names, sizeof names);
    w->size += sizeof names;
    w->text_name = table->sh_size + 1;
    w->fill_name = w->text_name + sizeof ".hf_image";
    w->trailer_name = w->fill_name + sizeof ".hf_fill";
    table->sh_offset = offset;
    table->sh_size += sizeof names;
    return true;
}

static void translate(void *target, const void *source, size_t size, Elf_Type type)
{
    Elf_Data from = {.d_buf = (void *)(uintptr_t)source, .d_type = type, .d_size = size, .d_version = EV_CURRENT};
    Elf_Data to = {.d_buf = target, .d_type = type, .d_size = size, .d_version = EV_CURRENT};
    elf32_xlatetof(&to, &from, ELFDATA2LSB);
}

static uint32_t append_table(writer *w, const void *table, size_t size, Elf_Type type)
{
    uint32_t offset = append(w, table, size, 0);
    if (offset != 0) {
        translate(w->file + offset, table, size, type);
    }
    return offset;
}

static bool put_headers(writer *w)
{
    Elf32_Ehdr *header = &w->elf.header;
    header->e_phoff = append_table(w, w->elf.segments, w->elf.segments_count * sizeof(Elf32_Phdr), ELF_T_PHDR);
    header->e_shoff = append_table(w, w->elf.sections, w->elf.sections_count * sizeof(Elf32_Shdr), ELF_T_SHDR);
    header->e_phnum = (Elf32_Half)w->elf.segments_count;
    header->e_shnum = (Elf32_Half)w->elf.sections_count;
    header->e_phentsize = sizeof(Elf32_Phdr);
    header->e_shentsize = sizeof(Elf32_Shdr);
    translate(w->file, header, sizeof *header, ELF_T_EHDR);
    return header->e_phoff != 0 && header->e_shoff != 0;
}

// A file with nothing in it: ELF header, the empty section 0 and a table of names.
static bool start_empty(writer *w)
{
    w->elf.header = (Elf32_Ehdr){
        .e_ident = {0x7F, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_ARM,
        .e_version = EV_CURRENT,
        .e_entry = w->image->size >= 8 ? hf_get32(w->image->bytes + HF_IMAGE_OFFSET_RESET) : 0,
        .e_flags = EF_ARM_EABI_VER5,
        .e_ehsize = sizeof(Elf32_Ehdr),
        .e_shstrndx = 1,
    };
    static const char own_name[] = "\0.shstrtab";
    w->elf.segments = calloc(1, sizeof *w->elf.segments);
    w->elf.sections = calloc(2, sizeof *w->elf.sections);
    if (w->elf.segments == NULL || w->elf.sections == NULL || !grow(w, sizeof(Elf32_Ehdr))) {
        return false;
    }
    memset(w->file, 0, sizeof(Elf32_Ehdr));
    w->size = sizeof(Elf32_Ehdr);
    w->elf.sections_count = 2;
    w->elf.sections[1] = (Elf32_Shdr){.sh_name = 1, .sh_type = SHT_STRTAB, .sh_addralign = 1};
    w->elf.sections[1].sh_offset = append(w, own_name, sizeof own_name, 0);
    w->elf.sections[1].sh_size = sizeof own_name;
    return w->elf.sections[1].sh_offset != 0;
}

static hf_error start_over(writer *w, hf_problem *problem)
{
    hf_error error = hf_elf_open(&w->elf, w->image->elf, w->image->elf_size, "the ELF file", problem);
    if (error) {
        return error;
    }
    uint32_t names = w->elf.header.e_shstrndx;
    bool named = names > 0 && names < w->elf.sections_count && w->elf.sections[names].sh_type == SHT_STRTAB &&
                 (w->elf.sections[names].sh_flags & SHF_ALLOC) == 0;
    if (!named) { // stripped of its sections: there is nothing to keep
        hf_elf_close(&w->elf);
        return start_empty(w) ? HF_OK : hf_fail(problem, HF_E_MEMORY, "no memory to encode an ELF file");
    }
    if (!grow(w, w->image->elf_size)) {
        return hf_fail(problem, HF_E_MEMORY, "no memory to encode an ELF file");
    }
    memcpy(w->file, w->image->elf, w->image->elf_size);
    w->size = w->image->elf_size;
    return HF_OK;
}

// Each gap can be cut by each segment's border, and once by the trailer: that many headers may come on top.
static bool make_room(hf_elf *elf)
{
    size_t more = elf->pieces_count + 2 * elf->segments_count + 3;
    Elf32_Phdr *segments = realloc(elf->segments, (elf->segments_count + more) * sizeof *segments);
    if (segments == NULL) {
        return false;
    }
    elf->segments = segments;
    Elf32_Shdr *sections = realloc(elf->sections, (elf->sections_count + more) * sizeof *sections);
    if (sections == NULL) {
        return false;
    }
    elf->sections = sections;
    return true;
}

// Does the file hold the image? Sections or segments that share bytes of the old file can make it hold something else.
static hf_error read_back(const writer *w, hf_problem *problem)
{
    hf_image again = {0};
    hf_error error = hf_elf_read(&again, w->file, w->size, "the new ELF file", problem);
    if (!error && (again.address != w->image->address || again.size != w->image->size ||
                   memcmp(again.bytes, w->image->bytes, again.size) != 0)) {
        error = hf_fail(problem, HF_E_MALFORMED, "parts of the ELF file share bytes and cannot be changed one by one");
    }
    hf_image_free(&again);
    return error;
}

hf_error hf_elf_write(const hf_image *image, uint8_t **file, size_t *size, hf_problem *problem)
{
    writer w = {.image = image, .trailer = trailer_address(image)};
    hf_error error = HF_OK;
    if (image->elf != NULL) {
        error = start_over(&w, problem);
    } else if (!start_empty(&w)) {
        error = hf_fail(problem, HF_E_MEMORY, "no memory to encode an ELF file");
    }
    if (!error && !(make_room(&w.elf) && put_names(&w) && put_content(&w) && put_headers(&w))) {
        error = hf_fail(problem, HF_E_MEMORY, "no memory to encode an ELF file");
    }
    if (!error) {
        error = read_back(&w, problem);
    }
    hf_elf_close(&w.elf);
    if (error) {
        free(w.file);
        return error;
    }
    *file = w.file;
    *size = w.size;
    return HF_OK;
}
