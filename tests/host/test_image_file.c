// SPDX-License-Identifier: MIT
// Files in and out: each format, each way a file can be wrong, round trips.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "hf_image.h"
#include "image_file.h"
#include "random.h"

static hf_problem problem;

static hf_error parse_text(hf_image *image, const char *text)
{
    return hf_image_parse(image, text, strlen(text), "x.hex", &problem);
}

static void expect_refusal(const char *text, hf_error error, const char *words)
{
    hf_image image;
    assert_int_equal(parse_text(&image, text), error);
    assert_string_equal(problem.what, words);
    assert_null(image.bytes);
}

static void hex_with_a_gap(void **state)
{
    (void)state;
    hf_image image;
    assert_int_equal(parse_text(&image, ":020000040801F1\r\n:0400000001020304F2\r\n:020008000506EB\n"
                                        ":0400000508010001ED\n:00000001FF\n"), HF_OK);
    assert_int_equal(image.format, HF_FORMAT_HEX);
    assert_int_equal(image.address, 0x08010000);
    assert_int_equal(image.size, 10);
    assert_memory_equal(image.bytes, "\1\2\3\4\xFF\xFF\xFF\xFF\5\6", 10);
    hf_image_free(&image);
}

static void hex_with_segment_addresses(void **state)
{
    (void)state;
    hf_image image;
    assert_int_equal(parse_text(&image, ":020000021000EC\n:0200100001 02EB\n:00000001FF\n"), HF_E_MALFORMED);
    assert_int_equal(parse_text(&image, ":020000021000EC\n:020010000102EB\n:00000001FF\n"), HF_OK);
    assert_int_equal(image.address, 0x10010);
    hf_image_free(&image);
}

static void damaged_hex(void **state)
{
    (void)state;
    expect_refusal(":0400000001020304F3\n:00000001FF\n", HF_E_MALFORMED, "x.hex line 1: the checksum is wrong");
    expect_refusal(":0400000001020304F2\n", HF_E_MALFORMED,
                   "x.hex line 2: the end record is missing: the file was cut short");
    expect_refusal(":0400000001020304F2\n:0400", HF_E_MALFORMED,
                   "x.hex line 2: the length does not fit the record: the line was cut or joined");
    expect_refusal(":0400000001020304F2\nhello\n", HF_E_MALFORMED, "x.hex line 2: does not start with ':'");
    expect_refusal(":04000000010203G4F2\n", HF_E_MALFORMED, "x.hex line 1: a character that is no hexadecimal digit");
    expect_refusal(":00000009F7\n:00000001FF\n", HF_E_MALFORMED, "x.hex line 1: an unknown record type");
    expect_refusal(":0100000408F3\n:00000001FF\n", HF_E_MALFORMED,
                   "x.hex line 1: an address record must have two bytes");
    expect_refusal(":0400000001020304F2\n:010002000AF3\n:00000001FF\n", HF_E_MALFORMED,
                   "x.hex says twice what stands at 0x00000002");
    expect_refusal(":020000021000EC\n:02FFFF000102FD\n:00000001FF\n", HF_E_MALFORMED,
                   "x.hex line 2: data wraps around at the end of a 64 KB segment");
    expect_refusal(":02000004FFFFFC\n:02FFFF000102FD\n:00000001FF\n", HF_E_MALFORMED,
                   "2 bytes at 0xFFFFFFFF pass the end of the address space");
    expect_refusal(":00000001FF\n", HF_E_EMPTY, "x.hex has no content to load");
    expect_refusal(":0400000001020304F2\n:020000042000DA\n:0400000001020304F2\n:00000001FF\n", HF_E_SPREAD,
                   "x.hex has content at 0x00000000 and at 0x20000003: too far apart for one image");
}

static void what_begins_with_a_colon_may_be_binary(void **state)
{
    (void)state;
    hf_image image;
    assert_int_equal(hf_image_parse(&image, ":\x10\0\x20\1\2\3\4\5\6\7\x8", 12, "x", &problem), HF_OK);
    assert_int_equal(image.format, HF_FORMAT_BIN);
    assert_false(image.has_address);
    hf_image_free(&image);
}

static void nothing_at_all(void **state)
{
    (void)state;
    hf_image image;
    assert_int_equal(hf_image_parse(&image, "", 0, "x.bin", &problem), HF_E_EMPTY);
    assert_int_equal(hf_image_load(&image, "/nonexistent/x.bin", &problem), HF_E_READ);
    assert_string_equal(problem.what, "cannot open /nonexistent/x.bin: No such file or directory");
    assert_int_equal(hf_image_load(&image, "/", &problem), HF_E_READ);
}

