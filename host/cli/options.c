// SPDX-License-Identifier: MIT
// The tables of options and commands, and parsing by them.
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

const cli_option cli_options[OPTIONS] = {
    [OPT_HELP] = {"help", 'h', VALUE_NONE, NULL, NULL, "show this help"},
    [OPT_JSON] = {"json", 0, VALUE_NONE, NULL, NULL, "one JSON object per line on standard output"},
    [OPT_QUIET] = {"quiet", 'q', VALUE_NONE, NULL, NULL, "say nothing unless it fails"},
    [OPT_VERBOSE] = {"verbose", 'v', VALUE_NONE, NULL, NULL, "say more; twice: every byte on the line in hex"},
    [OPT_BOARD] = {"board", 'b', VALUE_FILE, "BOARD.json", "HOLDFAST_BOARD", "the product's board file"},
    [OPT_CHIPS] = {"chips", 0, VALUE_FOLDER, "DIR", "HOLDFAST_CHIPS",
                   "where chip files are when they are not in ../chips beside the board's folder"},
    [OPT_OUTPUT] = {"output", 'o', VALUE_FILE, "OUT", NULL, "the file to write; - is standard output"},
    [OPT_FORMAT] = {"format", 'f', VALUE_CHOICE, "elf|hex|bin|dfu", NULL,
                    "format to write, when OUT's extension does not say"},
    [OPT_VERSION] = {"version", 0, VALUE_TEXT, "X.Y.Z", NULL, "version of the application, up to 255.255.65535"},
    [OPT_PRODUCT_ID] = {"product-id", 0, VALUE_TEXT, "N", NULL, "product id instead of the board file's"},
    [OPT_SECURITY_COUNTER] = {"security-counter", 0, VALUE_TEXT, "N", NULL,
                              "counter that never falls over a product's life; 0 (the default): not used"},
    [OPT_KEY] = {"key", 'k', VALUE_FILE, "KEY", "HOLDFAST_KEY",
                 "private key that signs: a PEM file, or the URI of a token (pkcs11:...)"},
    [OPT_REVOKE] = {"revoke", 0, VALUE_TEXT, "NAME", NULL,
                    "key of the board file that no board trusts any more once this image has proved itself on it"},
    [OPT_TRANSIT_KEY] = {"transit-key", 0, VALUE_FILE, "KEY", "HOLDFAST_TRANSIT_KEY",
                         "key that enciphers the image on its way, the one that the board file names"},
    [OPT_TRANSIT] = {"transit", 0, VALUE_NONE, NULL, NULL, "make a key that enciphers images on their way, for \"transit_key\""},
    [OPT_SHOW] = {"show", 0, VALUE_NONE, NULL, NULL, "change nothing: show what is there, of a key its public half"},
    [OPT_ENCRYPT] = {"encrypt", 0, VALUE_NONE, NULL, NULL,
                     "protect the file with a passphrase (asked for, or from HOLDFAST_PASSPHRASE)"},
    [OPT_RELEASE] = {"release", 0, VALUE_NONE, NULL, NULL,
                     "what only suits development, such as published test keys, is an error"},
    [OPT_EMIT] = {"emit", 0, VALUE_FOLDER, "DIR", NULL,
                  "write board.h, boot.ld, app.ld and board.cmake for the firmware build into DIR"},
    [OPT_PORT] = {"port", 'p', VALUE_PORT, "PORT", "HOLDFAST_PORT", "serial port (/dev/ttyUSB0) or tcp:HOST:PORT"},
    [OPT_USB] = {"usb", 'u', VALUE_NONE, NULL, NULL, "update over USB DFU instead of a serial port"},
    [OPT_DEVICE] = {"device", 'd', VALUE_TEXT, "WHICH", NULL,
                    "with --usb: the device's serial number, VID:PID or path, when there is more than one"},
    [OPT_BAUD] = {"baud", 0, VALUE_TEXT, "N", NULL, "bits per second; the default is the board file's, or 115200"},
    [OPT_PROTOCOL] = {"protocol", 0, VALUE_CHOICE, "auto|fast|classic", NULL,
                      "what to speak on the serial line; auto (the default): fast where the device can, else classic"},
    [OPT_NO_COMPRESS] = {"no-compress", 0, VALUE_NONE, NULL, NULL, "send content as it is, also where packing saves time"},
    [OPT_RESUME] = {"resume", 0, VALUE_NONE, NULL, NULL,
                    "when the connection breaks, wait for it to come back and go on where it broke off"},
    [OPT_MONITOR] = {"monitor", 'm', VALUE_NONE, NULL, NULL, "then show what the application sends, as holdfast monitor does"},
    [OPT_WAIT] = {"wait", 'w', VALUE_TEXT, "SECONDS", NULL, "how long to wait for the bootloader (default 10)"},
    [OPT_ENTER] = {"enter", 'e', VALUE_CHOICE, "hand|escape|dtr|rts|dtr-rts|rts-dtr", NULL,
                   "when no bootloader answers, bring it about: by the serial escape to the application, or by the adapter's lines; "
                   "the first one resets the board, the second holds its button. The default is the board file's, else hand"},
    [OPT_APP_BAUD] = {"app-baud", 0, VALUE_TEXT, "N", NULL,
                      "with the escape: bits per second of the application; the default is the board file's, else the bootloader's"},
    [OPT_CLASSROOM] = {"classroom", 0, VALUE_NONE, NULL, NULL, "64-byte frames without CRC-16"},
    [OPT_NO_PIPELINE] = {"no-pipeline", 0, VALUE_NONE, NULL, NULL,
                         "wait for each frame's answer before sending the next"},
    [OPT_NO_BOOT] = {"no-boot", 0, VALUE_NONE, NULL, NULL, "stay in update mode when the image is verified"},
    [OPT_FORCE] = {"force", 0, VALUE_NONE, NULL, NULL, "send the file whatever its checks say"},
    [OPT_INJECT_ERROR] = {"inject-error", 0, VALUE_TEXT, "N", NULL,
                          "flip one bit in frame N (from 1) when it is sent for the first time"},
    [OPT_TOKEN] = {"token", 0, VALUE_FILE, "TOKEN", NULL, "send this token of holdfast token first: it lets the version fall"},
    [OPT_UID] = {"uid", 0, VALUE_TEXT, "HEX", NULL,
                 "the chip's unique id, 24 digits, instead of asking a device; holdfast list shows it as serial number"},
    [OPT_NUMBER] = {"number", 0, VALUE_TEXT, "N", NULL,
                    "above that of every order the device has obeyed; the default is the time in seconds"},
    [OPT_YES] = {"yes", 'y', VALUE_NONE, NULL, NULL, "do not ask"},
    [OPT_UUID] = {"uuid", 0, VALUE_TEXT, "UUID", NULL, "the device's UUID; a random one, or the one it has, when not given"},
    [OPT_HARDWARE] = {"hardware", 0, VALUE_TEXT, "X.Y.Z", NULL, "version of the device's hardware"},
};

