// SPDX-License-Identifier: MIT
// The hosts, each with its own protocol.
#include <stdio.h>
#include <stdlib.h>

#include "an3155_host.h"
#include "classic.h"
#include "fast.h"
#include "host_line.h"
#include "noise.h"

#define BOARD   HF_SOURCE_DIR "/boards/stm32f407-uart.json"
#define WAIT_MS 20000u

static const hf_board *read_board(void)
{
    static hf_board board;
    hf_complaint why;
    if (board.name[0] == '\0' && hf_board_read(&board, BOARD, NULL, &why) != HF_LAYOUT_OK) {
        fprintf(stderr, "%s\n", why.text);
        exit(1);
    }
    return &board;
}

static hf_error update_fast(hf_transport *transport, const void *image, size_t size, hf_fast_options *options, hf_flash_report *report,
                            hf_problem *problem)
{
    hf_fast_meeting meeting;
    hf_error error = hf_fast_meet(transport, options, NULL, &meeting, problem);
    if (!error && !meeting.speaks) {
        return hf_fail(problem, HF_E_PROTOCOL, "a bootloader without the fast protocol");
    }
    return error ? error : hf_flash_fast(transport, &meeting, image, size, options, NULL, report, problem);
}

static hf_error update_classic(hf_transport *transport, const void *image, size_t size, hf_flash_report *report, hf_problem *problem)
{
    hf_classic_options options = hf_classic_defaults(read_board());
    options.wait_ms = WAIT_MS;
    options.boot = false;
    return hf_flash_classic(transport, image, size, &options, NULL, report, problem);
}

static void ignore(void *context, hf_phase phase, uint32_t done, uint32_t total)
{
    (void)context;
    (void)phase;
    (void)done;
    (void)total;
}

static hf_error update_an3155(hf_transport *transport, const void *image, size_t size, hf_problem *problem)
{
    static const hf_listener listener = {.progress = ignore};
    hf_image given = {.bytes = (uint8_t *)(uintptr_t)image, .size = size};
    return an3155_update(transport, read_board(), &given, &listener) ? HF_OK : hf_fail(problem, HF_E_NAK, "an AN3155 command failed");
}

attempt host_attempt(protocol how, const void *image, size_t size, uint32_t faster)
{
    hf_transport transport = host_line();
    hf_fast_options fast = {.baud = 115200, .faster = faster, .wait_ms = WAIT_MS, .pack = how == PACKED};
    hf_flash_report report = {0};
    hf_problem problem = {0};
    hf_error error = how == CLASSIC  ? update_classic(&transport, image, size, &report, &problem)
                     : how == AN3155 ? update_an3155(&transport, image, size, &problem)
                                     : update_fast(&transport, image, size, &fast, &report, &problem);
    attempt it = {.done = error == HF_OK, .resent = report.resent};
    snprintf(it.what, sizeof it.what, "%s", problem.what);
    return it;
}
