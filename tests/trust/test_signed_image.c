// SPDX-License-Identifier: MIT
// Level "signed": what libholdfast seals is accepted, and nothing else: each bit flipped, each truncation, foreign keys,
// images for others, numbers that no signature may hold.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"
#include "hf_image.h"
#include "image_check.h"
#include "seal.h"

#define BOARD HF_SOURCE_DIR "/boards/stm32f407-signed.json"
#define KEYS HF_SOURCE_DIR "/tests/keys/"

#define SIGNATURE(image) ((image)->size - sizeof(struct hf_signature))
#define R(image)         ((image)->size - 64)
#define S(image)         ((image)->size - 32)

static hf_board board;
static hf_signing_key *key_1, *key_2, *foreign;

// -- images ---------------------------------------------------------------------------------------

static void put32(uint8_t *at, uint32_t word)
{
    for (size_t i = 0; i < 4; i++) {
        at[i] = (uint8_t)(word >> 8 * i);
    }
}

// What a linker might write: a vector table, then pseudo-random content.
static hf_image linked(size_t size)
{
    hf_image image = {.bytes = malloc(size), .size = size};
    assert_non_null(image.bytes);
    for (size_t i = 0; i < size; i++) {
        image.bytes[i] = (uint8_t)(i * 167 + i / 251);
    }
    memset(image.bytes, 0, 48);
    put32(image.bytes, 0x20020000);
    put32(image.bytes + 4, 0x08010031);
    return image;
}

static hf_image sealed_as(size_t size, const hf_board *target, const hf_signing_key *key)
{
    hf_image image = linked(size);
    hf_seal_options options = {
        .board = target, .version = HF_VERSION(1, 2, 3), .product_id = target->product_id, .key = key};
    hf_problem problem;
    if (hf_seal(&image, &options, &problem)) {
        fail_msg("%s", problem.what);
    }
    return image;
}

static hf_image sealed(size_t size)
{
    return sealed_as(size, &board, key_1);
}

// Signs what the image has become.
static void sign_again(hf_image *image)
{
    uint32_t r[HF_POINT_WORDS], s[HF_POINT_WORDS];
    uint8_t *digest = image->bytes + SIGNATURE(image) + offsetof(struct hf_signature, sha256);
    hf_sha256(image->bytes, image->size - 96, digest);
    assert_int_equal(hf_sign(key_1, digest, r, s, NULL), HF_OK);
    for (size_t w = 0; w < HF_POINT_WORDS; w++) {
        put32(image->bytes + R(image) + 4 * w, r[w]);
        put32(image->bytes + S(image) + 4 * w, s[w]);
    }
}

// The board as it would be if it trusted anybody's key.
static hf_board trusting(void)
{
    hf_board other = board;
    other.keys_count = 0;
    return other;
}

static const char *check(const hf_image *image)
{
    device_erase();
    device_write(0, image->bytes, image->size);
    return device_check();
}

static void assert_starts(const hf_image *image)
{
    assert_string_equal(check(image), "ok");
    assert_int_equal(device_start(), 0x08010000);
    hf_inspect_context context = {.board = &board};
    hf_inspection found;
    hf_image_inspect(image->bytes, image->size, &context, &found);
    assert_int_equal(found.error, HF_OK);
}

static void assert_refused(const hf_image *image, const char *reason)
{
    assert_string_equal(check(image), reason);
    assert_int_equal(device_start(), 0);
    hf_inspect_context context = {.board = &board};
    hf_inspection found;
    hf_image_inspect(image->bytes, image->size, &context, &found);
    assert_int_not_equal(found.error, HF_OK);
}

// -- what is accepted -----------------------------------------------------------------------------

static void either_key(void **state)
{
    (void)state;
    const hf_signing_key *keys[] = {key_1, key_2};
    for (size_t i = 0; i < 2; i++) {
        hf_image image = sealed_as(500, &board, keys[i]);
        assert_starts(&image);
        hf_image_free(&image);
    }
}

static void every_remainder_of_the_hash(void **state)
{
    (void)state;
    for (size_t size = 64; size <= 320; size += 32) {
        hf_image image = sealed(size);
        assert_starts(&image);
        hf_image_free(&image);
    }
}

static void an_image_may_fill_the_slot(void **state)
{
    (void)state;
    hf_image image = sealed(device_slot_size() - HF_TRAILER_SIGNED);
    assert_int_equal(image.size, device_slot_size());
    assert_starts(&image);
    hf_image_free(&image);
}

static void the_same_bytes_every_time(void **state)
{
    (void)state;
    hf_image a = sealed(777), b = sealed(777);
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.bytes, b.bytes, a.size);
    hf_image_free(&a);
    hf_image_free(&b);
}

