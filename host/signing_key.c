// SPDX-License-Identifier: MIT
// Loading and making keys. OpenSSL reaches tokens through an engine, which version 3 calls deprecated and has no
// replacement for in Debian 12.
#define OPENSSL_SUPPRESS_DEPRECATED
#define _POSIX_C_SOURCE 200809L
#include "signing_key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "signing_key_impl.h"

#define TOKEN "pkcs11:"

// OpenSSL's words for what went wrong last; empties its list.
static const char *reason(void)
{
    unsigned long code = ERR_peek_last_error();
    const char *words = code == 0 ? NULL : ERR_reason_error_string(code);
    ERR_clear_error();
    return words == NULL ? "no reason given" : words;
}

// -- a key from what OpenSSL has loaded -----------------------------------------------------------

void hf_words_from_bytes(const uint8_t bytes[32], uint32_t words[HF_POINT_WORDS])
{
    for (size_t i = 0; i < HF_POINT_WORDS; i++) {
        const uint8_t *at = bytes + 4 * (HF_POINT_WORDS - 1 - i);
        words[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
}

void hf_words_to_bytes(const uint32_t words[HF_POINT_WORDS], uint8_t bytes[32])
{
    for (size_t i = 0; i < 32; i++) {
        bytes[31 - i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
    }
}

static bool take_point(hf_signing_key *key)
{
    const EC_KEY *ec = EVP_PKEY_get0_EC_KEY(key->pkey);
    const EC_GROUP *group = ec == NULL ? NULL : EC_KEY_get0_group(ec);
    uint8_t bytes[65];
    if (group == NULL || EC_GROUP_get_curve_name(group) != NID_X9_62_prime256v1 ||
        EC_KEY_get0_public_key(ec) == NULL ||
        EC_POINT_point2oct(group, EC_KEY_get0_public_key(ec), POINT_CONVERSION_UNCOMPRESSED, bytes, sizeof bytes,
                           NULL) != sizeof bytes) {
        return false;
    }
    hf_words_from_bytes(bytes + 1, key->point.x);
    hf_words_from_bytes(bytes + 33, key->point.y);
    return true;
}

// Takes the pkey, also when it fails.
static hf_error make_key(hf_signing_key **key, EVP_PKEY *pkey, bool on_token, const char *source, hf_problem *problem)
{
    *key = calloc(1, sizeof **key);
    if (*key == NULL) {
        EVP_PKEY_free(pkey);
        return hf_fail(problem, HF_E_MEMORY, "no memory for a key");
    }
    (*key)->pkey = pkey;
    (*key)->on_token = on_token;
    if (take_point(*key)) {
        return HF_OK;
    }
    hf_signing_key_free(*key);
    *key = NULL;
    return hf_fail(problem, HF_E_KEY_FILE, "%s is a key, but not one of the curve P-256", source);
}

void hf_signing_key_free(hf_signing_key *key)
{
    if (key != NULL) {
        EVP_PKEY_free(key->pkey);
        free(key);
    }
}

void hf_signing_key_point(const hf_signing_key *key, hf_point *point)
{
    *point = key->point;
}

void hf_point_text(const hf_point *point, char text[HF_POINT_TEXT])
{
    char *at = text + sprintf(text, "04");
    for (size_t i = HF_POINT_WORDS; i-- > 0;) {
        at += sprintf(at, "%08x", (unsigned)point->x[i]);
    }
    for (size_t i = HF_POINT_WORDS; i-- > 0;) {
        at += sprintf(at, "%08x", (unsigned)point->y[i]);
    }
}

// -- files ----------------------------------------------------------------------------------------

typedef struct question {
    const hf_passphrase *passphrase;
    bool asked;
} question;

static int answer(char *text, int size, int writing, void *context)
{
    (void)writing;
    question *asked = context;
    asked->asked = true;
    if (asked->passphrase == NULL || !asked->passphrase->ask(asked->passphrase->context, text, (size_t)size)) {
        return -1;
    }
    return (int)strlen(text);
}

static hf_error load_file(hf_signing_key **key, const char *path, const hf_passphrase *passphrase, hf_problem *problem)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return hf_fail(problem, HF_E_READ, "%s: %s", path, strerror(errno));
    }
    question put = {passphrase, false};
    ERR_clear_error();
    EVP_PKEY *pkey = PEM_read_PrivateKey(file, NULL, answer, &put);
    fclose(file);
    if (pkey == NULL && put.asked) {
        return hf_fail(problem, HF_E_PASSPHRASE, "%s is encrypted and could not be opened: %s", path, reason());
    }
    if (pkey == NULL) {
        return hf_fail(problem, HF_E_KEY_FILE, "%s holds no private key in PEM format: %s", path, reason());
    }
    return make_key(key, pkey, false, path, problem);
}

static hf_error write_file(EVP_PKEY *pkey, const char *path, const char *passphrase, hf_problem *problem)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (file == NULL) {
        return errno == EEXIST ? hf_fail(problem, HF_E_EXISTS, "%s is there already", path)
                               : hf_fail(problem, HF_E_WRITE, "%s: %s", path, strerror(errno));
    }
    const EVP_CIPHER *cipher = passphrase == NULL ? NULL : EVP_aes_256_cbc();
    bool written = PEM_write_PKCS8PrivateKey(file, pkey, cipher, passphrase,
                                             passphrase == NULL ? 0 : (int)strlen(passphrase), NULL, NULL) == 1;
    if (fclose(file) == 0 && written) {
        return HF_OK;
    }
    unlink(path);
    return hf_fail(problem, HF_E_WRITE, "%s: the key could not be written: %s", path, reason());
}

