// SPDX-License-Identifier: MIT
// Several devices updated at once.
#ifndef HF_CLI_GANG_H
#define HF_CLI_GANG_H

#include "cli.h"
#include "update.h"

// Updates the device at one port. Called from several threads at once, each with its own port and listener.
typedef hf_error (*cli_gang_work)(const void *job, const char *port, const hf_listener *listener, hf_flash_report *report,
                                  hf_problem *problem);

// Has work done at every --port at the same time, shows a line for each and a table at the end. Returns the exit status: 0, or
// that of the first device (in the order of the options) that failed.
int cli_gang(const cli *context, cli_gang_work work, const void *job);

#endif
