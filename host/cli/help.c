// SPDX-License-Identifier: MIT
// Help texts, made from the tables.
#include <stdio.h>
#include <string.h>

#include "cli.h"

#define TEXT_COLUMNS 78

// Prints text with line breaks at words, indented; starts at column at.
static void print_wrapped(const char *text, int at, int indent)
{
    int column = at;
    while (*text != '\0') {
        int length = (int)strcspn(text, " \n");
        if (column > indent && column + 1 + length > TEXT_COLUMNS) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", length, text);
        column += length;
        text += length;
        for (; *text == ' ' || *text == '\n'; text++) {
            if (*text == '\n') {
                printf("\n%*s", indent, "");
                column = indent;
            }
        }
    }
    putchar('\n');
}

static void print_option(cli_option_id id)
{
    const cli_option *option = &cli_options[id];
    char name[64];
    snprintf(name, sizeof name, "--%s%s%s", option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
    char letter[5] = {'-', option->letter, ',', ' ', '\0'};
    printf("  %s%-26s", option->letter ? letter : "    ", name);
    if (strlen(name) >= 26) {
        printf("\n%32s", "");
    }
    print_wrapped(option->help, 32, 32);
    if (option->variable != NULL) {
        printf("%32sdefault: environment variable %s\n", "", option->variable);
    }
}

static void print_options(const cli_option_id *ids)
{
    for (; *ids != OPTIONS; ids++) {
        print_option(*ids);
    }
}

static void print_exit_statuses(void)
{
    printf("\nExit status:\n");
    for (const hf_exit_status *status = hf_exit_statuses; status->meaning != NULL; status++) {
        printf("  %3d  %s\n", status->status, status->meaning);
    }
}

void cli_help_all(void)
{
    printf("Usage: holdfast COMMAND [OPTIONS] ...\n\n"
           "Seals firmware for STM32 microcontrollers and updates them through the Holdfast bootloader.\n\n"
           "Commands:\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        printf("  %-11s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    }
    printf("\nholdfast COMMAND --help explains a command; holdfast --version tells the version.\n");
    print_exit_statuses();
}

void cli_help(const cli_command *command)
{
    printf("Usage: holdfast %s %s [OPTIONS]\n\n", command->name, command->operands);
    print_wrapped(command->description, 0, 0);
    printf("\nOptions:\n");
    print_options(command->options);
    print_options(cli_common_options);
    printf("\nExamples:\n");
    for (const char *const *example = command->examples; *example != NULL; example += 2) {
        printf("  %s\n    %s\n", example[0], example[1]);
    }
    print_exit_statuses();
}
