// SPDX-License-Identifier: MIT
// docs/image-format.md says what the code does: its tables agree with the header, its test vectors with the sealer.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hf_image.h"
#include "seal.h"

#define DOCUMENT HF_SOURCE_DIR "/docs/image-format.md"
#define BOARDS   HF_SOURCE_DIR "/boards/"

static char text[65536];

// -- tables ---------------------------------------------------------------------------------------

#define FIELD(type, name) {#name, offsetof(struct type, name), sizeof(((struct type *)0)->name)}

typedef struct field {
    const char *name;
    size_t offset, size;
} field;

static const field trailer[] = {
    FIELD(hf_trailer, magic),      FIELD(hf_trailer, format),   FIELD(hf_trailer, size),
    FIELD(hf_trailer, payload_length), FIELD(hf_trailer, load_address), FIELD(hf_trailer, product_id),
    FIELD(hf_trailer, chip_id),    FIELD(hf_trailer, version),  FIELD(hf_trailer, security_counter),
    FIELD(hf_trailer, flags),      FIELD(hf_trailer, revoked_key), FIELD(hf_trailer, transit_crc32), FIELD(hf_trailer, reserved), FIELD(hf_trailer, crc32),
};
static const field signature[] = {
    FIELD(hf_signature, magic),  FIELD(hf_signature, key_id), FIELD(hf_signature, reserved),
    FIELD(hf_signature, sha256), FIELD(hf_signature, r),      FIELD(hf_signature, s),
};

static const char *section(const char *title)
{
    const char *at = strstr(text, title);
    if (at == NULL) {
        fail_msg("no section %s", title);
    }
    return at;
}

static void assert_table(const char *title, const field *fields, size_t count)
{
    const char *at = section(title);
    for (size_t i = 0; i < count; i++) {
        char row[96];
        snprintf(row, sizeof row, "\n| `0x%02X` | %zu | `%s` |", (unsigned)fields[i].offset, fields[i].size,
                 fields[i].name);
        at = strstr(at, row); // in this order, from here on
        if (at == NULL) {
            fail_msg("%s: no row%s", title, row);
        }
    }
}

static void tables(void **state)
{
    (void)state;
    assert_table("\n## The trailer", trailer, sizeof trailer / sizeof trailer[0]);
    assert_table("\n## The signature", signature, sizeof signature / sizeof signature[0]);
}

// -- vectors --------------------------------------------------------------------------------------

// The bytes of a ``` block: lines of an offset and up to 16 bytes. Returns how many.
static size_t block(const char *mark, uint8_t *bytes, size_t room)
{
    const char *at = section(mark) + strlen(mark);
    size_t size = 0;
    while (strncmp(at, "```", 3) != 0) {
        char *end;
        assert_int_equal(strtoul(at, &end, 16), size);
        for (at = end; *at != '\n'; at = end) {
            assert_true(size < room);
            bytes[size++] = (uint8_t)strtoul(at, &end, 16);
        }
        at++;
    }
    return size;
}

static void assert_vector(const char *board_file, const char *key_file, const char *mark)
{
    hf_board board;
    hf_complaint why;
    hf_problem problem;
    hf_signing_key *key = NULL;
    hf_image image = {.bytes = malloc(512)};
    uint8_t expected[512];
    assert_int_equal(hf_board_read(&board, board_file, NULL, &why), HF_LAYOUT_OK);
    assert_true(key_file == NULL || hf_signing_key_load(&key, key_file, NULL, &problem) == HF_OK);
    image.size = block("\n```input\n", image.bytes, 512);
    size_t size = block(mark, expected, sizeof expected);
    hf_seal_options options = {&board, HF_VERSION(1, 2, 3), board.product_id, 5, key, NULL, 0};
    assert_int_equal(hf_seal(&image, &options, &problem), HF_OK);
    assert_int_equal(image.size, size);
    assert_memory_equal(image.bytes, expected, size);
    hf_signing_key_free(key);
    hf_image_free(&image);
}

static void vectors(void **state)
{
    (void)state;
    assert_vector(BOARDS "stm32f407-discovery.json", NULL, "\n```sealed\n");
    assert_vector(BOARDS "stm32f407-signed.json", HF_SOURCE_DIR "/tests/keys/test-1.pem", "\n```signed\n");
}

static int read_document(void **state)
{
    (void)state;
    FILE *file = fopen(DOCUMENT, "r");
    if (file == NULL) {
        return 1;
    }
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    return size == 0 || size == sizeof text - 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(vectors),
    };
    return cmocka_run_group_tests(tests, read_document, NULL);
}
