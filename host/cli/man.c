// SPDX-License-Identifier: MIT
// The man page, made from the tables: holdfast man | man -l -
#include <stdio.h>

#include "cli.h"

// Prints text for troff: hyphens are minus signs, a leading dot or quote would be a command, backslashes are escapes.
static void roff(const char *text)
{
    bool line_start = true;
    for (; *text != '\0'; text++) {
        if (line_start && (*text == '.' || *text == '\'')) {
            fputs("\\&", stdout);
        }
        if (*text == '\n' && text[1] == '\n') {
            fputs("\n.PP\n", stdout);
            text++;
        } else if (*text == '-' || *text == '\\') {
            printf(*text == '-' ? "\\-" : "\\e");
        } else {
            putchar(*text);
        }
        line_start = *text == '\n';
    }
}

static void line(const char *request, const char *text)
{
    printf("%s ", request);
    roff(text);
    putchar('\n');
}

static void option(cli_option_id id)
{
    const cli_option *o = &cli_options[id];
    printf(".TP\n");
    if (o->letter) {
        printf("\\fB\\-%c\\fR, ", o->letter);
    }
    printf("\\fB\\-\\-");
    roff(o->name);
    printf("\\fR");
    if (o->argument) {
        printf(" \\fI");
        roff(o->argument);
        printf("\\fR");
    }
    putchar('\n');
    roff(o->help);
    if (o->variable) {
        printf("; default: environment variable \\fB%s\\fR", o->variable);
    }
    putchar('\n');
}

static void options(const cli_option_id *ids)
{
    for (; *ids != OPTIONS; ids++) {
        option(*ids);
    }
}

static void command(const cli_command *c)
{
    printf(".SS \"holdfast %s %s [OPTIONS]\"\n", c->name, c->operands);
    roff(c->description);
    putchar('\n');
    options(c->options);
    for (const char *const *example = c->examples; *example != NULL; example += 2) {
        printf(".PP\n");
        roff(example[0]);
        printf("\n.PP\n.nf\n.RS\n");
        roff(example[1]);
        printf("\n.RE\n.fi\n");
    }
}

int cli_run_man(const cli *context)
{
    (void)context;
    printf(".TH HOLDFAST 1 \"\" \"holdfast %s\" \"User Commands\"\n", HF_PROJECT_VERSION);
    line(".SH", "NAME");
    roff("holdfast - seal firmware for STM32 and update it through the Holdfast bootloader\n");
    line(".SH", "SYNOPSIS");
    printf(".B holdfast\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR] ...\n");
    line(".SH", "COMMANDS");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        command(cli_commands[i]);
    }
    line(".SS", "\"Options of every command\"");
    options(cli_common_options);
    line(".SH", "EXIT STATUS");
    for (const hf_exit_status *status = hf_exit_statuses; status->meaning != NULL; status++) {
        printf(".TP\n.B %d\n", status->status);
        roff(status->meaning);
        putchar('\n');
    }
    line(".SH", "ERRORS");
    roff("Every error has a code that never changes its meaning.\n");
    for (unsigned error = HF_OK + 1; error < HF_ERRORS; error++) {
        const hf_error_info *about = hf_error_about((hf_error)error);
        printf(".TP\n.B %s\n", about->code);
        printf("Exit status %d. Likely cause: ", about->exit_status);
        roff(about->cause);
        printf(". What to do: ");
        roff(about->next);
        printf(".\n");
    }
    line(".SH", "ENVIRONMENT");
    printf(".TP\n.B NO_COLOR\nwhen set and not empty, messages have no colours\n");
    return 0;
}
