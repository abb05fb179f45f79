// SPDX-License-Identifier: MIT
// Keys that sign images: ECDSA on P-256, from PEM files or tokens, by OpenSSL.
#ifndef HF_SIGNING_KEY_H
#define HF_SIGNING_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "hf_layout.h"

#define HF_POINT_TEXT 131 // "04", 128 digits and the end

typedef struct hf_signing_key hf_signing_key;

// Asked for the passphrase of an encrypted key: writes it into text (size bytes, with its end) and returns true; false
// gives up.
typedef struct hf_passphrase {
    bool (*ask)(void *context, char *text, size_t size);
    void *context;
} hf_passphrase;

// A private key from a PEM file, or from a token when source starts with "pkcs11:" (RFC 7512). passphrase may be NULL:
// encrypted files are refused then; a token takes it as its PIN unless the URI says it. HF_E_READ, HF_E_KEY_FILE,
// HF_E_PASSPHRASE, HF_E_TOKEN, HF_E_MEMORY. Give the key back with hf_signing_key_free.
hf_error hf_signing_key_load(hf_signing_key **key, const char *source, const hf_passphrase *passphrase,
                             hf_problem *problem);

// Makes a new key and writes it to path, which must not exist, readable by its owner only. passphrase: NULL leaves it
// unencrypted. HF_E_WRITE, HF_E_MEMORY.
hf_error hf_signing_key_create(hf_signing_key **key, const char *path, const char *passphrase, hf_problem *problem);

void hf_signing_key_free(hf_signing_key *key);

// The public half.
void hf_signing_key_point(const hf_signing_key *key, hf_point *point);
void hf_point_text(const hf_point *point, char text[HF_POINT_TEXT]);

// Signs a digest; r and s with their least significant word first. A key from a file gives the same signature for the
// same digest every time (RFC 6979), a token a different one. HF_E_TOKEN, HF_E_MEMORY.
hf_error hf_sign(const hf_signing_key *key, const uint8_t digest[32], uint32_t r[HF_POINT_WORDS],
                 uint32_t s[HF_POINT_WORDS], hf_problem *problem);

// Writes a struct hf_signature behind size bytes that it signs, itself included up to its digest. Errors of hf_sign.
hf_error hf_sign_behind(uint8_t *bytes, size_t size, const hf_signing_key *key, hf_problem *problem);

// Is the key one of the board's?
bool hf_board_trusts(const hf_board *board, const hf_signing_key *key);

// Is it a signature of the digest by the key? Any r and s may be given.
bool hf_signature_good(const hf_point *point, const uint8_t digest[32], const uint32_t r[HF_POINT_WORDS],
                       const uint32_t s[HF_POINT_WORDS]);

void hf_sha256(const void *bytes, size_t size, uint8_t digest[32]);

#endif
