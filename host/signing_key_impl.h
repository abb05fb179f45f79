// SPDX-License-Identifier: MIT
// Inside a signing key: what signing_key.c and sign.c share.
#ifndef HF_SIGNING_KEY_IMPL_H
#define HF_SIGNING_KEY_IMPL_H

#include <openssl/evp.h>

#include "signing_key.h"

struct hf_signing_key {
    EVP_PKEY *pkey;
    hf_point point;
    bool on_token; // the private half never leaves it
};

// Most significant byte first to least significant word first, and back.
void hf_words_from_bytes(const uint8_t bytes[32], uint32_t words[HF_POINT_WORDS]);
void hf_words_to_bytes(const uint32_t words[HF_POINT_WORDS], uint8_t bytes[32]);

#endif