const cli_option_id cli_common_options[] = {OPT_QUIET, OPT_VERBOSE, OPT_HELP, OPTIONS};

#define EXAMPLES(...) (const char *const[]){__VA_ARGS__, NULL}
#define TAKES(...) (const cli_option_id[]){__VA_ARGS__, OPTIONS}
#define TAKES_NONE (const cli_option_id[]){OPTIONS}

static const cli_command seal = {
    .name = "seal",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .operand_value = VALUE_FILE,
    .summary = "make a sealed image of what the linker wrote",
    .description =
        "Reads ELF, Intel HEX, BIN or DfuSe (recognised by content) and writes a sealed image: the only kind the bootloader "
        "starts. It remains an ordinary image with the vector table first, so any programmer can write it.\n\n"
        "Nothing is written when the image is linked for another address, has a bad vector table, does not fit the "
        "board's application area or is sealed already. The same input always gives the same bytes, signed ones included; "
        "only a token signs differently each time.\n\n"
        "With --transit-key the file is for links only: a device whose board file names the same key deciphers it while it is "
        "received. A programmer or a debugger wants the image sealed without.",
    .options = TAKES(OPT_BOARD, OPT_VERSION, OPT_OUTPUT, OPT_FORMAT, OPT_KEY, OPT_REVOKE, OPT_TRANSIT_KEY, OPT_PRODUCT_ID,
                     OPT_SECURITY_COUNTER, OPT_CHIPS, OPT_JSON),
    .examples = EXAMPLES("Seal an application for the Discovery board:",
                         "holdfast seal app.elf --board boards/stm32f407-discovery.json --version 1.2.3 -o app.bin",
                         "Seal and sign it:",
                         "holdfast seal app.elf --board boards/mine.json --version 1.2.3 --key release.pem -o app.bin"),
    .run = cli_run_seal,
};

