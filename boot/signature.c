// SPDX-License-Identifier: MIT
// A signature is checked as docs/image-format.md says: the key's id first, then the digest, computed from what stands there,
// then the signature of that digest.
#include "signature.h"

#include <stdbool.h>
#include <stddef.h>

#include "keys.h"
#include "p256.h"
#include "port.h"
#include "sha256.h"

// The trailer has the digest as bytes, for those who compare with sha256sum.
static bool digest_is(const uint32_t *digest, const struct hf_signature *signature)
{
    uint32_t differences = 0;
    for (unsigned i = 0; i < HF_SHA256_WORDS; i++) {
        differences |= digest[HF_SHA256_WORDS - 1 - i] ^ __builtin_bswap32(signature->sha256[i]);
    }
    return differences == 0;
}

static hf_err verify(uint32_t address, uint32_t size, const struct hf_p256_key *key,
                     const struct hf_signature *signature)
{
    uint32_t digest[HF_SHA256_WORDS];
    hf_err err = hf_sha256(address, size, digest);
    if (err != HF_OK) {
        return err;
    }
    if (!digest_is(digest, signature)) {
        return HF_E_DIGEST;
    }
    return hf_p256_verify(key, digest, signature->r, signature->s) ? HF_OK : HF_E_SIGNATURE;
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
