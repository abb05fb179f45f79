// SPDX-License-Identifier: MIT
// Pieces of content and how they become one flat image.
#include "chunks.h"

#include <stdlib.h>
#include <string.h>

static bool joins(const hf_chunk *last, uint32_t address, const uint8_t *bytes)
{
    return last->address + last->size == address && last->bytes + last->size == bytes;
}

hf_error hf_chunks_add(hf_chunks *chunks, uint32_t address, const uint8_t *bytes, size_t size, hf_problem *problem)
{
    if (size == 0) {
        return HF_OK;
    }
    if (size > UINT32_MAX || (uint64_t)address + size > (uint64_t)UINT32_MAX + 1) {
        return hf_fail(problem, HF_E_MALFORMED, "%zu bytes at 0x%08X pass the end of the address space", size,
                       (unsigned)address);
    }
    if (chunks->count > 0 && joins(&chunks->list[chunks->count - 1], address, bytes)) {
        chunks->list[chunks->count - 1].size += size;
        return HF_OK;
    }
    if (chunks->count == chunks->capacity) {
        size_t capacity = chunks->capacity ? chunks->capacity * 2 : 16;
        hf_chunk *list = realloc(chunks->list, capacity * sizeof *list);
        if (list == NULL) {
            return hf_fail(problem, HF_E_MEMORY, "no memory for %zu pieces", capacity);
        }
        chunks->list = list;
        chunks->capacity = capacity;
    }
    chunks->list[chunks->count++] = (hf_chunk){address, size, bytes};
    return HF_OK;
}

static int by_address(const void *a, const void *b)
{
    const hf_chunk *left = a;
    const hf_chunk *right = b;
    return (left->address > right->address) - (left->address < right->address);
}

hf_error hf_chunks_sort(hf_chunks *chunks, const char *name, hf_problem *problem)
{
    if (chunks->count < 2) {
        return HF_OK;
    }
    qsort(chunks->list, chunks->count, sizeof *chunks->list, by_address);
    for (size_t i = 1; i < chunks->count; i++) {
        const hf_chunk *before = &chunks->list[i - 1];
        if ((uint64_t)before->address + before->size > chunks->list[i].address) {
            return hf_fail(problem, HF_E_MALFORMED, "%s says twice what stands at 0x%08X", name,
                           (unsigned)chunks->list[i].address);
        }
    }
    return HF_OK;
}

hf_error hf_chunks_flatten(hf_chunks *chunks, hf_image *image, const char *name, hf_problem *problem)
{
    if (chunks->count == 0) {
        return hf_fail(problem, HF_E_EMPTY, "%s has no content to load", name);
    }
    hf_error error = hf_chunks_sort(chunks, name, problem);
    if (error) {
        return error;
    }
    const hf_chunk *first = &chunks->list[0];
    const hf_chunk *last = &chunks->list[chunks->count - 1];
    uint64_t span = (uint64_t)last->address + last->size - first->address;
    if (span > HF_IMAGE_MAX_SPAN) {
        return hf_fail(problem, HF_E_SPREAD, "%s has content at 0x%08X and at 0x%08X: too far apart for one image",
                       name, (unsigned)first->address, (unsigned)(last->address + last->size - 1));
    }
    image->bytes = malloc(span);
    if (image->bytes == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "no memory for an image of %zu bytes", (size_t)span);
    }
    // Erased flash reads as ones: a gap holds after programming what it holds here.
    memset(image->bytes, 0xFF, span);
    for (size_t i = 0; i < chunks->count; i++) {
        memcpy(image->bytes + (chunks->list[i].address - first->address), chunks->list[i].bytes,
               chunks->list[i].size);
    }
    image->size = span;
    image->address = first->address;
    image->has_address = true;
    return HF_OK;
}

void hf_chunks_free(hf_chunks *chunks)
{
    free(chunks->list);
    *chunks = (hf_chunks){0};
}
