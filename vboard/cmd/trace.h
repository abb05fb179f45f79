// SPDX-License-Identifier: MIT
// Traces: one line "SECONDS.NANOSECONDS NAME LEVEL" per change, written out at once.
#ifndef VB_CMD_TRACE_H
#define VB_CMD_TRACE_H

#include "cmd.h"

// Without a file a trace swallows everything.
typedef struct cmd_trace {
    const char *path;
    FILE *file;
} cmd_trace;

// "-" is standard output. path NULL: no trace. False with errno set when the file cannot be
// written.
bool trace_open(cmd_trace *trace, const char *path);
void trace_line(cmd_trace *trace, vb_time when, const char *name, vb_level level);
// Writes the moment of the end as a comment. False when something could not be written.
bool trace_close(cmd_trace *trace, vb_time end);

#endif
