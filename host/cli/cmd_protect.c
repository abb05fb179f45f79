// SPDX-License-Identifier: MIT
// holdfast protect: has the chip protect itself, and believes it only when the chip says so after a reset.
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "device.h"

typedef struct protect_job {
    const cli *context;
    hf_board board;
    cli_device device;
    struct hf_identity before, after;
} protect_job;

static bool is_protected(const hf_board *board, const struct hf_identity *identity)
{
    return identity->write != HF_IDENTITY_UNTOLD && (!board->protection.write || identity->write == 1) &&
           (!board->protection.read || identity->read_level >= 1);
}

static hf_error prepare(protect_job *job, hf_problem *problem)
{
    const cli *context = job->context;
    if (context->values[OPT_BOARD] == NULL || context->values[OPT_KEY] == NULL) {
        return hf_fail(problem, HF_E_USAGE, "protect needs --board BOARD.json and --key KEY");
    }
    if (context->counts[OPT_YES] == 0 && !isatty(STDIN_FILENO)) {
        return hf_fail(problem, HF_E_USAGE, "nobody is there to be asked: add --yes when you know what cannot be undone");
    }
    hf_error error = cli_read_board(context, context->values[OPT_BOARD], &job->board, problem);
    error = error ? error : cli_check_board(&job->board, problem);
    if (!error && !job->board.protection.ordered) {
        return hf_fail(problem, HF_E_USAGE, "%s does not wait for an order: its \"protection\" is without \"ordered\"",
                       job->board.name);
    }
    return error;
}

static void show_consequences(const protect_job *job)
{
    char device[HF_DEVICE_TEXT];
    hf_device_text(job->before.device, device);
    fprintf(stderr, "Device %s (%s) will be protected by its own option bytes:\n", device, job->board.name);
    if (job->board.protection.write) {
        fprintf(stderr, "  write protection  The bootloader's sectors cannot be erased or programmed any more, by no link and no\n"
                        "                    debugger. The bootloader itself can never be replaced over a link.\n");
    }
    if (job->board.protection.read) {
        fprintf(stderr, "  read protection   Level 1: a debugger sees no flash any more. Taking it back is possible only with a\n"
                        "                    debugger, and ERASES ALL FLASH, bootloader and application included.\n");
    }
    fprintf(stderr, "No command of holdfast takes any of this back. Updates go on as before.\n");
}

static hf_error confirm(const protect_job *job, hf_problem *problem)
{
    char answer[16] = "";
    if (job->context->counts[OPT_QUIET] == 0 || job->context->counts[OPT_YES] == 0) {
        show_consequences(job);
    }
    if (job->context->counts[OPT_YES] > 0) {
        return HF_OK;
    }
    fprintf(stderr, "Type \"protect\" to go on: ");
    bool agreed = fgets(answer, sizeof answer, stdin) != NULL && strcmp(answer, "protect\n") == 0;
    return agreed ? HF_OK : hf_fail(problem, HF_E_INTERRUPTED, "nothing was changed");
}

static hf_error send_order(protect_job *job, hf_problem *problem)
{
    uint32_t now = (uint32_t)time(NULL), next = job->before.last_number + 1;
    hf_order_wish wish = {.board = &job->board, .kind = HF_ORDER_PROTECT, .number = now > next ? now : next};
    memcpy(wish.device, job->before.device, sizeof wish.device);
    uint8_t order[HF_ORDER_SIZE];
    hf_signing_key *key = NULL;
    hf_error error = hf_signing_key_load(&key, job->context->values[OPT_KEY], &cli_passphrase, problem);
    error = error ? error : hf_order_make(&wish, key, order, problem);
    hf_signing_key_free(key);
    return error ? error : hf_order_send(&job->device.link, order, problem);
}

// The device has been reset by its own bootloader. What counts is what it reads from its option bytes now.
static hf_error read_back(protect_job *job, hf_problem *problem)
{
    hf_error error = cli_device_again(&job->device, job->context, problem);
    error = error ? error : hf_order_identify(&job->device.link, &job->after, problem);
    if (error || is_protected(&job->board, &job->after)) {
        return error;
    }
    return hf_fail(problem, HF_E_UNPROTECTED, "the device obeyed, but after its reset it says: write protection %s, read "
                   "protection level %u", job->after.write == 1 ? "on" : "off", job->after.read_level);
}

static hf_error protect(protect_job *job, bool *already, hf_problem *problem)
{
    hf_error error = hf_order_identify(&job->device.link, &job->before, problem);
    *already = !error && is_protected(&job->board, &job->before);
    if (error || *already) {
        job->after = job->before;
        return error;
    }
    error = confirm(job, problem);
    error = error ? error : send_order(job, problem);
    return error ? error : read_back(job, problem);
}

static void report(const protect_job *job, bool already)
{
    char device[HF_DEVICE_TEXT];
    hf_device_text(job->after.device, device);
    if (job->context->counts[OPT_JSON] > 0) {
        cli_print_json(json_pack("{s:s, s:b, s:s, s:b, s:i, s:b}", "event", "result", "ok", 1, "device", device, "write",
                                 job->after.write == 1, "read_level", (int)job->after.read_level, "already", already));
    } else if (job->context->counts[OPT_QUIET] == 0) {
        printf("device %s %s protected: write protection %s, read protection level %u\n", device,
               already ? "was" : "is", job->after.write == 1 ? "on" : "off", job->after.read_level);
    }
}

int cli_run_protect(const cli *context)
{
    protect_job job = {.context = context};
    hf_problem problem;
    bool already;
    hf_error error = prepare(&job, &problem);
    error = error ? error : cli_device_open(&job.device, context, &job.board, &problem);
    if (error) {
        return cli_fail(context, &problem);
    }
    error = protect(&job, &already, &problem);
    cli_device_close(&job.device);
    if (cli_advise_step(&job.board, error, &problem)) {
        return cli_fail(context, &problem);
    }
    report(&job, already);
    return 0;
}
