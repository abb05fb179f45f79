// SPDX-License-Identifier: MIT
// Passphrases and PINs: from the environment for machines, from the terminal for people.
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define VARIABLE "HOLDFAST_PASSPHRASE"

static bool from_environment(char *text, size_t size)
{
    const char *value = getenv(VARIABLE);
    if (value == NULL || strlen(value) >= size) {
        return false;
    }
    strcpy(text, value);
    return true;
}

static bool ask(char *text, size_t size, bool twice)
{
    if (from_environment(text, size)) {
        return text[0] != '\0';
    }
    return EVP_read_pw_string(text, (int)size, "Passphrase: ", twice) == 0 && text[0] != '\0';
}

static bool ask_once(void *context, char *text, size_t size)
{
    (void)context;
    return ask(text, size, false);
}

const hf_passphrase cli_passphrase = {ask_once, NULL};

bool cli_new_passphrase(char *text, size_t size)
{
    return ask(text, size, true);
}
