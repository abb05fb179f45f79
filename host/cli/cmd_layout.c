// SPDX-License-Identifier: MIT
// holdfast layout: a board file checked, drawn, emitted.
#include <stdio.h>
#include <string.h>

#include "cli.h"

#define MAX_FINDINGS 64
#define COLUMNS 72

static void print_findings(const cli *context, const char *path, const hf_finding *findings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const hf_finding *finding = &findings[i];
        const char *kind = finding->error ? "error" : "warning";
        if (context->counts[OPT_JSON] > 0) {
            cli_print_json(json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "event", "finding", "kind", kind, "file",
                                     cli_json_text(path), "key", cli_json_text(finding->key), "text",
                                     cli_json_text(finding->text), "fix", cli_json_text(finding->fix)));
        } else {
            fprintf(stderr, "%s: %s: %s: %s\n  fix: %s\n", path, finding->key, kind, finding->text, finding->fix);
        }
    }
}

static void print_areas(const hf_board *board)
{
    static const char *const uses[] = {"boot", "boot_data", "application", "reserved", "staging"};
    json_t *areas = json_array();
    for (size_t i = 0; i < board->areas_count; i++) {
        const hf_area *area = &board->areas[i];
        json_array_append_new(areas, json_pack("{s:s, s:I, s:I}", "use", uses[area->use], "address",
                                               (json_int_t)area->address, "size", (json_int_t)area->size));
    }
    cli_print_json(json_pack("{s:s, s:b, s:s, s:s, s:I, s:o}", "event", "result", "ok", 1, "board", board->name,
                             "chip", board->chip.name, "product_id", (json_int_t)board->product_id, "areas", areas));
}

static hf_error emit(const hf_board *board, const char *folder, hf_problem *problem)
{
    hf_complaint why;
    hf_layout_status status = hf_board_emit(board, folder, &why);
    if (status == HF_LAYOUT_OK) {
        return HF_OK;
    }
    return hf_fail(problem, status == HF_LAYOUT_OUTPUT ? HF_E_WRITE : HF_E_LAYOUT, "%s", why.text);
}

int cli_run_layout(const cli *context)
{
    const char *path = context->operands[0];
    hf_board board;
    hf_problem problem;
    if (cli_read_board(context, path, &board, &problem)) {
        return cli_fail(context, &problem);
    }
    board.release = context->counts[OPT_RELEASE] > 0;
    hf_finding findings[MAX_FINDINGS];
    size_t count = hf_board_check(&board, findings, MAX_FINDINGS);
    print_findings(context, path, findings, count < MAX_FINDINGS ? count : MAX_FINDINGS);
    if (count > 0 && findings[0].error) { // errors stand first
        hf_fail(&problem, HF_E_LAYOUT, "%s is not a sound layout", path);
        return cli_fail(context, &problem);
    }
    if (context->values[OPT_EMIT] != NULL && emit(&board, context->values[OPT_EMIT], &problem)) {
        return cli_fail(context, &problem);
    }
    if (context->counts[OPT_JSON] > 0) {
        print_areas(&board);
    } else if (context->counts[OPT_QUIET] == 0) {
        hf_board_draw(&board, stdout, COLUMNS);
    }
    return 0;
}
