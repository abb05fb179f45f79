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
    hf_phase phase;    // told last
} cli_progress;

// A listener that shows what happens. progress must outlive it; it stops when SIGINT arrived (see cli_catch_interrupt).
hf_listener cli_listen(cli_progress *progress, const cli *context);

// Ends a bar or a traced line so that other text can follow.
void cli_progress_end(cli_progress *progress);

// Did the device itself find the image good? The classic protocol cannot ask it but by starting the image.
bool cli_device_judged(const hf_flash_report *report);

// Has it been, by Ctrl-C or because the terminal went away?
bool cli_interrupted(void);
// The same in the middle of an update: once it changes the device, only Ctrl-C stops it.
bool cli_interrupted_in(hf_phase phase);

// From now on Ctrl-C is noticed between two bytes; a second one ends the program at once. A terminal that goes away
// (SIGHUP) is noticed likewise, and output that nobody reads any more (SIGPIPE) is lost without ending the program.
void cli_catch_interrupt(void);

#endif
