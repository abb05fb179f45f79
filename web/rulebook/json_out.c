// SPDX-License-Identifier: MIT
// Writes texts as JSON members.
#include "json_out.h"

static void put_quoted(FILE *out, unsigned char c)
{
    if (c == '"' || c == '\\') {
        fprintf(out, "\\%c", c);
    } else if (c < 0x20) {
        fprintf(out, "\\u%04x", c);
    } else {
        fputc(c, out);
    }
}

void json_out_member(FILE *out, const char *name, const char *text)
{
    fprintf(out, ",\"%s\":\"", name);
    for (const char *c = text; *c != '\0'; c++) {
        put_quoted(out, (unsigned char)*c);
    }
    fputc('"', out);
}
