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

static bool wants_bootloader(hf_error error)
{
    return error == HF_E_NO_ANSWER || error == HF_E_STRANGER || error == HF_E_NO_LINES || error == HF_E_NO_USB;
}

hf_error cli_advise_step(const hf_board *board, hf_error error, hf_problem *problem)
{
    if (board == NULL || !wants_bootloader(error)) {
        return error;
    }
    if (board->button.port != 0) {
        hf_advise(problem, "hold the board's button%s%s (P%c%u, pressed when it is %s) while you reset it, then run the same command again",
                  board->button_label[0] != '\0' ? " " : "", board->button_label, board->button.port, (unsigned)board->button.number,
                  board->button_active_high ? "high" : "low");
    } else if (board->recovery_window_ms > 0) {
        hf_advise(problem, "the board has no button: run the same command again and reset the board while it waits, the bootloader "
                  "listens for %u ms after each reset", (unsigned)board->recovery_window_ms);
    } else {
        hf_advise(problem, "the board has no button and no recovery window: its application has to ask for the update, by "
                  "hf_app_request_update, or by the serial escape with --enter escape");
    }
    return error;
}
