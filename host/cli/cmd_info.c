// SPDX-License-Identifier: MIT
// holdfast info: what a device in update mode tells of itself.
#include <stdio.h>

#include "device.h"
#include "fast.h"
#include "hf_state.h"

static const char *const boot_reasons[HF_BOOT_REASONS] = {
    [HF_BOOT_ORDINARY] = "no update has ended since it was put there",
    [HF_BOOT_INSTALLED] = "the last update installed it",
    [HF_BOOT_TRIAL] = "the last update installed it, and it is on trial",
    [HF_BOOT_CONFIRMED] = "the last update installed it, and it was confirmed",
    [HF_BOOT_REVERTED] = "the last update was taken back: it is the one from before",
    [HF_BOOT_REFUSED] = "the last update was refused: it is the one from before",
};

static const char *const states[HF_STATES] = {
    [HF_STATE_IDLE] = "nothing to do",
    [HF_STATE_STAGED] = "an image waits for its installation",
    [HF_STATE_INSTALLING] = "an image is being installed",
    [HF_STATE_TRIAL] = "a new image waits for its trial",
    [HF_STATE_TRIED] = "a new image is on trial",
    [HF_STATE_REVERTING] = "the image from before is being brought back",
    [HF_STATE_REJECTED] = "a trial failed, and there is nothing to go back to",
};

static const char *word(const char *const *words, unsigned count, unsigned number)
{
    return number < count ? words[number] : "not known to this holdfast";
}

static void version_text(char text[16], uint32_t version)
{
    snprintf(text, 16, "%u.%u.%u", (unsigned)HF_VERSION_MAJOR(version), (unsigned)HF_VERSION_MINOR(version),
             (unsigned)HF_VERSION_PATCH(version));
}

static void print_image(const char *name, uint8_t fault, const struct hf_trailer *trailer)
{
    char version[16];
    version_text(version, trailer->version);
    if (fault != 0) {
        printf("%-17s none that is valid: %s\n", name, hf_device_error(fault));
    } else {
        printf("%-17s %s, %u bytes, CRC-32 0x%08X, security counter %u\n", name, version,
               (unsigned)(trailer->payload_length + trailer->size), (unsigned)trailer->crc32,
               (unsigned)trailer->security_counter);
    }
}

static void print_status(const struct hf_status *status)
{
    char version[16];
    printf("update            %s\n", word(states, HF_STATES, status->state));
    printf("why this image    %s\n", word(boot_reasons, HF_BOOT_REASONS, status->boot_reason));
    version_text(version, status->failed_version);
    if (status->failure == 0) {
        printf("last failure      none\n");
    } else {
        printf("last failure      %s (version %s)\n", hf_device_error((uint8_t)status->failure), version);
    }
    version_text(version, status->floor_version);
    printf("lowest version    %s, security counter %u\n", version, (unsigned)status->floor_counter);
}

static void print_protection(const struct hf_identity *identity)
{
    if (identity->write == HF_IDENTITY_UNTOLD) {
        printf("protection        not looked at by this bootloader\n");
        return;
    }
    printf("protection        read level %u, bootloader %swrite-protected\n", identity->read_level,
           identity->write != 0 ? "" : "not ");
}

static void print_device(const hf_fast_device *device)
{
    const struct hf_fast_info *info = &device->info;
    char uid[HF_DEVICE_TEXT];
    hf_device_text(info->unique_id, uid);
    printf("chip              0x%03X, unique id %s\n", info->chip_id, uid);
    printf("product id        0x%08X\n", (unsigned)info->product_id);
    printf("application       0x%08X, %u bytes%s\n", (unsigned)info->address, (unsigned)info->size,
           info->received_apart != 0 ? ", received elsewhere and then installed" : "");
    print_image("installed", device->installed, &device->installed_trailer);
    if (info->received_apart != 0) {
        print_image("received", device->received, &device->received_trailer);
    }
    if (device->next != 0) {
        printf("unfinished        an update broke off at 0x%08X%s\n", (unsigned)device->next,
               info->enciphered != 0 ? "" : ": holdfast flash goes on there");
    }
    if (device->keeps_records) {
        print_status(&device->status);
    }
    if (device->takes_orders) {
        print_protection(&device->identity);
    }
    if (info->enciphered != 0) {
        printf("images            enciphered ones only; nothing is read back\n");
    }
    printf("limits            frames of %u bytes in a window of %u, program unit %u bytes\n", HF_FAST_PAYLOAD,
           (unsigned)info->window, info->program_bytes);
    printf("worst case        %u ms to erase a sector\n", info->erase_ms);
}

