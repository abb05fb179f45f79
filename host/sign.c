// SPDX-License-Identifier: MIT
// Signing and verifying. The nonce of a signature is derived from key and digest as RFC 6979 says, so that sealing is
// reproducible and needs no randomness; OpenSSL before 3.2 does not offer that itself.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stddef.h>
#include <string.h>

#include "bytes.h"
#include "hf_image.h"

#include "signing_key_impl.h"

#define BYTES 32u

void hf_sha256(const void *bytes, size_t size, uint8_t digest[32])
{
    EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL);
}

// -- the nonce (RFC 6979, 3.2) --------------------------------------------------------------------

typedef struct generator {
    uint8_t key[BYTES], value[BYTES]; // K and V
} generator;

// K = HMAC(K, V || separator || more), V = HMAC(K, V)
static void stir(generator *g, uint8_t separator, const uint8_t *more, size_t size)
{
    uint8_t text[BYTES + 1 + 2 * BYTES];
    memcpy(text, g->value, BYTES);
    text[BYTES] = separator;
    if (size > 0) {
        memcpy(text + BYTES + 1, more, size);
    }
    HMAC(EVP_sha256(), g->key, BYTES, text, BYTES + 1 + size, g->key, NULL);
    HMAC(EVP_sha256(), g->key, BYTES, g->value, BYTES, g->value, NULL);
    OPENSSL_cleanse(text, sizeof text);
}

// The first number it gives that is one from 1 to order - 1.
static void draw(generator *g, const BIGNUM *order, BIGNUM *nonce)
{
    for (;;) {
        HMAC(EVP_sha256(), g->key, BYTES, g->value, BYTES, g->value, NULL);
        BN_bin2bn(g->value, BYTES, nonce);
        if (!BN_is_zero(nonce) && BN_cmp(nonce, order) < 0) {
            return;
        }
        stir(g, 0, NULL, 0);
    }
}

static bool derive_nonce(const EC_KEY *ec, const uint8_t digest[BYTES], const BIGNUM *order, BIGNUM *nonce)
{
    uint8_t seed[2 * BYTES]; // private key, digest modulo the order
    BIGNUM *reduced = BN_bin2bn(digest, BYTES, NULL);
    if (reduced == NULL) {
        return false;
    }
    if (BN_cmp(reduced, order) >= 0) {
        BN_sub(reduced, reduced, order);
    }
    bool good = BN_bn2binpad(EC_KEY_get0_private_key(ec), seed, BYTES) == BYTES &&
                BN_bn2binpad(reduced, seed + BYTES, BYTES) == BYTES;
    BN_free(reduced);
    generator g;
    memset(g.key, 0, sizeof g.key);
    memset(g.value, 1, sizeof g.value);
    stir(&g, 0, seed, sizeof seed);
    stir(&g, 1, seed, sizeof seed);
    draw(&g, order, nonce);
    OPENSSL_cleanse(seed, sizeof seed);
    OPENSSL_cleanse(&g, sizeof g);
    return good;
}

// -- signing --------------------------------------------------------------------------------------

// Signs with the given nonce: r is the x coordinate of its multiple of the generator.
static ECDSA_SIG *sign_with(const EC_KEY *ec, const uint8_t digest[BYTES], const BIGNUM *order, const BIGNUM *nonce,
                            BN_CTX *context)
{
    const EC_GROUP *group = EC_KEY_get0_group(ec);
    EC_POINT *point = EC_POINT_new(group);
    BIGNUM *inverse = BN_mod_inverse(NULL, nonce, order, context), *r = BN_new();
    ECDSA_SIG *signature = NULL;
    if (point != NULL && inverse != NULL && r != NULL && EC_POINT_mul(group, point, nonce, NULL, NULL, context) == 1 &&
        EC_POINT_get_affine_coordinates(group, point, r, NULL, context) == 1 && BN_nnmod(r, r, order, context) == 1) {
        signature = ECDSA_do_sign_ex(digest, BYTES, inverse, r, (EC_KEY *)ec);
    }
    BN_clear_free(inverse);
    BN_free(r);
    EC_POINT_free(point);
    return signature;
}

