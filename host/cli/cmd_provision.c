// SPDX-License-Identifier: MIT
// holdfast provision: gives a device its UUID and hardware version, or shows them.
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "device.h"
#include "hf_image.h"
#include "provision.h"
#include "seal.h"

typedef struct provision_job {
    const cli *context;
    hf_board board;
    cli_device device;
    hf_identity_card wanted, there;
    bool found;
} provision_job;

static bool only_shows(const cli *context)
{
    return context->counts[OPT_SHOW] > 0;
}

static hf_error read_wish(provision_job *job, hf_problem *problem)
{
    const cli *context = job->context;
    const char *uuid = context->values[OPT_UUID], *hardware = context->values[OPT_HARDWARE];
    if (uuid != NULL && !hf_uuid_parse(uuid, job->wanted.uuid)) {
        return hf_fail(problem, HF_E_USAGE, "--uuid takes 123e4567-e89b-12d3-a456-426614174000 or the like, not '%s'", uuid);
    }
    if (hardware != NULL && !hf_version_parse(hardware, &job->wanted.hardware)) {
        return hf_fail(problem, HF_E_USAGE, "--hardware takes X.Y.Z up to 255.255.65535, not '%s'", hardware);
    }
    return HF_OK;
}

static hf_error prepare(provision_job *job, hf_problem *problem)
{
    const cli *context = job->context;
    if (only_shows(context) == (context->values[OPT_HARDWARE] != NULL)) {
        return hf_fail(problem, HF_E_USAGE, "provision needs --hardware X.Y.Z, or --show alone");
    }
    hf_error error = read_wish(job, problem);
    if (error || context->values[OPT_BOARD] == NULL) {
        return error;
    }
    error = cli_read_board(context, context->values[OPT_BOARD], &job->board, problem);
    error = error ? error : cli_check_board(&job->board, problem);
    return error || job->board.provision
               ? error
               : hf_fail(problem, HF_E_USAGE, "%s is without \"provision\": true", job->board.name);
}

// Without --uuid a device keeps the one it has, so that the same command may be given again after a cut.
static hf_error choose_uuid(provision_job *job, hf_problem *problem)
{
    if (job->context->values[OPT_UUID] != NULL) {
        return HF_OK;
    }
    if (job->found) {
        memcpy(job->wanted.uuid, job->there.uuid, sizeof job->wanted.uuid);
        return HF_OK;
    }
    return hf_uuid_make(job->wanted.uuid, problem);
}

static hf_error provision(provision_job *job, hf_problem *problem)
{
    hf_error error = hf_provision_tell(&job->device.link, &job->there, &job->found, problem);
    if (error || only_shows(job->context)) {
        return error || job->found ? error : hf_fail(problem, HF_E_UNPROVISIONED, "the device has no UUID yet");
    }
    error = choose_uuid(job, problem);
    error = error ? error : hf_provision_write(&job->device.link, &job->wanted, problem);
    job->there = job->wanted;
    return error;
}

static void report(const provision_job *job)
{
    char uuid[HF_UUID_TEXT], hardware[16];
    uint32_t version = job->there.hardware;
    hf_uuid_text(job->there.uuid, uuid);
    snprintf(hardware, sizeof hardware, "%u.%u.%u", (unsigned)HF_VERSION_MAJOR(version), (unsigned)HF_VERSION_MINOR(version),
             (unsigned)HF_VERSION_PATCH(version));
    if (job->context->counts[OPT_JSON] > 0) {
        cli_print_json(json_pack("{s:s, s:b, s:s, s:s, s:b}", "event", "result", "ok", 1, "uuid", uuid, "hardware", hardware,
                                 "already", job->found));
    } else if (job->context->counts[OPT_QUIET] == 0) {
        printf("uuid %s, hardware %s%s\n", uuid, hardware, only_shows(job->context) || job->found ? "" : ": provisioned");
    }
}

int cli_run_provision(const cli *context)
{
    provision_job job = {.context = context};
    hf_problem problem;
    hf_error error = prepare(&job, &problem);
    const hf_board *board = context->values[OPT_BOARD] != NULL ? &job.board : NULL;
    error = error ? error : cli_device_open(&job.device, context, board, &problem);
    if (error) {
        return cli_fail(context, &problem);
    }
    error = provision(&job, &problem);
    cli_device_close(&job.device);
    if (cli_advise_step(board, error, &problem)) {
        return cli_fail(context, &problem);
    }
    report(&job);
    return 0;
}
