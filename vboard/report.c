// SPDX-License-Identifier: MIT
// Words: reports of what went wrong inside, and the reason of the last failure.
#include "core.h"

#include <stdio.h>

const char *vb_error(const vb_board *board)
{
    return board->error;
}

vb_status core_fail(vb_board *board, vb_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(board->error, sizeof board->error, format, args);
    va_end(args);
    return status;
}

void vb_on_report(vb_board *board, vb_report_fn fn, void *context)
{
    board->report_fn = fn;
    board->report_context = context;
}

unsigned vb_reports(const vb_board *board, vb_report kind)
{
    return board->reports[kind];
}

void vb_say(vb_board *board, vb_report kind, const char *format, ...)
{
    board->reports[kind]++;
    if (board->report_fn == NULL) {
        return;
    }
    char words[512];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    board->report_fn(board->report_context, vb_now(board), kind, words);
}