static void formats_by_name(void **state)
{
    (void)state;
    assert_int_equal(hf_format_by_name("a/b.d/app.elf"), HF_FORMAT_ELF);
    assert_int_equal(hf_format_by_name("app.HEX"), HF_FORMAT_HEX);
    assert_int_equal(hf_format_by_name("bin"), HF_FORMAT_BIN);
    assert_int_equal(hf_format_by_name("app"), HF_FORMAT_UNKNOWN);
    assert_int_equal(hf_format_by_name("app.dfu"), HF_FORMAT_DFU);
    assert_int_equal(hf_format_by_name("app.uf2"), HF_FORMAT_UNKNOWN);
}

// UM0391 and DFU 1.1 appendix B, byte by byte; the CRC by another program: ~zlib.crc32(all but the last four).
static void dfuse_bytes(void **state)
{
    (void)state;
    uint8_t content[4] = {1, 2, 3, 4}, *file;
    size_t size;
    hf_image image = {
        .bytes = content, .size = 4, .address = 0x08010000, .has_address = true, .usb_vid = 0x1209, .usb_pid = 1};
    assert_int_equal(hf_image_encode(&image, HF_FORMAT_DFU, &file, &size, &problem), HF_OK);
    assert_int_equal(size, 11 + 274 + 8 + 4 + 16);
    assert_memory_equal(file, "DfuSe\x01\x29\x01\x00\x00\x01Target\0\x01\0\0\0Internal Flash\0", 38);
    for (size_t i = 38; i < 11 + 11 + 255; i++) {
        assert_int_equal(file[i], 0);
    }
    assert_memory_equal(file + 277, "\x0C\0\0\0\x01\0\0\0\x00\x00\x01\x08\x04\0\0\0\1\2\3\4", 20);
    assert_memory_equal(file + 297, "\xFF\xFF\x01\x00\x09\x12\x1A\x01UFD\x10", 12);
    assert_memory_equal(file + 309, "\xFA\xFE\x03\x33", 4);
    free(file);
}

static void damaged_dfuse(void **state)
{
    (void)state;
    uint8_t content[100] = {0}, *file, changed[512];
    size_t size;
    hf_image image = {.bytes = content, .size = sizeof content, .address = 0x08010000, .has_address = true}, again;
    assert_int_equal(hf_image_encode(&image, HF_FORMAT_DFU, &file, &size, &problem), HF_OK);
    for (size_t cut = 11; cut < size; cut++) {
        assert_int_equal(hf_image_parse(&again, file, cut, "x.dfu", &problem), HF_E_MALFORMED);
    }
    for (size_t at = 6; at < size; at++) {
        memcpy(changed, file, size);
        changed[at] ^= 0x10;
        assert_int_equal(hf_image_parse(&again, changed, size, "x.dfu", &problem), HF_E_MALFORMED);
    }
    free(file);
}

static void random_image(hf_random *random, hf_image *image)
{
    *image = (hf_image){.size = 1 + hf_random_below(random, 200000), .has_address = true};
    image->address = 0x08000000 + hf_random_below(random, 1 << 20);
    image->bytes = malloc(image->size);
    for (size_t i = 0; i < image->size; i++) {
        image->bytes[i] = (uint8_t)hf_random_below(random, 256);
    }
}

static void round_trips(void **state)
{
    (void)state;
    hf_random random = hf_random_from_environment("round_trips");
    for (int run = 0; run < 40; run++) {
        hf_image image;
        random_image(&random, &image);
        for (hf_file_format format = HF_FORMAT_ELF; format <= HF_FORMAT_DFU; format++) {
            uint8_t *file;
            size_t size;
            hf_image again;
            assert_int_equal(hf_image_encode(&image, format, &file, &size, &problem), HF_OK);
            assert_int_equal(hf_image_parse(&again, file, size, "x", &problem), HF_OK);
            assert_int_equal(again.format, format);
            assert_int_equal(again.size, image.size);
            assert_memory_equal(again.bytes, image.bytes, image.size);
            assert_int_equal(again.has_address, format != HF_FORMAT_BIN);
            assert_int_equal(again.address, format != HF_FORMAT_BIN ? image.address : 0);
            free(file);
            hf_image_free(&again);
        }
        hf_image_free(&image);
    }
}

static void an_image_without_address_cannot_become_hex(void **state)
{
    (void)state;
    hf_image image;
    uint8_t *file;
    size_t size;
    assert_int_equal(hf_image_parse(&image, "0123", 4, "x", &problem), HF_OK);
    assert_int_equal(hf_image_encode(&image, HF_FORMAT_HEX, &file, &size, &problem), HF_E_USAGE);
    assert_int_equal(hf_image_encode(&image, HF_FORMAT_ELF, &file, &size, &problem), HF_E_USAGE);
    hf_image_free(&image);
}

// -- ELF files no linker writes, as a fuzzer does ----------------------------------------------------------------------

