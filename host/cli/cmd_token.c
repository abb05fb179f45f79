// SPDX-License-Identifier: MIT
// holdfast token: lets one device go back to an older version, once.
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "device.h"
#include "hf_image.h"
#include "seal.h"

// Numbers only have to rise. The time does, and nobody has to keep a list.
static uint32_t number_after(uint32_t last)
{
    uint32_t now = (uint32_t)time(NULL);
    return now > last ? now : last + 1;
}

static hf_error ask_device(const cli *context, hf_order_wish *wish, hf_problem *problem)
{
    cli_device device;
    struct hf_identity identity;
    hf_error error = cli_device_open(&device, context, wish->board, problem);
    if (error) {
        return error;
    }
    error = hf_order_identify(&device.link, &identity, problem);
    cli_device_close(&device);
    if (!error) {
        memcpy(wish->device, identity.device, sizeof wish->device);
        wish->number = number_after(identity.last_number);
    }
    return error;
}

static hf_error find_device(const cli *context, hf_order_wish *wish, hf_problem *problem)
{
    const char *uid = context->values[OPT_UID];
    wish->number = number_after(0);
    if (uid == NULL) {
        return ask_device(context, wish, problem);
    }
    return hf_device_parse(uid, wish->device)
               ? HF_OK
               : hf_fail(problem, HF_E_USAGE, "--uid takes 24 hexadecimal digits, not '%s'", uid);
}

static hf_error prepare(const cli *context, hf_board *board, hf_order_wish *wish, hf_problem *problem)
{
    static const cli_option_id needed[] = {OPT_BOARD, OPT_KEY, OPT_VERSION, OPT_OUTPUT};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (context->values[needed[i]] == NULL) {
            return hf_fail(problem, HF_E_USAGE, "token needs --%s %s", cli_options[needed[i]].name,
                           cli_options[needed[i]].argument);
        }
    }
    *wish = (hf_order_wish){.board = board, .kind = HF_ORDER_DOWNGRADE};
    if (!hf_version_parse(context->values[OPT_VERSION], &wish->version)) {
        return hf_fail(problem, HF_E_USAGE, "--version takes X.Y.Z up to 255.255.65535, not '%s'",
                       context->values[OPT_VERSION]);
    }
    hf_error error = cli_read_board(context, context->values[OPT_BOARD], board, problem);
    error = error ? error : cli_check_board(board, problem);
    error = error ? error : find_device(context, wish, problem);
    return error ? error : cli_number(context, OPT_NUMBER, UINT32_MAX, wish->number, &wish->number, problem);
}

static void report(const cli *context, const hf_order_wish *wish)
{
    char device[HF_DEVICE_TEXT];
    hf_device_text(wish->device, device);
    if (context->counts[OPT_JSON] > 0) {
        cli_print_json(json_pack("{s:s, s:b, s:o, s:s, s:I}", "event", "result", "ok", 1, "file",
                                 cli_json_text(context->values[OPT_OUTPUT]), "device", device, "number", (json_int_t)wish->number));
    } else if (context->counts[OPT_QUIET] == 0) {
        printf("wrote %s: device %s may go back to %u.%u.%u, once (number %u)\n", context->values[OPT_OUTPUT], device,
               (unsigned)HF_VERSION_MAJOR(wish->version), (unsigned)HF_VERSION_MINOR(wish->version),
               (unsigned)HF_VERSION_PATCH(wish->version), (unsigned)wish->number);
    }
}

int cli_run_token(const cli *context)
{
    hf_board board;
    hf_order_wish wish;
    hf_signing_key *key = NULL;
    uint8_t order[HF_ORDER_SIZE];
    hf_problem problem;
    hf_error error = prepare(context, &board, &wish, &problem);
    error = error ? error : hf_signing_key_load(&key, context->values[OPT_KEY], &cli_passphrase, &problem);
    error = error ? error : hf_order_make(&wish, key, order, &problem);
    error = error ? error : hf_order_save(context->values[OPT_OUTPUT], order, &problem);
    hf_signing_key_free(key);
    if (error) {
        return cli_fail(context, &problem);
    }
    report(context, &wish);
    return 0;
}
