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

static int run(cli *context, int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        cli_help_all();
        return 0;
    }
    if (strcmp(name, "--version") == 0) {
        print_version();
        return 0;
    }
    context->command = cli_find_command(name);
    if (context->command == NULL) {
        hf_problem problem;
        hf_fail(&problem, HF_E_USAGE, argc > 1 ? "there is no command '%s'" : "%sno command was given", name);
        return cli_fail(context, &problem);
    }
    return run_command(context, argc - 1, argv + 1);
}

// Output that was asked for and got lost is a failure, whoever printed it. What was done to a device stays done: then the
// status tells that, and the loss is only said.
static int finish(const cli *context, int status)
{
    bool lost = fflush(stdout) != 0 || ferror(stdout) != 0;
    hf_problem problem;
    if (!lost || status != 0) {
        return status;
    }
    if (context->command != NULL && context->command->changes_device && context->counts[OPT_HELP] == 0) {
        fputs("holdfast: it succeeded, but standard output could not be written\n", stderr);
        return status;
    }
    hf_fail(&problem, HF_E_WRITE, "standard output could not be written");
    return cli_fail(context, &problem);
}

int main(int argc, char **argv)
{
    cli context = {.color = wants_color()};
    return finish(&context, run(&context, argc, argv));
}
