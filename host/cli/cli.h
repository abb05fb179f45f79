// SPDX-License-Identifier: MIT
// The command line: one table of options and one of commands feed parsing, help, man page and completion.
#ifndef HF_CLI_H
#define HF_CLI_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "hf_layout.h"
#include "signing_key.h"

typedef enum cli_option_id {
    OPT_HELP,
    OPT_JSON,
    OPT_QUIET,
    OPT_VERBOSE,
    OPT_BOARD,
    OPT_CHIPS,
    OPT_OUTPUT,
    OPT_FORMAT,
    OPT_VERSION,
    OPT_PRODUCT_ID,
    OPT_SECURITY_COUNTER,
    OPT_KEY,
    OPT_REVOKE,
    OPT_TRANSIT_KEY,
    OPT_TRANSIT,
    OPT_SHOW,
    OPT_ENCRYPT,
    OPT_RELEASE,
    OPT_EMIT,
    OPT_PORT,
    OPT_USB,
    OPT_DEVICE,
    OPT_BAUD,
    OPT_PROTOCOL,
    OPT_NO_COMPRESS,
    OPT_RESUME,
    OPT_MONITOR,
    OPT_WAIT,
    OPT_ENTER,
    OPT_APP_BAUD,
    OPT_CLASSROOM,
    OPT_NO_PIPELINE,
    OPT_NO_BOOT,
    OPT_FORCE,
    OPT_INJECT_ERROR,
    OPT_TOKEN,
    OPT_UID,
    OPT_NUMBER,
    OPT_YES,
    OPT_UUID,
    OPT_HARDWARE,
    OPTIONS
} cli_option_id;

// What a value is, for completion. The strings of a choice stand in cli_option.argument: "elf|hex|bin".
typedef enum cli_value { VALUE_NONE, VALUE_TEXT, VALUE_FILE, VALUE_FOLDER, VALUE_PORT, VALUE_CHOICE } cli_value;

typedef struct cli_option {
    const char *name;     // long name
    char letter;          // short name, 0 for none
    cli_value value;
    const char *argument; // what help calls the value; NULL without one
    const char *variable; // environment variable that gives a default, or NULL
    const char *help;
} cli_option;

typedef struct cli cli;

typedef struct cli_command {
    const char *name;
    const char *operands;     // "FILE"
    unsigned operands_min, operands_max;
    cli_value operand_value;
    const char *operand_choices; // for VALUE_CHOICE
    const char *summary;      // one line
    const char *description;  // paragraphs, separated by an empty line
    const cli_option_id *options; // ends with OPTIONS; the common ones are understood everywhere
    const char *const *examples;  // pairs: what it does, the command; ends with NULL
    int (*run)(const cli *context); // returns the exit status
    bool changes_device;          // the status tells what became of it, even when output is lost
} cli_command;

#define CLI_PORTS_MAX 32u

// A parsed command line.
struct cli {
    const cli_command *command;
    const char *values[OPTIONS]; // the last one given, or from the environment; NULL when not
    unsigned counts[OPTIONS];
    const char *ports[CLI_PORTS_MAX]; // every --port, or the environment's
    unsigned ports_count;
    char **operands;
    unsigned operands_count;
    bool color;                  // of stderr
};

extern const cli_option cli_options[OPTIONS];
extern const cli_option_id cli_common_options[];  // ends with OPTIONS
extern const cli_command *const cli_commands[];   // ends with NULL
const cli_command *cli_find_command(const char *name);

// Parses argv behind the command's name. HF_E_USAGE with words in *problem.
hf_error cli_parse(cli *context, int argc, char **argv, hf_problem *problem);

// Value of an option as a number (decimal, also with zeros in front, or 0x...), between 0 and max. fallback when it was not given.
hf_error cli_number(const cli *context, cli_option_id id, uint32_t max, uint32_t fallback, uint32_t *number,
                    hf_problem *problem);

// Help, made from the tables.
void cli_help_all(void);
void cli_help(const cli_command *command);

// Prints a problem with cause and next step (or as JSON) and returns its exit status.
int cli_fail(const cli *context, const hf_problem *problem);

// One JSON object on one line of stdout; takes the reference. Text that may not be UTF-8 goes in by cli_json_text.
void cli_print_json(json_t *object);
// A string for json_pack's "o"; U+FFFD for each byte that is not UTF-8, as in names of files.
json_t *cli_json_text(const char *text);

// Reads and checks the board of --board or the given path. HF_E_BOARD, HF_E_LAYOUT (names the first finding).
hf_error cli_read_board(const cli *context, const char *path, hf_board *board, hf_problem *problem);
hf_error cli_check_board(const hf_board *board, hf_problem *problem);

// Where a bootloader was looked for and none was there, advises the step by hand that this board needs. board is NULL without
// --board, and nothing happens then. Returns problem's error.
hf_error cli_advise_step(const hf_board *board, hf_error error, hf_problem *problem);

// Asks for a passphrase: the environment variable HOLDFAST_PASSPHRASE, else the terminal.
extern const hf_passphrase cli_passphrase;
// For a new key, typed twice. False when there is none.
bool cli_new_passphrase(char *text, size_t size);

int cli_run_keygen(const cli *context);
int cli_run_layout(const cli *context);
int cli_run_seal(const cli *context);
int cli_run_inspect(const cli *context);
int cli_run_flash(const cli *context);
int cli_run_monitor(const cli *context);
int cli_run_info(const cli *context);
int cli_run_token(const cli *context);
int cli_run_protect(const cli *context);
int cli_run_provision(const cli *context);
int cli_run_list(const cli *context);
int cli_run_completion(const cli *context);
int cli_run_man(const cli *context);

#endif
