// SPDX-License-Identifier: MIT
// holdfast list.
#include <stdio.h>

#include "cli.h"
#include "dfu.h"

typedef struct listing {
    const cli *context;
    unsigned count;
} listing;

static void print_device(void *context, const hf_dfu_found *found)
{
    listing *it = context;
    char ids[16];
    snprintf(ids, sizeof ids, "%04x:%04x", found->vid, found->pid);
    it->count++;
    if (it->context->counts[OPT_JSON] > 0) {
        cli_print_json(json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "event", "device", "path", found->path, "ids", ids,
                                 "product", cli_json_text(found->product), "serial", cli_json_text(found->serial),
                                 "memory", cli_json_text(found->memory)));
    } else {
        printf("%-8s %s  %s  %s\n         %s\n", found->path, ids, found->serial, found->product, found->memory);
    }
}

int cli_run_list(const cli *context)
{
    listing it = {.context = context};
    hf_problem problem;
    hf_error error = hf_dfu_list(NULL, print_device, &it, &problem);
    if (!error && it.count == 0) {
        error = hf_fail(&problem, HF_E_NO_USB, "no device in DFU mode");
    }
    return error ? cli_fail(context, &problem) : 0;
}
