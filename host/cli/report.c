// SPDX-License-Identifier: MIT
// Problems and JSON on their way out.
#include <stdio.h>

#include "cli.h"

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
        cli_print_json(json_pack("{s:s, s:b, s:i, s:s, s:s, s:s, s:s}", "event", "result", "ok", 0, "exit",
                                 about->exit_status, "code", about->code, "what", problem->what, "cause",
                                 about->cause, "next", about->next));
    }
    const char *red = context->color ? "\033[31m" : "";
    const char *plain = context->color ? "\033[0m" : "";
    fprintf(stderr, "%sholdfast: %s: %s%s\n", red, about->code, problem->what, plain);
    fprintf(stderr, "  likely cause: %s\n", about->cause);
    fprintf(stderr, "  what to do:   %s\n", about->next);
    return about->exit_status;
}
