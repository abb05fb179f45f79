// SPDX-License-Identifier: MIT
// A file with firmware in one format (HF_FUZZ_FORMAT: ELF, HEX, BIN, DFU): read, looked at, sealed, written, and read again.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "hf_image.h"
#include "image_check.h"
#include "image_file.h"
#include "seal.h"

#define ELF 1
#define HEX 2
#define BIN 3
#define DFU 4

static hf_board board;

static void write_and_read(const hf_image *image, hf_file_format format)
{
    uint8_t *file;
    size_t size;
    hf_problem problem;
    hf_image again = {0};
    if (hf_image_encode(image, format, &file, &size, &problem) != HF_OK) {
        return;
    }
    bool same = hf_image_parse(&again, file, size, "again", &problem) == HF_OK && again.size == image->size &&
                memcmp(again.bytes, image->bytes, image->size) == 0;
    if (!same) {
        fprintf(stderr, "what was written as %s reads differently\n", hf_format_name(format));
        abort();
    }
    hf_image_free(&again);
    free(file);
}

static void use(hf_image *image)
{
    static hf_inspection inspection;
    const hf_inspect_context context = {.board = &board, .has_address = image->has_address, .address = image->address};
    hf_image_inspect(image->bytes, image->size, &context, &inspection);
    // One format for each content, and not BIN, which is the content itself: all of them would take three times as long, and
    // the next input is much like this one. HEX of a large image takes longer than everything else.
    static const hf_file_format formats[] = {HF_FORMAT_ELF, HF_FORMAT_DFU, HF_FORMAT_HEX};
    write_and_read(image, formats[crc32(0, image->bytes, (uInt)image->size) % (image->size < 8192 ? 3 : 2)]);
}

static void seal(hf_image *image)
{
    hf_problem problem;
    const hf_seal_options options = {.board = &board, .version = HF_VERSION(1, 2, 3), .product_id = board.product_id};
    if (hf_seal(image, &options, &problem) == HF_OK) {
        use(image);
    }
}

// What the fuzzer would never guess: the mark at the front, and the CRC at the end of a DfuSe file.
static void mend(uint8_t *file, size_t size)
{
#if HF_FUZZ_FORMAT == ELF
    memcpy(file, "\x7f" "ELF\1\1\1", size < 7 ? size : 7);
#elif HF_FUZZ_FORMAT == DFU
    if (size >= 16) {
        memcpy(file, "DfuSe\1", 6);
        memcpy(file + size - 8, "UFD\20", 4);
        uint32_t crc = ~(uint32_t)crc32(0, file, size - 4);
        memcpy(file + size - 4, &crc, 4);
    }
#elif HF_FUZZ_FORMAT == HEX
    if (size > 0) {
        file[0] = ':';
    }
#else
    (void)file, (void)size;
#endif
}

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    hf_complaint complaint;
    if (hf_board_read(&board, HF_SOURCE_DIR "/boards/stm32f407-classic.json", NULL, &complaint) != HF_LAYOUT_OK) {
        fprintf(stderr, "fuzz: %s\n", complaint.text);
        exit(2);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hf_image image = {0};
    hf_problem problem;
    uint8_t *file = malloc(size > 0 ? size : 1); // of its own size, so that one byte too many is seen
    memcpy(file, data, size);
    mend(file, size);
    if (hf_image_parse(&image, file, size, "fuzz", &problem) == HF_OK) {
        if (image.size < 65536) {
            use(&image);
        }
        seal(&image);
    } else if (problem.what[0] == '\0') {
        fprintf(stderr, "refused without a word\n");
        abort();
    }
    hf_image_free(&image);
    free(file);
    return 0;
}
