// SPDX-License-Identifier: MIT
// Reads the register headers as text. They are plain: one #define per line, members as "volatile
// uint32_t A, B[2];".
#include "header_names.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

typedef struct reader {
    const char *header;
    char structure[64]; // the struct whose members are being read; "" outside
    void (*visit)(const char *header, const char *name);
} reader;

static size_t word_length(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) || text[length] == '_') {
        length++;
    }
    return length;
}

static void read_define(const reader *it, const char *text)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)word_length(text), text);
    if (strncmp(name, "HF_REGS_", 8) != 0) { // include guards
        it->visit(it->header, name);
    }
}

static void read_members(const reader *it, const char *text)
{
    while (*text != '\0' && *text != ';') {
        size_t length = word_length(text);
        if (length > 0 && !isdigit((unsigned char)*text) && strncmp(text, "reserved", 8) != 0) {
            char name[160];
            snprintf(name, sizeof name, "%s.%.*s", it->structure, (int)length, text);
            it->visit(it->header, name);
        }
        text += length > 0 ? length : 1;
    }
}

static void read_line(reader *it, const char *line)
{
    static const char define[] = "#define ", structure[] = "struct ",
                      member[] = "    volatile uint32_t ";
    if (strncmp(line, define, sizeof define - 1) == 0) {
        read_define(it, line + sizeof define - 1);
    } else if (strncmp(line, structure, sizeof structure - 1) == 0) {
        const char *name = line + sizeof structure - 1;
        snprintf(it->structure, sizeof it->structure, "%.*s", (int)word_length(name), name);
    } else if (strncmp(line, member, sizeof member - 1) == 0) {
        read_members(it, line + sizeof member - 1);
    }
}

static void read_header(const char *path, void (*visit)(const char *header, const char *name))
{
    reader it = {.header = strrchr(path, '/') + 1, .visit = visit};
    FILE *file = fopen(path, "r");
    char line[256];
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        read_line(&it, line);
    }
    if (file != NULL) {
        fclose(file);
    }
}

bool header_names(const char *folder, void (*visit)(const char *header, const char *name))
{
    char pattern[512];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/*.h", folder);
    if (glob(pattern, 0, NULL, &found) != 0) {
        return false;
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        read_header(found.gl_pathv[i], visit);
    }
    globfree(&found);
    return true;
}