static json_t *image_json(uint8_t fault, const struct hf_trailer *trailer)
{
    char version[16];
    version_text(version, trailer->version);
    if (fault != 0) {
        return json_pack("{s:b, s:s}", "valid", 0, "why", hf_device_error(fault));
    }
    return json_pack("{s:b, s:s, s:I, s:I, s:I}", "valid", 1, "version", version, "bytes",
                     (json_int_t)(trailer->payload_length + trailer->size), "crc32", (json_int_t)trailer->crc32,
                     "security_counter", (json_int_t)trailer->security_counter);
}

static json_t *status_json(const struct hf_status *status)
{
    char failed[16], lowest[16];
    version_text(failed, status->failed_version);
    version_text(lowest, status->floor_version);
    return json_pack("{s:i, s:s, s:i, s:s, s:i, s:s, s:s, s:I}", "state", (int)status->state, "state_words",
                     word(states, HF_STATES, status->state), "boot_reason", (int)status->boot_reason, "boot_reason_words",
                     word(boot_reasons, HF_BOOT_REASONS, status->boot_reason), "last_failure", (int)status->failure,
                     "failed_version", failed, "lowest_version", lowest, "lowest_counter", (json_int_t)status->floor_counter);
}

static void print_json(const hf_fast_device *device)
{
    const struct hf_fast_info *info = &device->info;
    char uid[HF_DEVICE_TEXT];
    hf_device_text(info->unique_id, uid);
    json_t *object = json_pack("{s:s, s:b, s:i, s:i, s:s, s:I, s:I, s:I, s:b, s:b, s:i, s:I, s:i}", "event", "result", "ok", 1, "exit",
                               0, "chip_id", (int)info->chip_id, "unique_id", uid, "product_id", (json_int_t)info->product_id,
                               "address", (json_int_t)info->address, "size", (json_int_t)info->size, "received_apart",
                               (int)info->received_apart, "enciphered", (int)info->enciphered, "program_bytes", (int)info->program_bytes, "window",
                               (json_int_t)info->window, "erase_ms", (int)info->erase_ms);
    json_object_set_new(object, "installed", image_json(device->installed, &device->installed_trailer));
    if (info->received_apart != 0) {
        json_object_set_new(object, "received", image_json(device->received, &device->received_trailer));
    }
    if (device->next != 0) {
        json_object_set_new(object, "unfinished_at", json_integer((json_int_t)device->next));
    }
    if (device->keeps_records) {
        json_object_set_new(object, "status", status_json(&device->status));
    }
    if (device->takes_orders && device->identity.write != HF_IDENTITY_UNTOLD) {
        json_object_set_new(object, "protection", json_pack("{s:i, s:b}", "read_level", (int)device->identity.read_level,
                                                            "write", (int)device->identity.write));
    }
    cli_print_json(object);
}

static hf_error ask(cli_device *it, hf_fast_device *device, hf_problem *problem)
{
    hf_fast_options options = {.baud = it->options.baud, .wait_ms = it->options.wait_ms};
    hf_fast_meeting meeting;
    hf_error error = hf_fast_meet(&it->transport, &options, &it->listener, &meeting, problem);
    if (!error && !meeting.speaks) {
        return hf_fail(problem, HF_E_PROTOCOL, "the bootloader speaks the classic protocol alone, which tells nothing of itself");
    }
    return error ? error : hf_fast_ask_device(&it->transport, &options, &it->listener, device, problem);
}

int cli_run_info(const cli *context)
{
    cli_device it;
    hf_board board;
    hf_fast_device device;
    hf_problem problem;
    const char *path = context->values[OPT_BOARD];
    if (path != NULL && (cli_read_board(context, path, &board, &problem) || cli_check_board(&board, &problem))) {
        return cli_fail(context, &problem);
    }
    hf_error error = cli_device_open(&it, context, path != NULL ? &board : NULL, &problem);
    if (!error) {
        error = ask(&it, &device, &problem);
        cli_device_close(&it);
    }
    if (cli_advise_step(path != NULL ? &board : NULL, error, &problem)) {
        return cli_fail(context, &problem);
    }
    if (context->counts[OPT_JSON] > 0) {
        print_json(&device);
    } else {
        print_device(&device);
    }
    return 0;
}
