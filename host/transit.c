// SPDX-License-Identifier: MIT
// ChaCha20 and HMAC by OpenSSL, which the bootloader's own ChaCha20 is tested against.
#include "transit.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "hf_image.h"
#include "image_check.h"

#define BLOCK 64 // bytes of ChaCha20's key stream that its counter counts

// -- keys -------------------------------------------------------------------------------------------------------------

static hf_error write_key(const char *path, const char *text, size_t size, hf_problem *problem)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (file < 0) {
        return errno == EEXIST ? hf_fail(problem, HF_E_EXISTS, "%s exists", path)
                               : hf_fail(problem, HF_E_WRITE, "%s: %s", path, strerror(errno));
    }
    bool written = write(file, text, size) == (ssize_t)size;
    written = close(file) == 0 && written;
    return written ? HF_OK : hf_fail(problem, HF_E_WRITE, "%s cannot be written", path);
}

hf_error hf_transit_key_create(const char *path, hf_problem *problem)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t key[HF_TRANSIT_KEY_BYTES];
    char text[2 * sizeof key + 1];
    if (RAND_priv_bytes(key, sizeof key) != 1) {
        return hf_fail(problem, HF_E_MEMORY, "OpenSSL has no random numbers");
    }
    for (size_t i = 0; i < sizeof key; i++) {
        text[2 * i] = digits[key[i] >> 4];
        text[2 * i + 1] = digits[key[i] & 15];
    }
    text[sizeof text - 1] = '\n';
    hf_error error = write_key(path, text, sizeof text, problem);
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(text, sizeof text);
    return error;
}

hf_error hf_transit_key_load(hf_transit_key *key, const char *path, hf_problem *problem)
{
    return hf_transit_key_read(key, path)
               ? HF_OK
               : hf_fail(problem, HF_E_TRANSIT_KEY, "%s cannot be read, or holds something else than 64 hexadecimal digits", path);
}

// -- payloads ---------------------------------------------------------------------------------------------------------

hf_error hf_transit_put_nonce(const hf_transit_key *key, uint8_t *payload, size_t length, hf_problem *problem)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    hf_put32(payload + HF_IMAGE_OFFSET_NONCE_1, 0);
    hf_put32(payload + HF_IMAGE_OFFSET_NONCE_2, 0);
    if (HMAC(EVP_sha256(), key->bytes, sizeof key->bytes, payload, length, digest, NULL) == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "OpenSSL does not compute an HMAC");
    }
    memcpy(payload + HF_IMAGE_OFFSET_NONCE_1, digest, 4);
    memcpy(payload + HF_IMAGE_OFFSET_NONCE_2, digest + 4, 4);
    return HF_OK;
}

hf_error hf_transit_apply(const hf_transit_key *key, uint8_t *payload, size_t length, hf_problem *problem)
{
    uint8_t start[16]; // the counter of the first block, and the nonce
    hf_put32(start, HF_IMAGE_CLEAR / BLOCK);
    hf_put32(start + 4, HF_IMAGE_MARK);
    memcpy(start + 8, payload + HF_IMAGE_OFFSET_NONCE_1, 4);
    memcpy(start + 12, payload + HF_IMAGE_OFFSET_NONCE_2, 4);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    uint8_t *behind = payload + HF_IMAGE_CLEAR;
    int done;
    bool good = cipher != NULL && EVP_EncryptInit_ex(cipher, EVP_chacha20(), NULL, key->bytes, start) == 1 &&
                EVP_EncryptUpdate(cipher, behind, &done, behind, (int)(length - HF_IMAGE_CLEAR)) == 1;
    EVP_CIPHER_CTX_free(cipher);
    return good ? HF_OK : hf_fail(problem, HF_E_MEMORY, "OpenSSL does not encipher");
}

// -- images -----------------------------------------------------------------------------------------------------------

bool hf_travels_enciphered(const void *image, size_t size)
{
    hf_inspection found;
    hf_image_inspect(image, size, &(hf_inspect_context){0}, &found);
    return found.travel == HF_TRAVEL_ENCIPHERED;
}

hf_error hf_transit_refuse(const void *image, size_t size, bool wants_enciphered, hf_problem *problem)
{
    bool enciphered = hf_travels_enciphered(image, size);
    if (enciphered == wants_enciphered) {
        return HF_OK;
    }
    return enciphered ? hf_fail(problem, HF_E_TRANSIT, "the image is enciphered, and the device takes images in the clear")
                      : hf_fail(problem, HF_E_TRANSIT, "the image is in the clear, and the device takes enciphered ones only");
}
