// SPDX-License-Identifier: MIT
// Finding the marks, and writing the document anew.
#include "document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGIN "<!-- faults: from here to the next mark written by make faults -->\n"
#define END   "<!-- faults: end -->\n"
#define SIZE  262144u

static bool read_all(const char *path, char *text)
{
    FILE *file = fopen(path, "r");
    size_t size = file == NULL ? 0 : fread(text, 1, SIZE - 1, file);
    text[size] = '\0';
    return file != NULL && fclose(file) == 0 && size < SIZE - 1;
}

static bool write_all(const char *path, const char *head, size_t head_size, const char *text, const char *tail)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return false;
    }
    fwrite(head, 1, head_size, file);
    fprintf(file, "%s%s", text, tail);
    return fclose(file) == 0;
}

bool document_replace(const char *path, const char *text)
{
    char *whole = malloc(SIZE);
    bool good = whole != NULL && read_all(path, whole);
    const char *begin = good ? strstr(whole, BEGIN) : NULL, *end = begin == NULL ? NULL : strstr(begin, END);
    if (end != NULL) {
        begin += strlen(BEGIN);
        good = write_all(path, whole, (size_t)(begin - whole), text, end);
    }
    free(whole);
    return good && end != NULL;
}
