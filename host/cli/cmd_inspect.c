// SPDX-License-Identifier: MIT
// holdfast inspect.
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "cli.h"
#include "hf_image.h"
#include "image_check.h"
#include "image_file.h"
#include "transit.h"

static const char *const verdicts[] = {"pass", "FAIL", "skipped"};

static void print_fields(const hf_inspection *found, const hf_image *image)
{
    printf("file             %zu bytes, %s\n", image->size, hf_format_name(image->format));
    if (found->have_vectors) {
        printf("stack pointer    0x%08X\nreset vector     0x%08X\n", (unsigned)found->stack_pointer,
               (unsigned)found->reset_vector);
    }
    if (!found->have_trailer) {
        return;
    }
    printf("load address     0x%08X\n", (unsigned)found->load_address);
    printf("payload length   %u\n", (unsigned)found->payload_length);
    printf("format           %u, trailer of %u bytes\n", found->format, found->trailer_size);
    printf("version          %u.%u.%u\n", (unsigned)HF_VERSION_MAJOR(found->version),
           (unsigned)HF_VERSION_MINOR(found->version), (unsigned)HF_VERSION_PATCH(found->version));
    printf("product id       0x%08X\n", (unsigned)found->product_id);
    printf("chip id          0x%03X\n", (unsigned)found->chip_id);
    printf("security counter %u\n", (unsigned)found->security_counter);
    printf("flags            0x%08X\n", (unsigned)found->flags);
    if (found->flags & HF_FLAG_ENCIPHERED) {
        printf("travels          enciphered%s\n", found->travel == HF_TRAVEL_DECIPHERED ? ", deciphered here" : "");
    }
    printf("CRC-32           0x%08X\n", (unsigned)found->crc_stored);
    if (found->is_signed) {
        printf("signed by key    0x%08X\n", (unsigned)found->key_id);
        if (found->revoked_key != 0) {
            printf("revokes key      0x%08X\n", (unsigned)found->revoked_key);
        }
    }
}

static void print_checks(const hf_inspection *found)
{
    putchar('\n');
    for (unsigned i = 0; i < HF_CHECKS; i++) {
        const hf_check_result *result = &found->checks[i];
        printf("%-7s  %-14s  %s\n", verdicts[result->verdict], hf_check_name((hf_check)i), result->words);
    }
    printf("\n%s\n", found->error ? "refused" : "good");
}

static json_t *json_fields(const hf_inspection *found)
{
    if (!found->have_trailer) {
        return json_null();
    }
    char version[16];
    snprintf(version, sizeof version, "%u.%u.%u", (unsigned)HF_VERSION_MAJOR(found->version),
             (unsigned)HF_VERSION_MINOR(found->version), (unsigned)HF_VERSION_PATCH(found->version));
    return json_pack("{s:I, s:I, s:i, s:i, s:s, s:I, s:I, s:I, s:I, s:b, s:I, s:o, s:o}", "load_address",
                     (json_int_t)found->load_address, "payload_length", (json_int_t)found->payload_length, "format",
                     (int)found->format, "trailer_size", (int)found->trailer_size, "version", version, "product_id",
                     (json_int_t)found->product_id, "chip_id", (json_int_t)found->chip_id, "security_counter",
                     (json_int_t)found->security_counter, "flags", (json_int_t)found->flags, "enciphered", found->travel == HF_TRAVEL_ENCIPHERED, "crc32",
                     (json_int_t)found->crc_stored, "key_id",
                     found->is_signed ? json_integer(found->key_id) : json_null(), "revoked_key",
                     found->revoked_key != 0 ? json_integer(found->revoked_key) : json_null());
}

static void print_as_json(const hf_inspection *found, const hf_image *image, const char *path)
{
    json_t *checks = json_array();
    for (unsigned i = 0; i < HF_CHECKS; i++) {
        const hf_check_result *result = &found->checks[i];
        const char *verdict = result->verdict == HF_VERDICT_FAIL ? "fail" : verdicts[result->verdict];
        json_array_append_new(checks, json_pack("{s:s, s:s, s:s}", "check", hf_check_name((hf_check)i), "verdict",
                                                verdict, "words", result->words));
    }
    cli_print_json(json_pack("{s:s, s:o, s:s, s:I, s:I, s:I, s:o, s:o}", "event", "image", "file", cli_json_text(path), "format",
                             hf_format_name(image->format), "size", (json_int_t)image->size, "stack_pointer",
                             (json_int_t)found->stack_pointer, "reset_vector", (json_int_t)found->reset_vector,
                             "trailer", json_fields(found), "checks", checks));
    if (!found->error) { // else the problem is the result
        cli_print_json(json_pack("{s:s, s:b}", "event", "result", "ok", 1));
    }
}

static hf_error inspect(const cli *context, const hf_board *board, const hf_image *image, hf_problem *problem)
{
    hf_inspect_context around = {board, image->has_address, image->address};
    hf_inspection found;
    hf_image_inspect(image->bytes, image->size, &around, &found);
    if (context->counts[OPT_JSON] > 0) {
        print_as_json(&found, image, context->operands[0]);
    } else if (context->counts[OPT_QUIET] == 0) {
        print_fields(&found, image);
        print_checks(&found);
    }
    if (!found.error) {
        return HF_OK;
    }
    fflush(stdout);
    return hf_fail(problem, found.error, "%s: %s: %s", context->operands[0], hf_check_name(found.failed),
                   found.checks[found.failed].words);
}

// With the key, what is inspected is what the device makes of the file.
static hf_error decipher(const cli *context, hf_image *image, hf_problem *problem)
{
    hf_transit_key key;
    const char *path = context->values[OPT_TRANSIT_KEY];
    if (path == NULL || !hf_travels_enciphered(image->bytes, image->size)) {
        return HF_OK;
    }
    hf_error error = hf_transit_key_load(&key, path, problem);
    return error ? error
                 : hf_transit_apply(&key, image->bytes, hf_get32(image->bytes + HF_IMAGE_OFFSET_LENGTH), problem);
}

int cli_run_inspect(const cli *context)
{
    const char *path = context->values[OPT_BOARD];
    hf_board board;
    hf_problem problem;
    if (path != NULL && (cli_read_board(context, path, &board, &problem) || cli_check_board(&board, &problem))) {
        return cli_fail(context, &problem);
    }
    hf_image image;
    if (hf_image_load(&image, context->operands[0], &problem)) {
        return cli_fail(context, &problem);
    }
    hf_error error = decipher(context, &image, &problem);
    error = error ? error : inspect(context, path ? &board : NULL, &image, &problem);
    hf_image_free(&image);
    return error ? cli_fail(context, &problem) : 0;
}
