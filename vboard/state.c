// SPDX-License-Identifier: MIT
// The state file: what the chip keeps without power.
//
// "HFVBOARD", then sections: a name and a size (little-endian), the bytes, padding to 4. The first section is "chip" with
// the chip's name, then "array" with the flash's content, then one for each device that has something to keep. The last is "end" with the CRC-32
// of everything before it.
#include "core.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static const char magic[8] = {'H', 'F', 'V', 'B', 'O', 'A', 'R', 'D'};

typedef struct section_head {
    char name[HF_NAME_MAX];
    uint32_t size;
} section_head;

typedef struct writer {
    uint8_t *bytes;
    size_t size;
} writer;

static size_t padded(size_t size)
{
    return (size + 3) & ~(size_t)3;
}

// Room for a section; bytes NULL when memory is out.
static uint8_t *add_section(writer *out, const char *name, size_t size)
{
    size_t whole = sizeof(section_head) + padded(size);
    uint8_t *bytes = realloc(out->bytes, out->size + whole);
    if (bytes == NULL) {
        return NULL;
    }
    section_head head = {.size = (uint32_t)size};
    snprintf(head.name, sizeof head.name, "%s", name);
    memset(bytes + out->size, 0, whole);
    memcpy(bytes + out->size, &head, sizeof head);
    out->bytes = bytes;
    out->size += whole;
    return bytes + out->size - padded(size);
}

static bool put_section(writer *out, const char *name, const void *content, size_t size)
{
    uint8_t *place = add_section(out, name, size);
    if (place != NULL) {
        memcpy(place, content, size);
    }
    return place != NULL;
}

static bool put_devices(vb_board *board, writer *out)
{
    for (size_t i = 0; i < board->devices_count; i++) {
        vb_device *device = &board->devices[i].device;
        if (device->model->save == NULL) {
            continue;
        }
        uint8_t *place = add_section(out, device->info->name, device->model->save(device, NULL));
        if (place == NULL) {
            return false;
        }
        device->model->save(device, place);
    }
    return true;
}

static bool put_everything(vb_board *board, writer *out)
{
    const hf_chip *chip = &board->description.chip;
    out->bytes = malloc(sizeof magic);
    if (out->bytes == NULL) {
        return false;
    }
    memcpy(out->bytes, magic, sizeof magic);
    out->size = sizeof magic;
    if (!put_section(out, "chip", chip->name, strlen(chip->name)) ||
        !put_section(out, "array", board->flash, chip->flash.size) || !put_devices(board, out)) {
        return false;
    }
    uint32_t crc = (uint32_t)crc32(0, out->bytes, (uInt)out->size);
    return put_section(out, "end", &crc, sizeof crc);
}

// Beside the file and then in its place: a reader sees the old or the new one, never half of it.
static vb_status replace_file(vb_board *board, const char *path, const writer *out)
{
    char beside[4096];
    snprintf(beside, sizeof beside, "%s.%ld.new", path, (long)getpid());
    FILE *file = fopen(beside, "wb");
    if (file == NULL) {
        return core_fail(board, VB_E_FILE, "%s: %s", beside, strerror(errno));
    }
    bool written = fwrite(out->bytes, 1, out->size, file) == out->size;
    written = fclose(file) == 0 && written;
    if (!written || rename(beside, path) != 0) {
        int reason = errno;
        remove(beside);
        return core_fail(board, VB_E_FILE, "%s: %s", path, strerror(reason));
    }
    return VB_OK;
}

vb_status vb_state_save(vb_board *board, const char *path)
{
    writer out = {0};
    vb_status status = put_everything(board, &out) ? replace_file(board, path, &out)
                                                   : core_fail(board, VB_E_ENGINE, "out of memory");
    free(out.bytes);
    return status;
}

// -- from board to board ----------------------------------------------------------------------------------------------

static bool copy_device(vb_device *to, vb_device *from)
{
    if (from->model->save == NULL) {
        return true;
    }
    size_t size = from->model->save(from, NULL);
    uint8_t *content = malloc(size + 1);
    bool done = content != NULL && from->model->save(from, content) == size && to->model->load(to, content, size);
    free(content);
    return done;
}

