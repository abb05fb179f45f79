// SPDX-License-Identifier: MIT
// Making images that must be refused.
#include "victims.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "hf_image.h"
#include "seal.h"

#define PAYLOAD 256u // four blocks of SHA-256, and a fifth with the trailer
#define HERE    0xE7FEu // b . : the core stays where it is

#define SIGNATURE (PAYLOAD + sizeof(struct hf_trailer))
#define DIGEST    (SIGNATURE + offsetof(struct hf_signature, sha256))
#define R         (SIGNATURE + offsetof(struct hf_signature, r))
#define S         (SIGNATURE + offsetof(struct hf_signature, s))

const victim victims[] = {
    {"unsigned", "sealed without a signature"},
    {"product", "signed by the right key, for another product"},
    {"changed", "one bit of the content changed after signing"},
    {"forged", "content changed, digest made to fit, signature of another image"},
    {"generator", "r is the x coordinate of the generator: a sum that is never computed would equal it"},
    {"key", "r is the x coordinate of the public key"},
    {"zero", "r and s are 0"},
};
const size_t victims_count = sizeof victims / sizeof victims[0];

enum { UNSIGNED, PRODUCT, CHANGED, FORGED, GENERATOR, KEY, ZERO };

static hf_image linked(const hf_area *slot)
{
    hf_image image = {.bytes = malloc(PAYLOAD), .size = PAYLOAD};
    for (size_t i = 0; image.bytes != NULL && i < PAYLOAD; i += 2) {
        hf_put16(image.bytes + i, HERE);
    }
    if (image.bytes != NULL) {
        hf_put32(image.bytes, 0x20020000);
        hf_put32(image.bytes + 4, slot->address + 0x41);
        memset(image.bytes + HF_IMAGE_OFFSET_MARK, 0, 12);
    }
    return image;
}

static void fit_digest(hf_image *image)
{
    hf_sha256(image->bytes, DIGEST, image->bytes + DIGEST);
}

static void put_number(hf_image *image, size_t offset, const uint32_t *words)
{
    for (size_t i = 0; i < HF_POINT_WORDS; i++) {
        hf_put32(image->bytes + offset + 4 * i, words[i]);
    }
}

static void spoil(size_t nth, hf_image *image, const hf_signing_key *key)
{
    static const uint32_t generator[HF_POINT_WORDS] = {0xD898C296, 0xF4A13945, 0x2DEB33A0, 0x77037D81,
                                                       0x63A440F2, 0xF8BCE6E5, 0xE12C4247, 0x6B17D1F2};
    static const uint32_t one[HF_POINT_WORDS] = {1};
    hf_point point;
    hf_signing_key_point(key, &point);
    if (nth == CHANGED || nth == FORGED) {
        image->bytes[0x80] ^= 2; // still a branch to where it stands, or nearly so
    }
    if (nth == FORGED) {
        fit_digest(image);
    }
    if (nth == GENERATOR || nth == KEY) {
        put_number(image, R, nth == KEY ? point.x : generator);
        put_number(image, S, one);
    }
    if (nth == ZERO) {
        memset(image->bytes + R, 0, 64);
    }
}

bool victim_make(size_t nth, const hf_board *board, const char *key_file, hf_image *image)
{
    hf_signing_key *key = NULL;
    hf_board target = *board;
    if (nth == UNSIGNED) {
        target.validation = HF_VALIDATION_CRC;
    }
    *image = linked(hf_board_area(board, HF_USE_APPLICATION));
    if (image->bytes == NULL || hf_signing_key_load(&key, key_file, NULL, NULL) != HF_OK) {
        return false;
    }
    hf_seal_options options = {.board = &target,
                               .version = HF_VERSION(1, 0, 0),
                               .product_id = board->product_id ^ (nth == PRODUCT ? 1u : 0u),
                               .key = nth == UNSIGNED ? NULL : key};
    bool sealed = hf_seal(image, &options, NULL) == HF_OK;
    if (sealed) {
        spoil(nth, image, key);
    }
    hf_signing_key_free(key);
    return sealed;
}
