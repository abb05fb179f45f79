// SPDX-License-Identifier: MIT
// Traces of the LED and of pins.
#include <string.h>

#include "trace.h"

bool trace_open(cmd_trace *trace, const char *path)
{
    *trace = (cmd_trace){.path = path};
    if (path == NULL) {
        return true;
    }
    trace->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    return trace->file != NULL;
}

void trace_line(cmd_trace *trace, vb_time when, const char *name, vb_level level)
{
    if (trace->file == NULL) {
        return;
    }
    char seconds[SECONDS_TEXT];
    const char *word = level == VB_FLOATING ? "z" : level == VB_HIGH ? "1" : "0";
    fprintf(trace->file, "%s %s %s\n", write_seconds(when, seconds), name, word);
    fflush(trace->file);
}

bool trace_close(cmd_trace *trace, vb_time end)
{
    if (trace->file == NULL) {
        return true;
    }
    char seconds[SECONDS_TEXT];
    fprintf(trace->file, "# end %s\n", write_seconds(end, seconds));
    bool sound = fflush(trace->file) == 0 && ferror(trace->file) == 0;
    if (trace->file != stdout) {
        sound = fclose(trace->file) == 0 && sound;
    }
    trace->file = NULL;
    return sound;
}
