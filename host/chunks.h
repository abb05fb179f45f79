// SPDX-License-Identifier: MIT
// Inside libholdfast: pieces of content with addresses, collected from a file and laid out as one flat image.
#ifndef HF_CHUNKS_H
#define HF_CHUNKS_H

#include "image_file.h"

// A piece: size bytes for address; bytes points into memory that outlives the list.
typedef struct hf_chunk {
    uint32_t address;
    size_t size;
    const uint8_t *bytes;
} hf_chunk;

// Make it {0}; free with hf_chunks_free.
typedef struct hf_chunks {
    hf_chunk *list;
    size_t count, capacity;
} hf_chunks;

// Adds a piece. Empty pieces are ignored; one that passes the end of the address space is HF_E_MALFORMED.
hf_error hf_chunks_add(hf_chunks *chunks, uint32_t address, const uint8_t *bytes, size_t size, hf_problem *problem);

// Sorts by address; HF_E_MALFORMED when two pieces overlap.
hf_error hf_chunks_sort(hf_chunks *chunks, const char *name, hf_problem *problem);

// Sorts and lays out as image->bytes, address and size. HF_E_EMPTY, HF_E_SPREAD, HF_E_MEMORY, HF_E_MALFORMED.
hf_error hf_chunks_flatten(hf_chunks *chunks, hf_image *image, const char *name, hf_problem *problem);

void hf_chunks_free(hf_chunks *chunks);

// The formats. Each reader fills bytes, size, address; each encoder mallocs *file.
hf_error hf_hex_read(hf_image *image, const uint8_t *file, size_t size, const char *name, hf_problem *problem);
hf_error hf_hex_write(const hf_image *image, uint8_t **file, size_t *size, hf_problem *problem);
bool hf_dfuse_is(const uint8_t *file, size_t size); // begins as a DfuSe file does
hf_error hf_dfuse_read(hf_image *image, const uint8_t *file, size_t size, const char *name, hf_problem *problem);
hf_error hf_dfuse_write(const hf_image *image, uint8_t **file, size_t *size, hf_problem *problem);
hf_error hf_elf_read(hf_image *image, const uint8_t *file, size_t size, const char *name, hf_problem *problem);
hf_error hf_elf_write(const hf_image *image, uint8_t **file, size_t *size, hf_problem *problem);

#endif
