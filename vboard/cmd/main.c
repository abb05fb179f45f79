// SPDX-License-Identifier: MIT
// `vboard`: a virtual STM32 board on the command line.
#include <string.h>

#include "cmd.h"

typedef struct sub_command {
    const char *name, *summary;
    int (*run)(int argc, char **argv); // argv[0] is the sub-command's name
} sub_command;

static const sub_command commands[] = {
    {"run", "runs a board with real firmware, its UARTs connected to this machine", cmd_run},
    {"ctl", "tells a running board what to do: button, reset, power, pins, ...", cmd_ctl},
    {"wave", "draws an LED trace and measures its periods", cmd_wave},
    {NULL, NULL, NULL},
};

static void help(FILE *out)
{
    fputs("vboard: a virtual STM32 board that runs the binary of the real chip\n\nusage:\n", out);
    for (const sub_command *command = commands; command->name != NULL; command++) {
        fprintf(out, "  vboard %-5s %s\n", command->name, command->summary);
    }
    fputs("\nvboard COMMAND --help explains a command; vboard --version tells the version.\n"
          "\nexit codes: 0 done; 1 an expectation did not come true, or a bug of vboard; 2 wrong "
          "usage;\n"
          "3 a file, socket or terminal could not be used; 4 the guest misbehaved\n",
          out);
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        help(stderr);
        return CMD_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        help(stdout);
        return CMD_OK;
    }
    if (strcmp(word, "--version") == 0) {
        puts("vboard " VB_VERSION);
        return CMD_OK;
    }
    for (const sub_command *command = commands; command->name != NULL; command++) {
        if (strcmp(word, command->name) == 0) {
            return command->run(argc - 1, argv + 1);
        }
    }
    complain("there is no command '%s'; vboard --help lists them", word);
    return CMD_USAGE;
}

// Output that was asked for and got lost is a failure, whoever printed it.
int main(int argc, char **argv)
{
    int status = run(argc, argv);
    bool lost = fflush(stdout) != 0 || ferror(stdout) != 0;
    if (!lost || status != CMD_OK) {
        return status;
    }
    complain("standard output could not be written");
    return CMD_FILE;
}