// -- what is not ----------------------------------------------------------------------------------

static void every_flipped_bit(void **state)
{
    (void)state;
    hf_image image = sealed(64);
    for (size_t bit = 0; bit < image.size * 8; bit++) {
        image.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (strcmp(check(&image), "ok") == 0 || device_start() != 0) {
            fail_msg("bit %zu of byte %zu may flip", bit % 8, bit / 8);
        }
        image.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_starts(&image);
    hf_image_free(&image);
}

static void every_truncation(void **state)
{
    (void)state;
    hf_image whole = sealed(96);
    assert_int_not_equal(whole.bytes[whole.size - 1], 0xFF); // else the last one would be whole
    for (size_t size = 0; size < whole.size; size++) {
        hf_image cut = whole;
        cut.size = size;
        if (strcmp(check(&cut), "ok") == 0) {
            fail_msg("%zu of %zu bytes are enough", size, whole.size);
        }
    }
    hf_image_free(&whole);
}

static void nobodys_key(void **state)
{
    (void)state;
    hf_board other = trusting();
    hf_image image = sealed_as(200, &other, foreign);
    assert_refused(&image, "KEY");
    // Claiming another's id changes what is signed, and still is not that key's signature.
    hf_point point;
    hf_signing_key_point(key_1, &point);
    put32(image.bytes + SIGNATURE(&image) + offsetof(struct hf_signature, key_id), point.x[0]);
    assert_refused(&image, "SIGNATURE");
    hf_sha256(image.bytes, image.size - 96, image.bytes + image.size - 96);
    assert_refused(&image, "SIGNATURE");
    hf_image_free(&image);
}

static void the_other_key(void **state)
{
    (void)state;
    hf_image image = sealed_as(200, &board, key_1), other = sealed_as(200, &board, key_2);
    memcpy(image.bytes + R(&image), other.bytes + R(&other), 64);
    assert_refused(&image, "SIGNATURE");
    hf_image_free(&image);
    hf_image_free(&other);
}

static void the_signature_of_another_image(void **state)
{
    (void)state;
    hf_image image = sealed(200), other = sealed(232);
    memcpy(image.bytes + image.size - 96, other.bytes + other.size - 96, 96); // with its digest
    assert_refused(&image, "DIGEST");
    memcpy(image.bytes + R(&image), other.bytes + R(&other), 64);
    hf_sha256(image.bytes, image.size - 96, image.bytes + image.size - 96);
    assert_refused(&image, "SIGNATURE");
    hf_image_free(&image);
    hf_image_free(&other);
}

static uint32_t id_of(const hf_signing_key *key)
{
    hf_point point;
    hf_signing_key_point(key, &point);
    return point.x[0];
}

static void a_revoked_key(void **state)
{
    (void)state;
    hf_image by_1 = sealed_as(200, &board, key_1), by_2 = sealed_as(200, &board, key_2);
    device_revoke(id_of(key_1));
    assert_string_equal(check(&by_1), "KEY");
    assert_int_equal(device_start(), 0);
    assert_starts(&by_2);
    device_revoke(0);
    assert_starts(&by_1);
    hf_image_free(&by_1);
    hf_image_free(&by_2);
}

// It would start once and never again. The host does not seal it; here is one that was signed all the same.
static void revoking_the_signing_key(void **state)
{
    (void)state;
    hf_image image = linked(192);
    hf_seal_options options = {.board = &board, .product_id = board.product_id, .key = key_1, .revoked_key = id_of(key_1)};
    hf_problem problem;
    assert_int_equal(hf_seal(&image, &options, &problem), HF_E_USAGE);
    options.revoked_key = 0x12345678;
    assert_int_equal(hf_seal(&image, &options, &problem), HF_E_USAGE);
    options.revoked_key = id_of(key_2);
    assert_int_equal(hf_seal(&image, &options, &problem), HF_OK);
    assert_starts(&image);
    put32(image.bytes + 192 + offsetof(struct hf_trailer, revoked_key), id_of(key_1));
    sign_again(&image);
    assert_refused(&image, "KEY");
    hf_image_free(&image);
}

static void unsigned_images(void **state)
{
    (void)state;
    hf_board plain = trusting();
    plain.validation = HF_VALIDATION_CRC;
    hf_image image = sealed_as(200, &plain, NULL);
    assert_refused(&image, "TRAILER");
    hf_image_free(&image);
}

static void images_for_others(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        const char *reason;
    } fields[] = {
        {offsetof(struct hf_trailer, load_address), "LOAD_ADDRESS"},
        {offsetof(struct hf_trailer, product_id), "PRODUCT"},
        {offsetof(struct hf_trailer, chip_id), "CHIP"},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        hf_image image = sealed(192);
        image.bytes[192 + fields[i].offset] ^= 0x10;
        sign_again(&image); // by the right key, as an image for another product is
        assert_refused(&image, fields[i].reason);
        hf_image_free(&image);
    }
}

