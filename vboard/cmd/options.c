// SPDX-License-Identifier: MIT
// Options from one table, for the parser and for the help.
#include <string.h>

#include "cmd.h"

#define HELP_COLUMN 28

static const option_row *find(const option_row *rows, const char *name, size_t length)
{
    for (; rows->name != NULL; rows++) {
        if (strlen(rows->name) == length && memcmp(rows->name, name, length) == 0) {
            return rows;
        }
    }
    return NULL;
}

static int word(const char *text, const char **value)
{
    *value = text;
    return OPTION_WORD;
}

static int option(option_reader *reader, const char *name, const char **value)
{
    const char *equals = strchr(name, '=');
    size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const option_row *row = find(reader->rows, name, length);
    if (row == NULL) {
        complain("there is no option --%.*s; --help lists them", (int)length, name);
        return OPTION_WRONG;
    }
    if (row->argument == NULL) {
        if (equals != NULL) {
            complain("--%s takes no value", row->name);
            return OPTION_WRONG;
        }
        return row->id;
    }
    if (equals == NULL && reader->next == reader->end) {
        complain("--%s needs a value: --%s %s", row->name, row->name, row->argument);
        return OPTION_WRONG;
    }
    *value = equals != NULL ? equals + 1 : *reader->next++;
    return row->id;
}

int option_next(option_reader *reader, const char **value)
{
    if (reader->next == reader->end) {
        return OPTION_END;
    }
    const char *text = *reader->next++;
    if (reader->words_only || text[0] != '-' || text[1] == '\0') {
        return word(text, value);
    }
    if (strcmp(text, "--") == 0) {
        reader->words_only = true;
        return option_next(reader, value);
    }
    if (strcmp(text, "-h") == 0) {
        text = "--help";
    }
    if (text[1] != '-') {
        complain("there is no option %s; options are written with two dashes, --help lists them",
                 text);
        return OPTION_WRONG;
    }
    return option(reader, text + 2, value);
}

// A help text may have several lines; each goes into the right-hand column.
static void print_help(const char *help, FILE *out)
{
    for (const char *end; (end = strchr(help, '\n')) != NULL; help = end + 1) {
        fprintf(out, "%.*s\n%*s", (int)(end - help), help, HELP_COLUMN, "");
    }
    fprintf(out, "%s\n", help);
}

void option_help(const option_row *rows, FILE *out)
{
    for (; rows->name != NULL; rows++) {
        int width =
            fprintf(out, "  --%s %s", rows->name, rows->argument != NULL ? rows->argument : "");
        if (width >= HELP_COLUMN) {
            fputc('\n', out);
            width = 0;
        }
        fprintf(out, "%*s", HELP_COLUMN - width, "");
        print_help(rows->help, out);
    }
}
