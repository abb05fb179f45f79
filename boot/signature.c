// SPDX-License-Identifier: MIT
// A signature is checked as docs/image-format.md says: the key's id first, then the signature of the digest it brings, then
// that digest against the one of what stands there. In this order whoever guesses at the content of flash, and says
// what its digest would be, learns nothing: only the owner of a key can sign a digest of his choice.
#include "signature.h"

#include <stdbool.h>
#include <stddef.h>

#include "keys.h"
#include "p256.h"
#include "port.h"
#include "sha256.h"

// The signature has the digest as bytes, for those who compare with sha256sum.
static void read_digest(const struct hf_signature *signature, uint32_t *digest)
{
    for (unsigned i = 0; i < HF_SHA256_WORDS; i++) {
        digest[i] = __builtin_bswap32(signature->sha256[HF_SHA256_WORDS - 1 - i]);
    }
}

static bool same(const uint32_t *a, const uint32_t *b)
{
    uint32_t differences = 0;
    for (unsigned i = 0; i < HF_SHA256_WORDS; i++) {
        differences |= a[i] ^ b[i];
    }
    return differences == 0;
}

static hf_err verify(uint32_t address, uint32_t size, const struct hf_p256_key *key,
                     const struct hf_signature *signature)
{
    uint32_t signed_digest[HF_SHA256_WORDS], digest[HF_SHA256_WORDS];
    read_digest(signature, signed_digest);
    if (!hf_p256_verify(key, signed_digest, signature->r, signature->s)) {
        return HF_E_SIGNATURE;
    }
    hf_err err = hf_sha256(address, size, digest);
    if (err != HF_OK) {
        return err;
    }
    return same(digest, signed_digest) ? HF_OK : HF_E_DIGEST;
}

hf_err hf_signature_check(uint32_t address, uint32_t size, const struct hf_signature *signature)
{
    const struct hf_p256_key *key = hf_key_find(signature->key_id);
    if (signature->magic != HF_SIGNATURE_MAGIC || key == NULL) {
        return HF_E_KEY;
    }
    hf_port.flash.read_much(true); // the content, and the constants of the curve again and again
    hf_err err = verify(address, size + offsetof(struct hf_signature, sha256), key, signature);
    hf_port.flash.read_much(false);
    return err;
}
