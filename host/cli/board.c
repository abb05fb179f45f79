// SPDX-License-Identifier: MIT
// Board files for every command.
#include <string.h>

#include "cli.h"

hf_error cli_read_board(const cli *context, const char *path, hf_board *board, hf_problem *problem)
{
    hf_complaint why;
    hf_layout_status status = hf_board_read(board, path, context->values[OPT_CHIPS], &why);
    if (status == HF_LAYOUT_OK) {
        return HF_OK;
    }
    return hf_fail(problem, status == HF_LAYOUT_UNREADABLE ? HF_E_READ : HF_E_BOARD, "%s", why.text);
}

hf_error cli_check_board(const hf_board *board, hf_problem *problem)
{
    hf_finding first;
    if (hf_board_check(board, &first, 1) == 0 || !first.error) {
        return HF_OK;
    }
    return hf_fail(problem, HF_E_LAYOUT, "%s: %s: %s (%s)", board->path, first.key, first.text, first.fix);
}