static const cli_command inspect = {
    .name = "inspect",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .operand_value = VALUE_FILE,
    .summary = "show all fields of an image and what each check finds",
    .description =
        "Looks at an image as the bootloader would. Without --board the checks that need to know the product are "
        "skipped, and of an enciphered image without --transit-key those that look at its content. The exit status is 0 only "
        "when no check failed.",
    .options = TAKES(OPT_BOARD, OPT_TRANSIT_KEY, OPT_CHIPS, OPT_JSON),
    .examples = EXAMPLES("Would this board start this image?",
                         "holdfast inspect app.bin --board boards/stm32f407-discovery.json"),
    .run = cli_run_inspect,
};

static const cli_command keygen = {
    .name = "keygen",
    .operands = "KEY",
    .operands_min = 1,
    .operands_max = 1,
    .operand_value = VALUE_FILE,
    .summary = "make a key that signs images, and show its public half for the board file; or one that enciphers them",
    .description =
        "Writes a new private key of the curve P-256 as a PEM file that only its owner can read, and prints what belongs "
        "into \"keys\" of the board file. An existing file is never overwritten.\n\n"
        "Who has the private key can sign firmware for every board with its public half: keep it encrypted, away from "
        "the machine that builds, or on a token. A board that lost its only key can never be updated again: make two.\n\n"
        "With --transit the key is one that enciphers images on their way: 64 hexadecimal digits, for \"transit_key\" of the board "
        "file and for holdfast seal. It is as secret as the firmware.",
    .options = TAKES(OPT_TRANSIT, OPT_ENCRYPT, OPT_SHOW, OPT_JSON),
    .examples = EXAMPLES("Make a key:", "holdfast keygen release.pem --encrypt",
                         "The public half of a key on a token:",
                         "holdfast keygen --show 'pkcs11:token=holdfast;object=release'"),
    .run = cli_run_keygen,
};

static const cli_command layout = {
    .name = "layout",
    .operands = "BOARD.json",
    .operands_min = 1,
    .operands_max = 1,
    .operand_value = VALUE_FILE,
    .summary = "check a board file, draw its flash, emit what the firmware build needs",
    .description =
        "Checks the board file and its chip file against every rule of the layout. Findings go to standard error, each "
        "with file, key and fix; the picture of the flash goes to standard output.",
    .options = TAKES(OPT_EMIT, OPT_RELEASE, OPT_CHIPS, OPT_JSON),
    .examples = EXAMPLES("Check and draw a board:", "holdfast layout boards/stm32f407-discovery.json",
                         "Write header and linker scripts:",
                         "holdfast layout boards/stm32f407-discovery.json --emit build/discovery"),
    .run = cli_run_layout,
};

