// SPDX-License-Identifier: MIT
// Files in and out of an image: recognising formats, reading whole files, writing them all or nothing.
#include "image_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chunks.h"

static const struct {
    const char *extension;
    hf_file_format format;
} extensions[] = {
    {"elf", HF_FORMAT_ELF}, {"axf", HF_FORMAT_ELF},  {"out", HF_FORMAT_ELF}, {"hex", HF_FORMAT_HEX},
    {"ihex", HF_FORMAT_HEX}, {"ihx", HF_FORMAT_HEX}, {"bin", HF_FORMAT_BIN},
    {"dfu", HF_FORMAT_DFU},
};

hf_file_format hf_format_by_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *extension = dot ? dot + 1 : name;
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        if (strcasecmp(extension, extensions[i].extension) == 0) {
            return extensions[i].format;
        }
    }
    return HF_FORMAT_UNKNOWN;
}

const char *hf_format_name(hf_file_format format)
{
    static const char *const names[] = {"unknown", "elf", "hex", "bin", "dfu"};
    return names[format];
}

// HEX is text: the first record must look like one, so that a BIN that happens to start with 0x3A is not taken for it.
static hf_file_format format_of(const uint8_t *file, size_t size)
{
    if (size >= 4 && memcmp(file, "\x7F" "ELF", 4) == 0) {
        return HF_FORMAT_ELF;
    }
    if (hf_dfuse_is(file, size)) {
        return HF_FORMAT_DFU;
    }
    size_t at = 0;
    while (at < size && (file[at] == '\r' || file[at] == '\n')) {
        at++;
    }
    if (size - at < 11 || file[at] != ':') {
        return HF_FORMAT_BIN;
    }
    for (size_t i = 1; i < 11; i++) {
        if (strchr("0123456789abcdefABCDEF", file[at + i]) == NULL || file[at + i] == '\0') {
            return HF_FORMAT_BIN;
        }
    }
    return HF_FORMAT_HEX;
}

static hf_error copy_of(uint8_t **copy, const void *bytes, size_t size, hf_problem *problem)
{
    *copy = malloc(size);
    if (*copy == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "no memory for %zu bytes", size);
    }
    memcpy(*copy, bytes, size);
    return HF_OK;
}

static hf_error read_bin(hf_image *image, const uint8_t *file, size_t size, const char *name, hf_problem *problem)
{
    if (size > HF_IMAGE_MAX_SPAN) {
        return hf_fail(problem, HF_E_SPREAD, "%s has %zu bytes: too large for a firmware image", name, size);
    }
    image->size = size;
    return copy_of(&image->bytes, file, size, problem);
}

hf_error hf_image_parse(hf_image *image, const void *file, size_t size, const char *name, hf_problem *problem)
{
    *image = (hf_image){0};
    if (size == 0) {
        return hf_fail(problem, HF_E_EMPTY, "%s is empty", name);
    }
    image->format = format_of(file, size);
    hf_error error;
    switch (image->format) {
    case HF_FORMAT_ELF:
        error = hf_elf_read(image, file, size, name, problem);
        if (!error) {
            image->elf_size = size;
            error = copy_of(&image->elf, file, size, problem);
        }
        break;
    case HF_FORMAT_HEX:
        error = hf_hex_read(image, file, size, name, problem);
        break;
    case HF_FORMAT_DFU:
        error = hf_dfuse_read(image, file, size, name, problem);
        break;
    default:
        error = read_bin(image, file, size, name, problem);
        break;
    }
    if (error) {
        hf_image_free(image);
    }
    return error;
}

// Reads to the end, whatever kind of file it is; size may be unknown before.
static hf_error read_all(FILE *in, uint8_t **bytes, size_t *size, const char *name, hf_problem *problem)
{
    size_t capacity = 0;
    *bytes = NULL;
    *size = 0;
    for (;;) {
        if (*size == capacity) {
            capacity = capacity ? capacity * 2 : 65536;
            uint8_t *larger = capacity <= HF_IMAGE_MAX_FILE ? realloc(*bytes, capacity) : NULL;
            if (larger == NULL) {
                return hf_fail(problem, HF_E_SPREAD, "%s is too large for firmware", name);
            }
            *bytes = larger;
        }
        size_t got = fread(*bytes + *size, 1, capacity - *size, in);
        *size += got;
        if (got == 0) {
            break;
        }
    }
    return ferror(in) ? hf_fail(problem, HF_E_READ, "cannot read %s: %s", name, strerror(errno)) : HF_OK;
}

