// SPDX-License-Identifier: MIT
// Completion scripts for bash, zsh and fish, made from the tables.
#include <stdio.h>
#include <string.h>

#include "cli.h"

typedef void (*option_fn)(const cli_option *option, const cli_command *command);

static void for_options(const cli_command *command, option_fn fn)
{
    for (const cli_option_id *id = command->options; *id != OPTIONS; id++) {
        fn(&cli_options[*id], command);
    }
    for (const cli_option_id *id = cli_common_options; *id != OPTIONS; id++) {
        fn(&cli_options[*id], command);
    }
}

static void print_choices(const char *choices)
{
    for (; *choices != '\0'; choices++) {
        putchar(*choices == '|' ? ' ' : *choices);
    }
}

// What bash and fish offer for a value; nothing for free text.
static void print_value(cli_value value, const char *choices, const char *files, const char *folders)
{
    switch (value) {
    case VALUE_FILE:
        fputs(files, stdout);
        break;
    case VALUE_FOLDER:
        fputs(folders, stdout);
        break;
    case VALUE_PORT:
        printf("$(ls /dev/ttyUSB* /dev/ttyACM* 2>/dev/null) tcp:");
        break;
    case VALUE_CHOICE:
        print_choices(choices);
        break;
    default:
        break;
    }
}

static void bash_word(const cli_option *option, const cli_command *command)
{
    (void)command;
    printf(" --%s", option->name);
    if (option->letter) {
        printf(" -%c", option->letter);
    }
}

static void bash_reply(cli_value value, const char *choices)
{
    if (value == VALUE_FILE || value == VALUE_FOLDER) {
        printf("mapfile -t COMPREPLY < <(compgen -%c -- \"$cur\"); return ;;\n", value == VALUE_FILE ? 'f' : 'd');
        return;
    }
    printf("mapfile -t COMPREPLY < <(compgen -W \"");
    print_value(value, choices, "", "");
    printf("\" -- \"$cur\"); return ;;\n");
}

static void bash(void)
{
    printf("# holdfast completion bash\n_holdfast() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
           "    COMPREPLY=()\n    compopt -o filenames\n    case $prev in\n");
    for (unsigned i = 0; i < OPTIONS; i++) {
        const cli_option *option = &cli_options[i];
        if (option->value != VALUE_NONE) {
            printf("    --%s", option->name);
            if (option->letter) {
                printf("|-%c", option->letter);
            }
            printf(") ");
            bash_reply(option->value, option->argument);
        }
    }
    printf("    esac\n    if [ \"$COMP_CWORD\" -eq 1 ]; then words='");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        printf("%s ", cli_commands[i]->name);
    }
    printf("--help --version'\n    else case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        printf("    %s) words='", cli_commands[i]->name);
        for_options(cli_commands[i], bash_word);
        printf("'\n        [[ $cur == -* ]] || case x in x) ");
        bash_reply(cli_commands[i]->operand_value, cli_commands[i]->operand_choices);
        printf("        esac ;;\n");
    }
    printf("    esac; fi\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n"
           "complete -F _holdfast holdfast\n");
}

// Text inside a single-quoted zsh specification: brackets, colons and quotes have a meaning there.
static void zsh_text(const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("[]:\\", *text) != NULL) {
            putchar('\\');
        }
        fputs(*text == '\'' ? "'\\''" : (const char[]){*text, '\0'}, stdout);
    }
}

static void zsh_value(cli_value value, const char *argument, const char *choices)
{
    static const char *const actions[] = {
        [VALUE_FILE] = "_files", [VALUE_FOLDER] = "_files -/", [VALUE_PORT] = "_files -g \"/dev/tty(USB|ACM)*\""};
    if (value == VALUE_NONE) {
        return;
    }
    putchar(':');
    zsh_text(argument);
    putchar(':');
    if (value == VALUE_CHOICE) {
        putchar('(');
        print_choices(choices);
        putchar(')');
    } else if (value != VALUE_TEXT) {
        fputs(actions[value], stdout);
    }
}

static void zsh_option(const cli_option *option, const cli_command *command)
{
    (void)command;
    for (int form = 0; form < 2; form++) {
        if (form == 1 && !option->letter) {
            return;
        }
        printf(" \\\n            '*");
        printf(form == 0 ? "--%s" : "-%.1s", form == 0 ? option->name : &option->letter);
        putchar('[');
        zsh_text(option->help);
        putchar(']');
        zsh_value(option->value, option->argument, option->argument);
        putchar('\'');
    }
}

static void zsh(void)
{
    printf("#compdef holdfast\n# holdfast completion zsh\n_holdfast() {\n    local -a commands=(\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        printf("        '%s:", cli_commands[i]->name);
        zsh_text(cli_commands[i]->summary);
        printf("'\n");
    }
    printf("    )\n    if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
           "    local command=$words[2]\n    shift words; (( CURRENT-- ))\n    case $command in\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        const cli_command *command = cli_commands[i];
        printf("        %s) _arguments -s", command->name);
        for_options(command, zsh_option);
        if (command->operand_value != VALUE_NONE) {
            printf(" \\\n            '1");
            zsh_value(command->operand_value, command->operands, command->operand_choices);
            printf("'");
        }
        printf(" ;;\n");
    }
    printf("    esac\n}\ncompdef _holdfast holdfast\n");
}

static void fish_text(const char *text)
{
    for (; *text != '\0'; text++) {
        fputs(*text == '\'' || *text == '\\' ? (const char[]){'\\', *text, '\0'} : (const char[]){*text, '\0'}, stdout);
    }
}

static void fish_option(const cli_option *option, const cli_command *command)
{
    printf("complete -c holdfast -n '__fish_seen_subcommand_from %s' -l %s", command->name, option->name);
    if (option->letter) {
        printf(" -s %c", option->letter);
    }
    if (option->value == VALUE_FILE || option->value == VALUE_FOLDER) {
        printf(" -rF");
    } else if (option->value != VALUE_NONE) {
        printf(" -xa '");
        print_value(option->value, option->argument, "", "");
        printf("'");
    }
    printf(" -d '");
    fish_text(option->help);
    printf("'\n");
}

static void fish(void)
{
    printf("# holdfast completion fish\ncomplete -c holdfast -f\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        const cli_command *command = cli_commands[i];
        printf("complete -c holdfast -n __fish_use_subcommand -a %s -d '", command->name);
        fish_text(command->summary);
        printf("'\n");
        if (command->operand_value == VALUE_FILE) {
            printf("complete -c holdfast -n '__fish_seen_subcommand_from %s' -F\n", command->name);
        } else if (command->operand_value == VALUE_CHOICE) {
            printf("complete -c holdfast -n '__fish_seen_subcommand_from %s' -a '", command->name);
            print_choices(command->operand_choices);
            printf("'\n");
        }
        for_options(command, fish_option);
    }
}

int cli_run_completion(const cli *context)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (strcmp(shells[i].name, context->operands[0]) == 0) {
            shells[i].print();
            return 0;
        }
    }
    hf_problem problem;
    hf_fail(&problem, HF_E_USAGE, "there is completion for bash, zsh and fish, not for '%s'", context->operands[0]);
    return cli_fail(context, &problem);
}