static const cli_command flash = {
    .name = "flash",
    .operands = "[DEVICE] FILE",
    .operands_min = 1,
    .operands_max = 2,
    .operand_value = VALUE_FILE,
    .summary = "update a device through its bootloader",
    .description =
        "Checks the sealed image, waits for the bootloader, erases, writes, verifies on the device and starts the "
        "application. The bootloader listens when the board was reset with its button held, when the application asked "
        "for an update, or when it has no valid application.\n\n"
        "With --enter, or \"enter\" in the board file, it is brought about when nobody answers at first. escape sends the application a sequence of bytes for this "
        "product, at --app-baud; the application listens for it with hf_app_escape_heard and asks for the update. dtr, rts, "
        "dtr-rts and rts-dtr use the adapter's lines: the first named pulls NRST low for 50 ms, the second pulls the button's pin low "
        "meanwhile and 200 ms longer; a board with a recovery window needs no second.\n\n"
        "The fast protocol sends only the sectors that differ, keeps the line busy while flash is erased, and goes on where "
        "an earlier update broke off; with --baud it changes the speed once the device has answered. A device that speaks "
        "the classic protocol alone gets the whole image: a frame that is refused or not answered is sent up to three "
        "times again; when the verification fails, the update starts over up to twice. Interrupting is safe: the bootloader "
        "waits for the next attempt.\n\n"
        "With several --port, all devices are updated at once: a line each while it runs, a table at the end, and the exit "
        "status of the first that failed.",
    .options = TAKES(OPT_PORT, OPT_USB, OPT_DEVICE, OPT_BOARD, OPT_BAUD, OPT_PROTOCOL, OPT_NO_COMPRESS, OPT_RESUME, OPT_WAIT, OPT_ENTER, OPT_APP_BAUD, OPT_NO_BOOT,
                     OPT_CLASSROOM, OPT_NO_PIPELINE, OPT_INJECT_ERROR, OPT_TOKEN, OPT_FORCE, OPT_MONITOR, OPT_CHIPS, OPT_JSON),
    .examples = EXAMPLES("Update through a USB-serial adapter:",
                         "holdfast flash app.bin --port /dev/ttyUSB0 --board boards/stm32f407-discovery.json",
                         "Update a running application that listens for the escape:",
                         "holdfast flash app.bin --port /dev/ttyUSB0 --board boards/stm32f407-discovery.json --enter escape",
                         "See a damaged frame being repaired:",
                         "holdfast flash app.bin --port /dev/ttyUSB0 --inject-error 7",
                         "Update two devices at once:",
                         "holdfast flash app.bin --port /dev/ttyUSB0 --port /dev/ttyUSB1",
                         "Update over USB:", "holdfast flash --usb app.bin",
                         "Of several devices the one with this serial number:",
                         "holdfast flash --usb 2A001F000C47393431383032 app.bin"),
    .run = cli_run_flash,
    .changes_device = true,
};

static const cli_command info = {
    .name = "info",
    .operands = "",
    .operand_value = VALUE_NONE,
    .summary = "show what a device in update mode tells of itself",
    .description =
        "Chip, product, where the application belongs, which images are valid and their versions, whether an update broke "
        "off, and the device's limits and worst-case times; from boards that keep records also where an update stands, why "
        "this image is the one that runs, what went wrong last and the lowest version that may be installed; from boards that "
        "take orders the protection. Changes nothing. The bootloader must speak the fast protocol.",
    .options = TAKES(OPT_PORT, OPT_BOARD, OPT_BAUD, OPT_WAIT, OPT_CHIPS, OPT_JSON),
    .examples = EXAMPLES("What is at the other end of this cable?", "holdfast info --port /dev/ttyUSB0"),
    .run = cli_run_info,
};

static const cli_command monitor = {
    .name = "monitor",
    .operands = "",
    .operand_value = VALUE_NONE,
    .summary = "show what a device sends, and send it what is typed",
    .description = "Copies the serial line to standard output as it is, and standard input to the line, until Ctrl-C, or until the "
                   "port is gone. What is typed is sent line by line.",
    .options = TAKES(OPT_PORT, OPT_BAUD),
    .examples = EXAMPLES("Watch an application:", "holdfast monitor --port /dev/ttyUSB0 --baud 115200"),
    .run = cli_run_monitor,
};

static const cli_command token = {
    .name = "token",
    .operands = "",
    .operand_value = VALUE_NONE,
    .summary = "make a token that lets one device go back to an older version, once",
    .description =
        "A board with \"downgrade\" refuses images older than what has run on it. A token is a signed order to one device to "
        "accept versions from --version on, with the security counter it has reached or a higher one; holdfast flash --token "
        "sends it in front of the image. The device keeps its number, so the same token does nothing a second time.\n\n"
        "The device is named by --uid, or asked: it must be in update mode then, at --port or --usb.",
    .options = TAKES(OPT_BOARD, OPT_KEY, OPT_VERSION, OPT_OUTPUT, OPT_UID, OPT_PORT, OPT_USB, OPT_DEVICE,
                     OPT_BAUD, OPT_WAIT, OPT_NUMBER, OPT_CHIPS, OPT_JSON),
    .examples = EXAMPLES("Let one device go back to 1.4.0:",
                         "holdfast token --board boards/mine.json --key release.pem --uid 0123456789ABCDEF01234567 "
                         "--version 1.4.0 -o back.token",
                         "Use it:", "holdfast flash app-1.4.0.bin --port /dev/ttyUSB0 --token back.token"),
    .run = cli_run_token,
};

