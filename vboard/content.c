// SPDX-License-Identifier: MIT
// What a debugger writes and reads: programs from files, bytes of memory.
#include "core.h"
#include "elf_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Flash or RAM at address, and how many bytes of it follow.
static uint8_t *debugger_view(const vb_board *board, uint32_t address, size_t *room)
{
    const hf_flash *flash = &board->description.chip.flash;
    address = core_canonical(board, address);
    if (address - flash->address < flash->size) {
        *room = flash->size - (address - flash->address);
        return board->flash + (address - flash->address);
    }
    for (size_t i = 0; i < board->memories_count; i++) {
        const hf_region *region = board->memories[i].region;
        if (address - region->address < region->size && core_memory_at(board, address, 1, true) != NULL) {
            *room = region->size - (address - region->address);
            return board->memories[i].bytes + (address - region->address);
        }
    }
    return NULL;
}

static vb_status check_range(const vb_board *board, uint32_t address, size_t size)
{
    while (size > 0) {
        size_t room = 0;
        if (debugger_view(board, address, &room) == NULL) {
            return core_fail((vb_board *)board, VB_E_ADDRESS, "there is neither flash nor RAM at 0x%08X",
                             (unsigned)address);
        }
        size_t part = size < room ? size : room;
        address += (uint32_t)part;
        size -= part;
    }
    return VB_OK;
}

vb_status vb_write(vb_board *board, uint32_t address, const void *bytes, size_t size)
{
    vb_status status = check_range(board, address, size);
    const uint8_t *from = bytes;
    while (status == VB_OK && size > 0) {
        size_t room = 0;
        uint8_t *to = debugger_view(board, address, &room);
        size_t part = size < room ? size : room;
        memcpy(to, from, part);
        engine_changed(board->engine, to, (uint32_t)part);
        from += part;
        address += (uint32_t)part;
        size -= part;
    }
    return status;
}

vb_status vb_read(const vb_board *board, uint32_t address, void *bytes, size_t size)
{
    vb_status status = check_range(board, address, size);
    uint8_t *to = bytes;
    while (status == VB_OK && size > 0) {
        size_t room = 0;
        const uint8_t *from = debugger_view(board, address, &room);
        size_t part = size < room ? size : room;
        memcpy(to, from, part);
        to += part;
        address += (uint32_t)part;
        size -= part;
    }
    return status;
}

vb_status core_read_file(vb_board *board, const char *path, uint8_t **bytes, size_t *size)
{
    FILE *file = fopen(path, "rb");
    *bytes = NULL;
    if (file == NULL) {
        return core_fail(board, VB_E_FILE, "%s: %s", path, strerror(errno));
    }
    long end = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    rewind(file);
    *size = end > 0 ? (size_t)end : 0;
    *bytes = malloc(*size + 1);
    bool read = end >= 0 && *bytes != NULL && fread(*bytes, 1, *size, file) == *size;
    fclose(file);
    if (!read) {
        free(*bytes);
        *bytes = NULL;
        return core_fail(board, VB_E_FILE, "%s cannot be read", path);
    }
    return VB_OK;
}

static vb_status load_pieces(vb_board *board, const char *path, const hf_elf *elf, const uint8_t *file)
{
    for (size_t i = 0; i < elf->pieces_count; i++) {
        const hf_elf_piece *piece = &elf->pieces[i];
        vb_status status = vb_write(board, piece->address, file + piece->offset, piece->size);
        if (status != VB_OK) {
            return core_fail(board, status, "%s: %u bytes are for 0x%08X, where the chip has neither flash nor RAM", path,
                             (unsigned)piece->size, (unsigned)piece->address);
        }
    }
    return VB_OK;
}

vb_status vb_load_elf(vb_board *board, const char *path)
{
    uint8_t *file;
    size_t size;
    hf_elf elf;
    hf_problem problem = {0};
    vb_status status = core_read_file(board, path, &file, &size);
    if (status != VB_OK) {
        return status;
    }
    if (hf_elf_open(&elf, file, size, path, &problem) != HF_OK) {
        free(file);
        return core_fail(board, VB_E_FORMAT, "%s", problem.what);
    }
    status = load_pieces(board, path, &elf, file);
    hf_elf_close(&elf);
    free(file);
    return status;
}

vb_status vb_load_bin(vb_board *board, const char *path, uint32_t address)
{
    uint8_t *file;
    size_t size;
    vb_status status = core_read_file(board, path, &file, &size);
    if (status == VB_OK && vb_write(board, address, file, size) != VB_OK) {
        status = core_fail(board, VB_E_ADDRESS, "%s: %zu bytes do not fit at 0x%08X", path, size, (unsigned)address);
    }
    free(file);
    return status;
}