hf_error hf_image_load(hf_image *image, const char *path, hf_problem *problem)
{
    *image = (hf_image){0};
    bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "standard input" : path;
    FILE *in = standard ? stdin : fopen(path, "rb");
    if (in == NULL) {
        return hf_fail(problem, HF_E_READ, "cannot open %s: %s", path, strerror(errno));
    }
    uint8_t *bytes;
    size_t size;
    hf_error error = read_all(in, &bytes, &size, name, problem);
    if (!standard) {
        fclose(in);
    }
    if (!error) {
        error = hf_image_parse(image, bytes, size, name, problem);
    }
    free(bytes);
    return error;
}

hf_error hf_image_encode(const hf_image *image, hf_file_format format, uint8_t **file, size_t *size,
                         hf_problem *problem)
{
    if (format == HF_FORMAT_BIN) {
        *size = image->size;
        return copy_of(file, image->bytes, image->size, problem);
    }
    if (format == HF_FORMAT_UNKNOWN || !image->has_address) {
        return hf_fail(problem, HF_E_USAGE, "cannot write format %s: %s", hf_format_name(format),
                       format == HF_FORMAT_UNKNOWN ? "name one of elf, hex, bin, dfu" : "the image has no address");
    }
    switch (format) {
    case HF_FORMAT_HEX: return hf_hex_write(image, file, size, problem);
    case HF_FORMAT_DFU: return hf_dfuse_write(image, file, size, problem);
    default: return hf_elf_write(image, file, size, problem);
    }
}

static bool write_all(FILE *out, const uint8_t *bytes, size_t size)
{
    bool written = fwrite(bytes, 1, size, out) == size;
    return fflush(out) == 0 && written;
}

// mkstemp makes files that only their owner reads; an output is an ordinary file.
static FILE *open_beside(char *temporary)
{
    int fd = mkstemp(temporary);
    if (fd < 0) {
        return NULL;
    }
    mode_t mask = umask(0);
    umask(mask);
    fchmod(fd, 0666 & ~mask);
    return fdopen(fd, "wb");
}

static hf_error write_file(const char *path, const uint8_t *bytes, size_t size, hf_problem *problem)
{
    if (strcmp(path, "-") == 0) {
        return write_all(stdout, bytes, size) ? HF_OK : hf_fail(problem, HF_E_WRITE, "cannot write standard output");
    }
    struct stat there;
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode)) { // a pipe or a device cannot be replaced by renaming
        FILE *out = fopen(path, "wb");
        bool written = out != NULL && write_all(out, bytes, size);
        int why = errno;
        if (out != NULL) {
            fclose(out);
        }
        return written ? HF_OK : hf_fail(problem, HF_E_WRITE, "cannot write %s: %s", path, strerror(why));
    }
    char *temporary = malloc(strlen(path) + 8);
    if (temporary == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "no memory to write %s", path);
    }
    strcpy(temporary, path);
    strcat(temporary, ".XXXXXX");
    FILE *out = open_beside(temporary);
    bool written = out != NULL && write_all(out, bytes, size);
    int why = errno;
    if (out != NULL && fclose(out) != 0) {
        written = false;
        why = errno;
    }
    if (written && rename(temporary, path) != 0) {
        written = false;
        why = errno;
    }
    if (!written) {
        hf_fail(problem, HF_E_WRITE, "cannot write %s: %s", path, strerror(why));
        if (out != NULL) {
            unlink(temporary);
        }
    }
    free(temporary);
    return written ? HF_OK : HF_E_WRITE;
}

hf_error hf_image_save(const hf_image *image, hf_file_format format, const char *path, hf_problem *problem)
{
    uint8_t *file = NULL;
    size_t size;
    hf_error error = hf_image_encode(image, format, &file, &size, problem);
    if (!error) {
        error = write_file(path, file, size, problem);
    }
    free(file);
    return error;
}

void hf_image_free(hf_image *image)
{
    free(image->bytes);
    free(image->elf);
    *image = (hf_image){0};
}
