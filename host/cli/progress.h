// SPDX-License-Identifier: MIT
// How an update shows while it runs: a bar on a terminal, plain lines elsewhere, events as JSON.
#ifndef HF_CLI_PROGRESS_H
#define HF_CLI_PROGRESS_H

#include <stdio.h>

#include "classic.h"
#include "cli.h"

typedef struct cli_progress {
    const cli *context;
    bool terminal;     // stderr is one: a bar makes sense
    bool bar_shown;
    double write_start; // seconds
    uint32_t shown;    // percent shown last
    uint64_t line_bytes; // so far on the traced line
    int direction;     // of the traced line: -1 none, 0 received, 1 sent
} cli_progress;

// A listener that shows what happens. progress must outlive it; it stops when SIGINT arrived (see cli_catch_interrupt).
hf_listener cli_listen(cli_progress *progress, const cli *context);

// Ends a bar or a traced line so that other text can follow.
void cli_progress_end(cli_progress *progress);

// Has it been?
bool cli_interrupted(void);

// From now on Ctrl-C is noticed between two bytes; a second one ends the program at once.
void cli_catch_interrupt(void);

#endif
