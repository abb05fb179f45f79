// SPDX-License-Identifier: MIT
// Writes what the firmware build needs into a folder, touching only files whose content changes.
#define _POSIX_C_SOURCE 200809L
#include "emit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"

#define PATH_ROOM 4096

static const struct {
    const char *name;
    void (*print)(const hf_board *board, FILE *out);
} outputs[] = {
    {"board.h", hf_emit_header},
    {"boot.ld", hf_emit_boot_linker},
    {"app.ld", hf_emit_app_linker},
    {"board.cmake", hf_emit_cmake},
};

size_t hf_output_count(void)
{
    return sizeof outputs / sizeof outputs[0];
}

const char *hf_output_name(size_t nth)
{
    return outputs[nth].name;
}

void hf_output_print(const hf_board *board, size_t nth, FILE *out)
{
    outputs[nth].print(board, out);
}

static hf_layout_status output_failed(const char *path, hf_complaint *why)
{
    hf_complain(why, path, "", strerror(errno == 0 ? EIO : errno),
                "name a folder that you may write to");
    return HF_LAYOUT_OUTPUT;
}

// Makes the folder and those above it.
static bool make_folder(const char *folder)
{
    char path[PATH_ROOM];
    if (folder[0] == '\0' || strlen(folder) >= sizeof path) {
        errno = folder[0] == '\0' ? ENOENT : ENAMETOOLONG;
        return false;
    }
    strcpy(path, folder);
    for (char *at = path + 1; *at != '\0'; at++) {
        if (*at != '/') {
            continue;
        }
        *at = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST) {
            return false;
        }
        *at = '/';
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

static bool holds_already(const char *path, const char *text, size_t size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    size_t at = 0;
    int c = fgetc(file);
    while (at < size && c == (unsigned char)text[at]) {
        at++;
        c = fgetc(file);
    }
    fclose(file);
    return at == size && c == EOF;
}

static bool write_whole(const char *path, const char *text, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        return false;
    }
    bool written = fwrite(text, 1, size, file) == size;
    return fclose(file) == 0 && written;
}

// Beside its place first, then renamed: a build never sees half a file.
static bool replace(const char *path, const char *text, size_t size)
{
    char temporary[PATH_ROOM + 32];
    snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
    if (write_whole(temporary, text, size) && rename(temporary, path) == 0) {
        return true;
    }
    int reason = errno;
    remove(temporary);
    errno = reason;
    return false;
}

static hf_layout_status emit_one(const hf_board *board, const char *folder, size_t nth,
                                 hf_complaint *why)
{
    char path[PATH_ROOM];
    char *text = NULL;
    size_t size = 0;
    int length = snprintf(path, sizeof path, "%s/%s", folder, outputs[nth].name);
    FILE *memory = length < (int)sizeof path ? open_memstream(&text, &size) : NULL;
    if (memory == NULL) {
        return output_failed(folder, why);
    }
    outputs[nth].print(board, memory);
    bool good =
        fclose(memory) == 0 && (holds_already(path, text, size) || replace(path, text, size));
    free(text);
    return good ? HF_LAYOUT_OK : output_failed(path, why);
}

hf_layout_status hf_board_emit(const hf_board *board, const char *folder, hf_complaint *why)
{
    if (hf_board_enciphers(board) && !board->has_transit_key) {
        hf_complain(why, board->path, "transit_key", "there is no such file with 64 hexadecimal digits, seen from the board file's folder",
                    "name the key's file; holdfast keygen --transit makes one");
        return HF_LAYOUT_UNREADABLE;
    }
    errno = 0;
    if (!make_folder(folder)) {
        return output_failed(folder, why);
    }
    for (size_t i = 0; i < hf_output_count(); i++) {
        hf_layout_status status = emit_one(board, folder, i, why);
        if (status != HF_LAYOUT_OK) {
            return status;
        }
    }
    return HF_LAYOUT_OK;
}