static void parse(hf_image *image, const uint8_t *file, size_t size)
{
    if (hf_image_parse(image, file, size, "odd.elf", &problem) != HF_OK) {
        fail_msg("%s", problem.what);
    }
}

// The table of section names is a section that is loaded: it must not be moved, nor grow.
static void elf_whose_names_are_code(void **state)
{
    (void)state;
    hf_random random = hf_random_from_environment("elf_whose_names_are_code");
    hf_image image, odd, again;
    uint8_t *file, *written;
    size_t size, written_size;
    random_image(&random, &image);
    assert_int_equal(hf_image_encode(&image, HF_FORMAT_ELF, &file, &size, &problem), HF_OK);
    file[50] = 2; // e_shstrndx: the section behind the real one is the image
    parse(&odd, file, size);
    assert_int_equal(hf_image_encode(&odd, HF_FORMAT_ELF, &written, &written_size, &problem), HF_OK);
    parse(&again, written, written_size);
    assert_int_equal(again.size, image.size);
    assert_memory_equal(again.bytes, image.bytes, image.size);
    free(file);
    free(written);
    hf_image_free(&again);
    hf_image_free(&odd);
    hf_image_free(&image);
}

// Two segments with the same bytes of the file: changing one changes the other. Nothing wrong is written.
static void elf_whose_parts_share_bytes(void **state)
{
    (void)state;
    hf_image image = {.bytes = calloc(1, 256), .size = 256, .address = 0x08010000, .has_address = true}, odd;
    uint8_t *file, *written;
    size_t size, written_size;
    memcpy(image.bytes + HF_IMAGE_OFFSET_MARK, "HFST\x80\0\0", 8); // a trailer, and so a section, at 128
    assert_int_equal(hf_image_encode(&image, HF_FORMAT_ELF, &file, &size, &problem), HF_OK);
    uint8_t *segments = file + hf_get32(file + 28), *sections = file + hf_get32(file + 32);
    uint32_t shared = hf_get32(segments + 4) + hf_get32(segments + 16) - 16;
    hf_put32(segments + 32 + 4, shared);      // p_offset of the second: it begins with the last bytes of the first
    hf_put32(sections + 3 * 40 + 16, shared); // and sh_offset of its section
    parse(&odd, file, size);
    odd.bytes[120] ^= 1;
    assert_int_equal(hf_image_encode(&odd, HF_FORMAT_ELF, &written, &written_size, &problem), HF_E_MALFORMED);
    assert_non_null(strstr(problem.what, "share bytes"));
    free(file);
    hf_image_free(&odd);
    hf_image_free(&image);
}

// Damages files of every format: whatever comes out, nothing outside the buffers is touched (the sanitizers watch).
static void fuzzed_files(void **state)
{
    (void)state;
    hf_random random = hf_random_from_environment("fuzzed_files");
    hf_image image;
    random_image(&random, &image);
    image.size = image.size > 600 ? 600 : image.size;
    for (hf_file_format format = HF_FORMAT_ELF; format <= HF_FORMAT_HEX; format++) {
        uint8_t *file;
        size_t size;
        assert_int_equal(hf_image_encode(&image, format, &file, &size, &problem), HF_OK);
        for (int run = 0; run < 4000; run++) {
            size_t length = hf_random_below(&random, 4) ? size : hf_random_below(&random, (uint32_t)size) + 1;
            uint8_t *copy = malloc(length); // exactly this long, so that one byte too far is noticed
            memcpy(copy, file, length);
            for (uint32_t hits = 1 + hf_random_below(&random, 4); hits > 0; hits--) {
                uint32_t at = hf_random_below(&random, 2) ? hf_random_below(&random, (uint32_t)length)
                                                          : (uint32_t)(length - 1) - hf_random_below(&random, (uint32_t)(length < 200 ? length : 200));
                copy[at] = (uint8_t)hf_random_below(&random, 256);
            }
            hf_image out;
            if (hf_image_parse(&out, copy, length, "x", &problem) == HF_OK) {
                uint8_t *again;
                size_t again_size;
                if (hf_image_encode(&out, out.format, &again, &again_size, &problem) == HF_OK) {
                    free(again);
                }
                hf_image_free(&out);
            }
            free(copy);
        }
        free(file);
    }
    hf_image_free(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_with_a_gap),
        cmocka_unit_test(hex_with_segment_addresses),
        cmocka_unit_test(damaged_hex),
        cmocka_unit_test(what_begins_with_a_colon_may_be_binary),
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(formats_by_name),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(dfuse_bytes),
        cmocka_unit_test(damaged_dfuse),
        cmocka_unit_test(an_image_without_address_cannot_become_hex),
        cmocka_unit_test(elf_whose_names_are_code),
        cmocka_unit_test(elf_whose_parts_share_bytes),
        cmocka_unit_test(fuzzed_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
