// SPDX-License-Identifier: MIT
// Validation level "signed": a sealed image for this product at this address, signed by one of the board's keys.
//
// The signature covers the image, the trailer and the key's id, so there is no field that may be trusted before it has
// been verified, and none that may be changed after.
#include <stddef.h>

#include "board.h"
#include "image.h"
#include "p256.h"
#include "port.h"
#include "sha256.h"
#include "trailer.h"

static const struct hf_p256_key keys[] = {
#define HF_KEY(id, x, y) {id, {x}, {y}},
#define HF_LIST(...) __VA_ARGS__
    HF_KEYS(HF_KEY, HF_LIST)
};

static const struct hf_p256_key *find_key(uint32_t id)
{
    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].id == id) {
            return &keys[i];
        }
    }
    return NULL;
}

// The trailer has the digest as bytes, for those who compare with sha256sum.
static bool digest_is(const uint32_t *digest, const struct hf_signature *signature)
{
    uint32_t differences = 0;
    for (unsigned i = 0; i < HF_SHA256_WORDS; i++) {
        differences |= digest[HF_SHA256_WORDS - 1 - i] ^ __builtin_bswap32(signature->sha256[i]);
    }
    return differences == 0;
}

static hf_err verify(uint32_t base, const struct hf_p256_key *key, const struct hf_signature *signature, uint32_t size)
{
    uint32_t digest[HF_SHA256_WORDS];
    hf_err err = hf_sha256(base, size, digest);
    if (err != HF_OK) {
        return err;
    }
    if (!digest_is(digest, signature)) {
        return HF_E_DIGEST;
    }
    return hf_p256_verify(key, digest, signature->r, signature->s) ? HF_OK : HF_E_SIGNATURE;
}

static hf_err check_signature(uint32_t base, const struct hf_signature *signature, uint32_t size)
{
    const struct hf_p256_key *key = find_key(signature->key_id);
    if (signature->magic != HF_SIGNATURE_MAGIC || key == NULL) {
        return HF_E_KEY;
    }
    hf_port.flash.read_much(true); // the image, and the constants of the curve again and again
    hf_err err = verify(base, key, signature, size);
    hf_port.flash.read_much(false);
    return err;
}

hf_err hf_validate(uint32_t base, const uint32_t *vectors)
{
    struct hf_trailer trailer;
    hf_err err = hf_trailer_read(base, vectors, &trailer);
    if (err != HF_OK) {
        return err;
    }
    uint32_t behind = trailer.payload_length + (uint32_t)sizeof trailer;
    if (trailer.size != HF_TRAILER_SIGNED || behind > HF_APP_SIZE - sizeof(struct hf_signature)) {
        return HF_E_TRAILER;
    }
    struct hf_signature signature;
    err = hf_port.flash.read(base + behind, &signature, sizeof signature);
    if (err != HF_OK) {
        return err;
    }
    return check_signature(base, &signature, behind + (uint32_t)offsetof(struct hf_signature, sha256));
}
