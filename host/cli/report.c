// SPDX-License-Identifier: MIT
// Problems and JSON on their way out.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define REPLACEMENT "\xEF\xBF\xBD" // U+FFFD

// Bytes of the character at text, 0 when it is none.
static size_t character(const char *text)
{
    unsigned char lead = (unsigned char)text[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    json_t *valid = strnlen(text, size) == size ? json_stringn(text, size) : NULL; // Jansson knows UTF-8
    json_decref(valid);
    return valid == NULL ? 0 : size;
}

json_t *cli_json_text(const char *text)
{
    json_t *whole = json_string(text);
    char *mended = whole != NULL ? NULL : malloc(strlen(text) * (sizeof REPLACEMENT - 1) + 1);
    if (mended == NULL) {
        return whole;
    }
    char *to = mended;
    while (*text != '\0') {
        size_t size = character(text);
        const char *from = size > 0 ? text : REPLACEMENT;
        size_t bytes = size > 0 ? size : sizeof REPLACEMENT - 1;
        memcpy(to, from, bytes);
        to += bytes;
        text += size > 0 ? size : 1;
    }
    whole = json_stringn(mended, (size_t)(to - mended));
    free(mended);
    return whole;
}

void cli_print_json(json_t *object)
{
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    json_decref(object);
}

int cli_fail(const cli *context, const hf_problem *problem)
{
    const hf_error_info *about = hf_error_about(problem->error);
    if (context->counts[OPT_JSON] > 0) {
        cli_print_json(json_pack("{s:s, s:b, s:i, s:s, s:o, s:s, s:s}", "event", "result", "ok", 0, "exit",
                                 about->exit_status, "code", about->code, "what", cli_json_text(problem->what), "cause",
                                 about->cause, "next", hf_problem_next(problem)));
    }
    const char *red = context->color ? "\033[31m" : "";
    const char *plain = context->color ? "\033[0m" : "";
    fprintf(stderr, "%sholdfast: %s: %s%s\n", red, about->code, problem->what, plain);
    fprintf(stderr, "  likely cause: %s\n", about->cause);
    fprintf(stderr, "  what to do:   %s\n", hf_problem_next(problem));
    return about->exit_status;
}