vb_status vb_state_copy(vb_board *to, const vb_board *from)
{
    const hf_chip *chip = &from->description.chip;
    if (strcmp(to->description.chip.name, chip->name) != 0) {
        return core_fail(to, VB_E_FORMAT, "the state of another chip: %s", chip->name);
    }
    vb_write(to, chip->flash.address, from->flash, chip->flash.size);
    for (size_t i = 0; i < from->devices_count; i++) {
        if (!copy_device(&to->devices[i].device, &from->devices[i].device)) {
            return core_fail(to, VB_E_ENGINE, "%s: its state could not be copied", chip->peripherals[i].name);
        }
    }
    to->backup_lost = from->backup_lost;
    return VB_OK;
}

// -- reading ----------------------------------------------------------------------------------------------------------

typedef struct reader {
    const uint8_t *bytes;
    size_t size, at;
} reader;

static const uint8_t *next_section(reader *in, section_head *head)
{
    if (in->size - in->at < sizeof *head) {
        return NULL;
    }
    memcpy(head, in->bytes + in->at, sizeof *head);
    head->name[sizeof head->name - 1] = '\0';
    size_t content = in->at + sizeof *head;
    if (head->size > in->size || padded(head->size) > in->size - content) {
        return NULL;
    }
    in->at = content + padded(head->size);
    return in->bytes + content;
}

// The whole file must be sound before any of it counts.
static bool is_sound(const reader *whole)
{
    reader in = *whole;
    section_head head;
    if (in.size < sizeof magic || memcmp(in.bytes, magic, sizeof magic) != 0) {
        return false;
    }
    for (;;) {
        size_t before = in.at;
        const uint8_t *content = next_section(&in, &head);
        if (content == NULL) {
            return false;
        }
        if (strcmp(head.name, "end") == 0) {
            uint32_t crc;
            if (head.size != sizeof crc) {
                return false;
            }
            memcpy(&crc, content, sizeof crc);
            return crc == (uint32_t)crc32(0, in.bytes, (uInt)before);
        }
    }
}

static bool is_of(const vb_board *board, const uint8_t *content, const section_head *head)
{
    const char *name = board->description.chip.name;
    return strcmp(head->name, "chip") == 0 && head->size == strlen(name) && memcmp(content, name, head->size) == 0;
}

static bool take_section(vb_board *board, const section_head *head, const uint8_t *content)
{
    const hf_flash *flash = &board->description.chip.flash;
    if (strcmp(head->name, "array") == 0) {
        return head->size == flash->size && vb_write(board, flash->address, content, head->size) == VB_OK;
    }
    vb_device *device = vb_device_named(board, head->name);
    return device != NULL && device->model->load != NULL && device->model->load(device, content, head->size);
}

static vb_status take_everything(vb_board *board, const char *path, reader *in)
{
    section_head head;
    if (!is_sound(in)) {
        return core_fail(board, VB_E_FORMAT, "%s is not a state file of vboard, or damaged", path);
    }
    const uint8_t *content = next_section(in, &head);
    if (!is_of(board, content, &head)) {
        return core_fail(board, VB_E_FORMAT, "%s holds the state of another chip than %s", path,
                         board->description.chip.name);
    }
    while ((content = next_section(in, &head)) != NULL && strcmp(head.name, "end") != 0) {
        if (!take_section(board, &head, content)) {
            return core_fail(board, VB_E_FORMAT, "%s: this board cannot take over the section \"%s\"", path, head.name);
        }
    }
    return VB_OK;
}

vb_status vb_state_load(vb_board *board, const char *path)
{
    uint8_t *file;
    reader in = {.at = sizeof magic};
    vb_status status = core_read_file(board, path, &file, &in.size);
    if (status != VB_OK) {
        return status;
    }
    in.bytes = file;
    status = take_everything(board, path, &in);
    board->backup_lost &= status != VB_OK;
    free(file);
    return status;
}
