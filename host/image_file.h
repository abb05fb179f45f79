// SPDX-License-Identifier: MIT
// Firmware as one flat image, read from and written to ELF, Intel HEX, BIN and DfuSe files.
#ifndef HF_IMAGE_FILE_H
#define HF_IMAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

// Content that lies further apart than this is not one image but a mistake.
#define HF_IMAGE_MAX_SPAN (8u * 1024 * 1024)
// Files beyond this are not firmware. Debug information makes ELF files much larger than their image.
#define HF_IMAGE_MAX_FILE (256u * 1024 * 1024)

typedef enum hf_file_format { HF_FORMAT_UNKNOWN, HF_FORMAT_ELF, HF_FORMAT_HEX, HF_FORMAT_BIN, HF_FORMAT_DFU } hf_file_format;

// An image. Make it {0}, fill it with one of the functions below, give it back with hf_image_free.
typedef struct hf_image {
    uint8_t *bytes;        // malloc'ed; gaps between pieces of the file are 0xFF
    size_t size;
    uint32_t address;      // where bytes[0] belongs; 0 when has_address is false
    bool has_address;      // a BIN file does not say
    hf_file_format format; // of the file it came from
    uint8_t *elf;          // malloc'ed copy of the ELF file it came from, symbols and all; NULL for other formats
    size_t elf_size;
    uint16_t usb_vid, usb_pid; // for whom a DfuSe file is; 0: for any device
} hf_image;

// Recognises the format by content. HF_E_READ, HF_E_MALFORMED, HF_E_NOT_ARM, HF_E_SPREAD, HF_E_EMPTY, HF_E_MEMORY.
// The path "-" means standard input.
hf_error hf_image_load(hf_image *image, const char *path, hf_problem *problem);

// The same from memory; name is used in messages. The bytes are copied.
hf_error hf_image_parse(hf_image *image, const void *file, size_t size, const char *name, hf_problem *problem);

// Encodes as format. *file is malloc'ed and the caller's. An image that came from an ELF file and is encoded as ELF
// keeps its symbols: bytes that changed are patched in place, bytes that were added become new sections and segments.
// HF_E_USAGE when HEX, ELF or DFU is asked for an image without an address; HF_E_MEMORY; HF_E_MALFORMED.
hf_error hf_image_encode(const hf_image *image, hf_file_format format, uint8_t **file, size_t *size,
                         hf_problem *problem);

// Encodes and writes a file, all or nothing (a temporary file is renamed). The path "-" means standard output.
hf_error hf_image_save(const hf_image *image, hf_file_format format, const char *path, hf_problem *problem);

// By the extension of a file name or by a bare name: elf axf out, hex ihex ihx, bin, dfu. HF_FORMAT_UNKNOWN for others.
hf_file_format hf_format_by_name(const char *name);
const char *hf_format_name(hf_file_format format);

void hf_image_free(hf_image *image);

#endif