static const cli_command protect = {
    .name = "protect",
    .operands = "",
    .operand_value = VALUE_NONE,
    .summary = "have a device write-protect its bootloader and lock debuggers out",
    .description =
        "For boards whose \"protection\" holds \"ordered\". Tells what cannot be undone, asks, and sends the device in update "
        "mode an order signed by --key. The bootloader sets the option bytes at its next start; the command succeeds only "
        "when the device, asked again after that reset, reads them back as they should be.",
    .options = TAKES(OPT_PORT, OPT_USB, OPT_DEVICE, OPT_BOARD, OPT_KEY, OPT_YES, OPT_BAUD, OPT_WAIT, OPT_CHIPS, OPT_JSON),
    .examples = EXAMPLES("At the end of the production line:",
                         "holdfast protect --port /dev/ttyUSB0 --board boards/mine.json --key release.pem --yes"),
    .run = cli_run_protect,
    .changes_device = true,
};

static const cli_command provision = {
    .name = "provision",
    .operands = "",
    .operand_value = VALUE_NONE,
    .summary = "give a device its UUID and hardware version, once",
    .description =
        "For boards with \"provision\". The device in update mode at --port gets a UUID (RFC 9562) and the version of its "
        "hardware, keeps them for good, and shows them to its application; no update touches them. The command succeeds only "
        "when the device, asked again, tells what was written. After a cut it can be given once more. --show changes nothing "
        "and prints what the device has.",
    .options = TAKES(OPT_PORT, OPT_BOARD, OPT_HARDWARE, OPT_UUID, OPT_SHOW, OPT_BAUD, OPT_WAIT, OPT_CHIPS, OPT_JSON),
    .examples = EXAMPLES("On the production line, with a random UUID:",
                         "holdfast provision --port /dev/ttyUSB0 --board boards/mine.json --hardware 1.2.0",
                         "Which one is this?", "holdfast provision --port /dev/ttyUSB0 --show"),
    .run = cli_run_provision,
    .changes_device = true,
};

static const cli_command list = {
    .name = "list",
    .operands = "",
    .operand_value = VALUE_NONE,
    .summary = "show the devices in DFU mode at this machine's USB ports",
    .description = "Prints path, ids, serial number and name of each, and the flash it lets be written.",
    .options = TAKES(OPT_JSON),
    .examples = EXAMPLES("What is there?", "holdfast list"),
    .run = cli_run_list,
};

static const cli_command completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .operands_min = 1,
    .operands_max = 1,
    .operand_value = VALUE_CHOICE,
    .operand_choices = "bash|zsh|fish",
    .summary = "print a completion script for a shell",
    .description = "Prints a script that completes commands, options and values.",
    .options = TAKES_NONE,
    .examples = EXAMPLES("For this bash session:", "source <(holdfast completion bash)"),
    .run = cli_run_completion,
};

static const cli_command man = {
    .name = "man",
    .operands = "",
    .operand_value = VALUE_NONE,
    .summary = "print the man page",
    .description = "Prints the manual in the format of man(7).",
    .options = TAKES_NONE,
    .examples = EXAMPLES("Read it:", "holdfast man | man -l -"),
    .run = cli_run_man,
};

const cli_command *const cli_commands[] = {&seal, &inspect, &flash, &info, &monitor, &list, &layout, &keygen, &token, &protect, &provision, &completion, &man, NULL};

const cli_command *cli_find_command(const char *name)
{
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (strcmp(cli_commands[i]->name, name) == 0) {
            return cli_commands[i];
        }
    }
    return NULL;
}

// getopt's view of a command: its own options, then the common ones.
typedef struct getopt_tables {
    struct option longs[OPTIONS + 1];
    char letters[2 * OPTIONS + 2];
} getopt_tables;

static void add_options(getopt_tables *tables, size_t *count, const cli_option_id *ids)
{
    for (; *ids != OPTIONS; ids++) {
        const cli_option *option = &cli_options[*ids];
        int takes = option->value == VALUE_NONE ? no_argument : required_argument;
        tables->longs[(*count)++] = (struct option){option->name, takes, NULL, 256 + (int)*ids};
        if (option->letter) {
            char letter[3] = {option->letter, takes == required_argument ? ':' : '\0', '\0'};
            strcat(tables->letters, letter);
        }
    }
}