static void too_long_for_the_slot(void **state)
{
    (void)state;
    // The trailer fits, the signature behind it does not.
    uint32_t length = device_slot_size() - (uint32_t)sizeof(struct hf_trailer);
    hf_image image = sealed(200);
    put32(image.bytes + HF_IMAGE_OFFSET_LENGTH, length);
    put32(image.bytes + HF_IMAGE_OFFSET_LENGTH_NOT, ~length);
    put32(image.bytes + 224 + offsetof(struct hf_trailer, payload_length), length);
    device_erase();
    device_write(0, image.bytes, 224);
    device_write(length, image.bytes + 224, sizeof(struct hf_trailer));
    assert_string_equal(device_check(), "TRAILER");
    hf_image_free(&image);
}

// Numbers that a signature must not hold, in r, in s and in both.
static void numbers_out_of_range(void **state)
{
    (void)state;
    static const uint32_t order[HF_POINT_WORDS] = {0xFC632551, 0xF3B9CAC2, 0xA7179E84, 0xBCE6FAAD,
                                                   0xFFFFFFFF, 0xFFFFFFFF, 0,          0xFFFFFFFF};
    uint8_t numbers[4][32] = {{0}};
    for (size_t w = 0; w < HF_POINT_WORDS; w++) {
        put32(numbers[1] + 4 * w, order[w]);
        put32(numbers[2] + 4 * w, order[w] + (w == 0));
    }
    memset(numbers[3], 0xFF, sizeof numbers[3]);
    for (size_t i = 0; i < 4 * 3; i++) {
        hf_image image = sealed(100);
        if (i % 3 != 1) {
            memcpy(image.bytes + R(&image), numbers[i / 3], 32);
        }
        if (i % 3 != 0) {
            memcpy(image.bytes + S(&image), numbers[i / 3], 32);
        }
        assert_refused(&image, "SIGNATURE");
        hf_image_free(&image);
    }
}

static void r_and_s_exchanged(void **state)
{
    (void)state;
    hf_image image = sealed(100);
    uint8_t r[32];
    memcpy(r, image.bytes + R(&image), sizeof r);
    memmove(image.bytes + R(&image), image.bytes + S(&image), sizeof r);
    memcpy(image.bytes + S(&image), r, sizeof r);
    assert_refused(&image, "SIGNATURE");
    hf_image_free(&image);
}

// -- what the host refuses to seal ----------------------------------------------------------------

static void sealing_knows_the_board(void **state)
{
    (void)state;
    hf_image image = linked(200);
    hf_seal_options options = {.board = &board, .product_id = board.product_id, .key = foreign};
    hf_problem problem;
    assert_int_equal(hf_seal(&image, &options, &problem), HF_E_FOREIGN_KEY);
    options.key = NULL;
    assert_int_equal(hf_seal(&image, &options, &problem), HF_E_USAGE);
    hf_image_free(&image);
}

static int prepare(void **state)
{
    (void)state;
    hf_complaint why;
    hf_problem problem;
    return hf_board_read(&board, BOARD, NULL, &why) != HF_LAYOUT_OK ||
           hf_signing_key_load(&key_1, KEYS "test-1.pem", NULL, &problem) ||
           hf_signing_key_load(&key_2, KEYS "test-2.pem", NULL, &problem) ||
           hf_signing_key_load(&foreign, KEYS "rfc6979.pem", NULL, &problem);
}

static int clean_up(void **state)
{
    (void)state;
    hf_signing_key_free(key_1);
    hf_signing_key_free(key_2);
    hf_signing_key_free(foreign);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(either_key),
        cmocka_unit_test(every_remainder_of_the_hash),
        cmocka_unit_test(an_image_may_fill_the_slot),
        cmocka_unit_test(the_same_bytes_every_time),
        cmocka_unit_test(every_flipped_bit),
        cmocka_unit_test(every_truncation),
        cmocka_unit_test(nobodys_key),
        cmocka_unit_test(the_other_key),
        cmocka_unit_test(the_signature_of_another_image),
        cmocka_unit_test(a_revoked_key),
        cmocka_unit_test(revoking_the_signing_key),
        cmocka_unit_test(unsigned_images),
        cmocka_unit_test(images_for_others),
        cmocka_unit_test(too_long_for_the_slot),
        cmocka_unit_test(numbers_out_of_range),
        cmocka_unit_test(r_and_s_exchanged),
        cmocka_unit_test(sealing_knows_the_board),
    };
    return cmocka_run_group_tests(tests, prepare, clean_up);
}
