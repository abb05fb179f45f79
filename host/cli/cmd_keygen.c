// SPDX-License-Identifier: MIT
// holdfast keygen.
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "transit.h"

#define PASSPHRASE_MAX 256

// The name of a key is that of its file, as far as a board file allows it.
static void name_of(const char *path, char name[HF_NAME_MAX])
{
    const char *slash = strrchr(path, '/');
    const char *at = slash == NULL ? path : slash + 1;
    size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    bool usable = length > 0 && length < HF_NAME_MAX && at[0] != '-' && at[0] != '_' &&
                  (at[length] == '.' || at[length] == '\0');
    snprintf(name, HF_NAME_MAX, "%.*s", usable ? (int)length : 7, usable ? at : "release");
}

static void print_key(const cli *context, const hf_signing_key *key)
{
    char name[HF_NAME_MAX], text[HF_POINT_TEXT];
    hf_point point;
    name_of(context->operands[0], name);
    hf_signing_key_point(key, &point);
    hf_point_text(&point, text);
    if (context->counts[OPT_JSON] > 0) {
        cli_print_json(json_pack("{s:s, s:b, s:s, s:I, s:s}", "event", "result", "ok", 1, "name", name, "id",
                                 (json_int_t)point.x[0], "point", text));
        return;
    }
    printf("  \"keys\": [\n    { \"name\": \"%s\", \"point\": \"%s\" }\n  ]\n", name, text);
}

static hf_error create(const cli *context, hf_signing_key **key, hf_problem *problem)
{
    char passphrase[PASSPHRASE_MAX];
    bool encrypt = context->counts[OPT_ENCRYPT] > 0;
    if (encrypt && !cli_new_passphrase(passphrase, sizeof passphrase)) {
        return hf_fail(problem, HF_E_PASSPHRASE, "there is no passphrase to encrypt %s with", context->operands[0]);
    }
    hf_error error = hf_signing_key_create(key, context->operands[0], encrypt ? passphrase : NULL, problem);
    OPENSSL_cleanse(passphrase, sizeof passphrase);
    return error;
}

static int create_transit_key(const cli *context)
{
    hf_problem problem;
    if (context->counts[OPT_ENCRYPT] + context->counts[OPT_SHOW] > 0) {
        hf_fail(&problem, HF_E_USAGE, "--transit goes without --encrypt and --show: the bootloader's build reads the key, and it has no "
                "public half");
        return cli_fail(context, &problem);
    }
    if (hf_transit_key_create(context->operands[0], &problem)) {
        return cli_fail(context, &problem);
    }
    if (context->counts[OPT_JSON] > 0) {
        cli_print_json(json_pack("{s:s, s:b, s:o}", "event", "result", "ok", 1, "file", cli_json_text(context->operands[0])));
    } else if (context->counts[OPT_QUIET] == 0) {
        fprintf(stderr, "wrote %s: keep it secret, and keep a copy. The board file names it, seen from its folder:\n", context->operands[0]);
        printf("  \"transit_key\": \"%s\"\n", context->operands[0]);
    }
    return 0;
}

int cli_run_keygen(const cli *context)
{
    if (context->counts[OPT_TRANSIT] > 0) {
        return create_transit_key(context);
    }
    hf_signing_key *key = NULL;
    hf_problem problem;
    bool show = context->counts[OPT_SHOW] > 0;
    hf_error error = show ? hf_signing_key_load(&key, context->operands[0], &cli_passphrase, &problem)
                          : create(context, &key, &problem);
    if (error) {
        return cli_fail(context, &problem);
    }
    if (!show && context->counts[OPT_QUIET] == 0) {
        fprintf(stderr, "wrote %s: keep it secret, and keep a copy. This belongs into the board file:\n",
                context->operands[0]);
    }
    print_key(context, key);
    hf_signing_key_free(key);
    return 0;
}
