// SPDX-License-Identifier: MIT
// Signing on the host: the vectors of RFC 6979, and that OpenSSL accepts what is signed.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "signing_key.h"

#define KEYS HF_SOURCE_DIR "/tests/keys/"

static hf_signing_key *load(const char *path)
{
    hf_signing_key *key;
    hf_problem problem;
    if (hf_signing_key_load(&key, path, NULL, &problem)) {
        fail_msg("%s", problem.what);
    }
    return key;
}

static void assert_number(const uint32_t number[HF_POINT_WORDS], const char *digits)
{
    char text[65];
    for (size_t i = 0; i < HF_POINT_WORDS; i++) {
        snprintf(text + 8 * i, 9, "%08X", (unsigned)number[HF_POINT_WORDS - 1 - i]);
    }
    assert_string_equal(text, digits);
}

// RFC 6979, A.2.5, with SHA-256.
static void vectors_of_rfc_6979(void **state)
{
    (void)state;
    static const struct {
        const char *message, *r, *s;
    } vectors[] = {
        {"sample", "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
         "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"},
        {"test", "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
         "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"},
    };
    hf_signing_key *key = load(KEYS "rfc6979.pem");
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t digest[32];
        uint32_t r[HF_POINT_WORDS], s[HF_POINT_WORDS];
        hf_point point;
        hf_sha256(vectors[i].message, strlen(vectors[i].message), digest);
        assert_int_equal(hf_sign(key, digest, r, s, NULL), HF_OK);
        assert_number(r, vectors[i].r);
        assert_number(s, vectors[i].s);
        hf_signing_key_point(key, &point);
        assert_true(hf_signature_good(&point, digest, r, s));
        digest[31] ^= 1;
        assert_false(hf_signature_good(&point, digest, r, s));
    }
    hf_signing_key_free(key);
}

// A digest above the order takes the one subtraction that the reduction needs.
static void digests_of_every_size(void **state)
{
    (void)state;
    hf_signing_key *key = load(KEYS "test-1.pem");
    hf_point point;
    hf_signing_key_point(key, &point);
    for (unsigned fill = 0; fill < 256; fill += 51) {
        uint8_t digest[32];
        uint32_t r[HF_POINT_WORDS], s[HF_POINT_WORDS];
        memset(digest, (int)fill, sizeof digest);
        assert_int_equal(hf_sign(key, digest, r, s, NULL), HF_OK);
        assert_true(hf_signature_good(&point, digest, r, s));
    }
    hf_signing_key_free(key);
}

static void what_is_no_key(void **state)
{
    (void)state;
    hf_signing_key *key;
    hf_problem problem;
    assert_int_equal(hf_signing_key_load(&key, KEYS "absent.pem", NULL, &problem), HF_E_READ);
    assert_int_equal(hf_signing_key_load(&key, KEYS "README.md", NULL, &problem), HF_E_KEY_FILE);
    assert_null(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_rfc_6979),
        cmocka_unit_test(digests_of_every_size),
        cmocka_unit_test(what_is_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