static cli_option_id option_of(int code)
{
    if (code >= 256) {
        return (cli_option_id)(code - 256);
    }
    for (unsigned i = 0; i < OPTIONS; i++) {
        if (cli_options[i].letter == code) {
            return (cli_option_id)i;
        }
    }
    return OPTIONS;
}

static void take_environment(cli *context)
{
    for (const cli_option_id *id = context->command->options; *id != OPTIONS; id++) {
        const char *variable = cli_options[*id].variable;
        if (context->values[*id] == NULL && variable != NULL) {
            context->values[*id] = getenv(variable);
            if (*id == OPT_PORT && context->values[*id] != NULL) {
                context->ports[context->ports_count++] = context->values[*id];
            }
        }
    }
}

static hf_error check_choice(cli_option_id id, const char *value, hf_problem *problem)
{
    const cli_option *option = &cli_options[id];
    if (option->value != VALUE_CHOICE) {
        return HF_OK;
    }
    size_t length = strlen(value);
    for (const char *at = option->argument; at != NULL; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, value, length) == 0 && (at[length] == '|' || at[length] == '\0') && length > 0) {
            return HF_OK;
        }
    }
    return hf_fail(problem, HF_E_USAGE, "--%s takes one of %s, not '%s'", option->name, option->argument, value);
}

// After getopt_long refused: optopt is a letter, 256 and more for a known long option, 0 for an unknown one. Letters
// may stand together (-qZ), so only an unknown long option is the argument as it was given.
static hf_error fail_option(const cli_command *command, bool needs_value, const char *argument, hf_problem *problem)
{
    char name[64];
    if (optopt >= 256) {
        snprintf(name, sizeof name, "--%s", cli_options[optopt - 256].name);
        return hf_fail(problem, HF_E_USAGE, needs_value ? "%s needs a value" : "%s takes no value", name);
    }
    snprintf(name, sizeof name, "-%c", optopt);
    const char *option = optopt == 0 ? argument : name;
    return needs_value ? hf_fail(problem, HF_E_USAGE, "%s needs a value", option)
                       : hf_fail(problem, HF_E_USAGE, "%s does not know the option %s", command->name, option);
}

hf_error cli_parse(cli *context, int argc, char **argv, hf_problem *problem)
{
    getopt_tables tables = {0};
    size_t count = 0;
    tables.letters[0] = ':'; // a missing value is told apart
    add_options(&tables, &count, context->command->options);
    add_options(&tables, &count, cli_common_options);

    int code;
    opterr = 0;
    optind = 1;
    while ((code = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
        if (code == '?' || code == ':') {
            return fail_option(context->command, code == ':', argv[optind - 1], problem);
        }
        cli_option_id id = option_of(code);
        context->counts[id]++;
        context->values[id] = optarg ? optarg : "";
        if (id == OPT_PORT && context->ports_count < CLI_PORTS_MAX) {
            context->ports[context->ports_count++] = optarg;
        }
        hf_error error = check_choice(id, context->values[id], problem);
        if (error) {
            return error;
        }
    }
    context->operands = argv + optind;
    context->operands_count = (unsigned)(argc - optind);
    take_environment(context);
    if (context->counts[OPT_HELP] > 0) {
        return HF_OK;
    }
    if (context->operands_count < context->command->operands_min ||
        context->operands_count > context->command->operands_max) {
        return hf_fail(problem, HF_E_USAGE, "%s takes exactly this: %s", context->command->name,
                       context->command->operands);
    }
    return HF_OK;
}

hf_error cli_number(const cli *context, cli_option_id id, uint32_t max, uint32_t fallback, uint32_t *number,
                    hf_problem *problem)
{
    const char *text = context->values[id];
    if (text == NULL) {
        *number = fallback;
        return HF_OK;
    }
    char *end;
    errno = 0;
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X'); // never octal: 0407 is 407
    unsigned long long value = strtoull(text, &end, hexadecimal ? 16 : 10);
    if (errno != 0 || *end != '\0' || !isdigit((unsigned char)text[0]) || value > max) {
        return hf_fail(problem, HF_E_USAGE, "--%s takes a number from 0 to %u, not '%s'", cli_options[id].name,
                       (unsigned)max, text);
    }
    *number = (uint32_t)value;
    return HF_OK;
}
