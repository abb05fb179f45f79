// SPDX-License-Identifier: MIT
// holdfast: chooses the command and runs it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "hf_image.h"

static void print_version(void)
{
    printf("holdfast %s (image format %u)\n", HF_PROJECT_VERSION, HF_IMAGE_FORMAT);
}

static bool wants_color(void)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDERR_FILENO) && (no_color == NULL || no_color[0] == '\0');
}

static int run_command(cli *context, int argc, char **argv)
{
    hf_problem problem;
    hf_error error = cli_parse(context, argc, argv, &problem);
    if (context->counts[OPT_HELP] > 0) {
        cli_help(context->command);
        return 0;
    }
    return error ? cli_fail(context, &problem) : context->command->run(context);
}

int main(int argc, char **argv)
{
    cli context = {.color = wants_color()};
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        cli_help_all();
        return 0;
    }
    if (strcmp(name, "--version") == 0) {
        print_version();
        return 0;
    }
    context.command = cli_find_command(name);
    if (context.command == NULL) {
        hf_problem problem;
        hf_fail(&problem, HF_E_USAGE, argc > 1 ? "there is no command '%s'" : "%sno command was given", name);
        return cli_fail(&context, &problem);
    }
    return run_command(&context, argc - 1, argv + 1);
}
