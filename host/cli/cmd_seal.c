// SPDX-License-Identifier: MIT
// holdfast seal.
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "cli.h"
#include "hf_image.h"
#include "image_check.h"
#include "seal.h"
#include "transit.h"

static hf_error need(const cli *context, cli_option_id id, hf_problem *problem)
{
    if (context->values[id] != NULL) {
        return HF_OK;
    }
    return hf_fail(problem, HF_E_USAGE, "%s needs --%s %s", context->command->name, cli_options[id].name,
                   cli_options[id].argument);
}

static hf_error read_revoked_key(const cli *context, const hf_board *board, hf_seal_options *options, hf_problem *problem)
{
    const char *name = context->values[OPT_REVOKE];
    for (size_t i = 0; name != NULL && i < board->keys_count; i++) {
        if (strcmp(board->keys[i].name, name) == 0) {
            options->revoked_key = board->keys[i].point.x[0];
            return HF_OK;
        }
    }
    return name == NULL ? HF_OK : hf_fail(problem, HF_E_USAGE, "%s has no key named '%s'", board->name, name);
}

static hf_error read_options(const cli *context, const hf_board *board, hf_seal_options *options, hf_problem *problem)
{
    *options = (hf_seal_options){.board = board};
    const char *version = context->values[OPT_VERSION];
    if (!hf_version_parse(version, &options->version)) {
        return hf_fail(problem, HF_E_USAGE, "--version takes X.Y.Z up to 255.255.65535, not '%s'", version);
    }
    hf_error error =
        cli_number(context, OPT_PRODUCT_ID, UINT32_MAX, board->product_id, &options->product_id, problem);
    error = error ? error : cli_number(context, OPT_SECURITY_COUNTER, UINT32_MAX, 0, &options->security_counter, problem);
    return error ? error : read_revoked_key(context, board, options, problem);
}

static hf_error load_key(const cli *context, hf_signing_key **key, hf_problem *problem)
{
    const char *source = context->values[OPT_KEY];
    return source == NULL ? HF_OK : hf_signing_key_load(key, source, &cli_passphrase, problem);
}

// Kept in *key, which options then point to.
static hf_error load_transit_key(const cli *context, hf_transit_key *key, hf_seal_options *options, hf_problem *problem)
{
    const char *path = context->values[OPT_TRANSIT_KEY];
    if (path == NULL) {
        return HF_OK;
    }
    options->transit_key = key;
    return hf_transit_key_load(key, path, problem);
}

static hf_error output_format(const cli *context, hf_file_format *format, hf_problem *problem)
{
    const char *given = context->values[OPT_FORMAT];
    const char *output = context->values[OPT_OUTPUT];
    *format = hf_format_by_name(given ? given : output);
    if (*format == HF_FORMAT_UNKNOWN) {
        return hf_fail(problem, HF_E_USAGE, "the name '%s' does not tell the format: add --format elf|hex|bin|dfu", output);
    }
    return HF_OK;
}

static hf_error prepare(const cli *context, hf_board *board, hf_seal_options *options, hf_file_format *format,
                        hf_problem *problem)
{
    static const cli_option_id needed[] = {OPT_BOARD, OPT_VERSION, OPT_OUTPUT};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (need(context, needed[i], problem)) {
            return problem->error;
        }
    }
    if (output_format(context, format, problem) ||
        cli_read_board(context, context->values[OPT_BOARD], board, problem) || cli_check_board(board, problem)) {
        return problem->error;
    }
    return read_options(context, board, options, problem);
}

static void report(const cli *context, const hf_image *image, const hf_seal_options *options, hf_file_format format)
{
    const char *output = context->values[OPT_OUTPUT];
    uint32_t version = options->version;
    uint32_t length = hf_get32(image->bytes + HF_IMAGE_OFFSET_LENGTH);
    uint32_t crc = hf_get32(image->bytes + length + offsetof(struct hf_trailer, crc32));
    bool is_signed = options->key != NULL, enciphered = options->transit_key != NULL;
    if (strcmp(output, "-") == 0) {
        return; // standard output carries the image
    }
    if (context->counts[OPT_JSON] > 0) {
        cli_print_json(json_pack("{s:s, s:b, s:o, s:s, s:I, s:I, s:I, s:b, s:b}", "event", "result", "ok", 1, "file", cli_json_text(output),
                                 "format", hf_format_name(format), "address", (json_int_t)image->address, "size",
                                 (json_int_t)image->size, "crc32", (json_int_t)crc, "signed", is_signed, "enciphered", enciphered));
    } else if (context->counts[OPT_QUIET] == 0) {
        printf("sealed %s%s%s: version %u.%u.%u, %zu bytes at 0x%08X, CRC-32 0x%08X\n", is_signed ? "and signed " : "",
               enciphered ? "and enciphered " : "",
               output, (unsigned)HF_VERSION_MAJOR(version), (unsigned)HF_VERSION_MINOR(version),
               (unsigned)HF_VERSION_PATCH(version), image->size, (unsigned)image->address, (unsigned)crc);
    }
}

// The application stages its successor in the clear, and so does a debugger: no error, and nothing to happen by mistake.
static void warn_clear(const hf_board *board, const hf_seal_options *options)
{
    if (hf_board_enciphers(board) && options->transit_key == NULL) {
        fprintf(stderr, "warning: sealed in the clear: everybody can read it, and %s's bootloader does not take it; add --transit-key "
                        "for the file that travels\n", board->name);
    }
}

int cli_run_seal(const cli *context)
{
    hf_board board = {0};
    hf_seal_options options = {0};
    hf_file_format format = HF_FORMAT_UNKNOWN;
    hf_image image = {0};
    hf_signing_key *key = NULL;
    hf_transit_key transit_key;
    hf_problem problem;
    hf_error error = prepare(context, &board, &options, &format, &problem);
    error = error ? error : hf_image_load(&image, context->operands[0], &problem);
    error = error ? error : load_key(context, &key, &problem);
    options.key = key;
    error = error ? error : load_transit_key(context, &transit_key, &options, &problem);
    error = error ? error : hf_seal(&image, &options, &problem);
    image.usb_vid = board.usb.vid;
    image.usb_pid = board.usb.pid;
    error = error ? error : hf_image_save(&image, format, context->values[OPT_OUTPUT], &problem);
    if (!error) {
        report(context, &image, &options, format);
        warn_clear(&board, &options);
    }
    hf_signing_key_free(key);
    hf_image_free(&image);
    return error ? cli_fail(context, &problem) : 0;
}
