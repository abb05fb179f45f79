// SPDX-License-Identifier: MIT
// What the sub-commands of `vboard` share: exit codes, messages, the option table.
#ifndef VB_CMD_H
#define VB_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "vboard.h"

enum {
    CMD_OK = 0,
    CMD_FAILED = 1, // an expectation did not come true, or vboard itself is at fault
    CMD_USAGE = 2,  // the command line, or a control command, makes no sense
    CMD_FILE = 3,   // a file, socket or terminal could not be used
    CMD_GUEST = 4,  // the guest misbehaved: locked up, or --strict and a report
};

int cmd_run(int argc, char **argv);
int cmd_ctl(int argc, char **argv);
int cmd_wave(int argc, char **argv);

// "vboard: ..." on stderr, one line.
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

// -- options --------------------------------------------------------------------------------------
// One row per option; the table is both the parser's and the help's. name is written without the
// dashes, argument is NULL for a flag. The table ends with a row without a name.
typedef struct option_row {
    int id; // positive
    const char *name, *argument, *help;
} option_row;

enum { OPTION_END = 0, OPTION_WORD = -1, OPTION_WRONG = -2 };

typedef struct option_reader {
    const option_row *rows;
    char **next, **end;
    bool words_only; // behind "--"
} option_reader;

// The next option's id; its argument, or the word that is no option, in value. OPTION_WRONG:
// complained already.
int option_next(option_reader *reader, const char **value);
void option_help(const option_row *rows, FILE *out);

// -- numbers --------------------------------------------------------------------------------------
// Each takes the whole text or refuses it.
bool read_u32(const char *text, uint32_t *value);    // decimal, or hexadecimal with 0x
bool read_positive(const char *text, double *value); // a decimal fraction above 0
bool read_seconds(const char *text, vb_time *value); // "1.5": at most 7 digits, then 9

// Seconds with nine decimals, cut off, not rounded: "1.500000000". text holds SECONDS_TEXT bytes.
#define SECONDS_TEXT 32
const char *write_seconds(vb_time time, char *text);

// A pin's name, "PA2". text holds PIN_TEXT bytes.
#define PIN_TEXT 8
const char *write_pin(hf_pin pin, char *text);

#endif