static ECDSA_SIG *sign_reproducibly(const EC_KEY *ec, const uint8_t digest[BYTES])
{
    BN_CTX *context = BN_CTX_new();
    const BIGNUM *order = EC_GROUP_get0_order(EC_KEY_get0_group(ec));
    BIGNUM *nonce = BN_new();
    ECDSA_SIG *signature = NULL;
    if (context != NULL && nonce != NULL && derive_nonce(ec, digest, order, nonce)) {
        signature = sign_with(ec, digest, order, nonce, context);
    }
    BN_clear_free(nonce);
    BN_CTX_free(context);
    return signature;
}

hf_error hf_sign(const hf_signing_key *key, const uint8_t digest[32], uint32_t r[HF_POINT_WORDS],
                 uint32_t s[HF_POINT_WORDS], hf_problem *problem)
{
    EC_KEY *ec = (EC_KEY *)EVP_PKEY_get0_EC_KEY(key->pkey);
    ECDSA_SIG *signature = key->on_token ? ECDSA_do_sign(digest, BYTES, ec) : sign_reproducibly(ec, digest);
    if (signature == NULL) {
        return key->on_token ? hf_fail(problem, HF_E_TOKEN, "the token does not sign")
                             : hf_fail(problem, HF_E_MEMORY, "OpenSSL does not sign");
    }
    uint8_t bytes[BYTES];
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), bytes, BYTES);
    hf_words_from_bytes(bytes, r);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), bytes, BYTES);
    hf_words_from_bytes(bytes, s);
    ECDSA_SIG_free(signature);
    return HF_OK;
}

static void put_words(uint8_t *at, const uint32_t words[HF_POINT_WORDS])
{
    for (size_t i = 0; i < HF_POINT_WORDS; i++) {
        hf_put32(at + 4 * i, words[i]);
    }
}

hf_error hf_sign_behind(uint8_t *bytes, size_t size, const hf_signing_key *key, hf_problem *problem)
{
    hf_point point;
    uint32_t r[HF_POINT_WORDS], s[HF_POINT_WORDS];
    uint8_t *at = bytes + size, *digest = at + offsetof(struct hf_signature, sha256);
    hf_signing_key_point(key, &point);
    memset(at, 0, sizeof(struct hf_signature));
    hf_put32(at + offsetof(struct hf_signature, magic), HF_SIGNATURE_MAGIC);
    hf_put32(at + offsetof(struct hf_signature, key_id), point.x[0]);
    hf_sha256(bytes, size + offsetof(struct hf_signature, sha256), digest);
    hf_error error = hf_sign(key, digest, r, s, problem);
    if (!error) {
        put_words(at + offsetof(struct hf_signature, r), r);
        put_words(at + offsetof(struct hf_signature, s), s);
    }
    return error;
}

bool hf_board_trusts(const hf_board *board, const hf_signing_key *key)
{
    hf_point point;
    hf_signing_key_point(key, &point);
    for (size_t i = 0; i < board->keys_count; i++) {
        if (memcmp(&board->keys[i].point, &point, sizeof point) == 0) {
            return true;
        }
    }
    return false;
}

// -- verifying ------------------------------------------------------------------------------------

static BIGNUM *number_of(const uint32_t words[HF_POINT_WORDS])
{
    uint8_t bytes[BYTES];
    hf_words_to_bytes(words, bytes);
    return BN_bin2bn(bytes, BYTES, NULL);
}

static EC_KEY *public_key(const hf_point *point)
{
    EC_KEY *ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    BIGNUM *x = number_of(point->x), *y = number_of(point->y);
    if (ec != NULL && x != NULL && y != NULL && EC_KEY_set_public_key_affine_coordinates(ec, x, y) != 1) {
        EC_KEY_free(ec);
        ec = NULL;
    }
    BN_free(x);
    BN_free(y);
    return ec;
}

bool hf_signature_good(const hf_point *point, const uint8_t digest[32], const uint32_t r[HF_POINT_WORDS],
                       const uint32_t s[HF_POINT_WORDS])
{
    EC_KEY *ec = public_key(point);
    ECDSA_SIG *signature = ECDSA_SIG_new();
    bool good = false;
    if (ec != NULL && signature != NULL && ECDSA_SIG_set0(signature, number_of(r), number_of(s)) == 1) {
        good = ECDSA_do_verify(digest, BYTES, signature, ec) == 1;
    }
    ECDSA_SIG_free(signature);
    EC_KEY_free(ec);
    return good;
}