hf_error hf_signing_key_create(hf_signing_key **key, const char *path, const char *passphrase, hf_problem *problem)
{
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    if (pkey == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "OpenSSL made no key: %s", reason());
    }
    hf_error error = write_file(pkey, path, passphrase, problem);
    if (error) {
        EVP_PKEY_free(pkey);
        return error;
    }
    return make_key(key, pkey, false, path, problem);
}

// -- tokens ---------------------------------------------------------------------------------------

static ENGINE *open_engine(const hf_passphrase *passphrase)
{
    ENGINE_load_dynamic();
    ENGINE *engine = ENGINE_by_id("pkcs11");
    char pin[256] = "";
    if (engine == NULL) {
        return NULL;
    }
    if (passphrase != NULL && passphrase->ask(passphrase->context, pin, sizeof pin)) {
        ENGINE_ctrl_cmd_string(engine, "PIN", pin, 0);
        OPENSSL_cleanse(pin, sizeof pin);
    }
    if (ENGINE_init(engine) != 1) {
        ENGINE_free(engine);
        return NULL;
    }
    return engine;
}

static hf_error load_token(hf_signing_key **key, const char *uri, const hf_passphrase *passphrase, hf_problem *problem)
{
    bool has_pin = strstr(uri, "pin-value=") != NULL || strstr(uri, "pin-source=") != NULL;
    ENGINE *engine = open_engine(has_pin ? NULL : passphrase);
    if (engine == NULL) {
        return hf_fail(problem, HF_E_TOKEN, "OpenSSL has no engine pkcs11: %s", reason());
    }
    EVP_PKEY *pkey = ENGINE_load_private_key(engine, uri, NULL, NULL);
    hf_error error = pkey == NULL ? hf_fail(problem, HF_E_TOKEN, "the token gives no private key: %s", reason())
                                  : make_key(key, pkey, true, "what the token gives", problem);
    ENGINE_finish(engine); // the key holds the engine open for as long as it lives
    ENGINE_free(engine);
    return error;
}

hf_error hf_signing_key_load(hf_signing_key **key, const char *source, const hf_passphrase *passphrase,
                             hf_problem *problem)
{
    *key = NULL;
    bool token = strncmp(source, TOKEN, sizeof TOKEN - 1) == 0;
    return token ? load_token(key, source, passphrase, problem) : load_file(key, source, passphrase, problem);
}
