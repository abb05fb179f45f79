// SPDX-License-Identifier: MIT
// DfuSe files (UM0391), as dfu-util takes them: a prefix, one target of pieces with addresses, and the suffix of DFU 1.1
// (appendix B). All numbers are little-endian.
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "chunks.h"
#include "hf_dfu.h"
#include "image_check.h"

#define PREFIX  11u  // "DfuSe", version, size of all but the suffix, number of targets
#define TARGET  274u // "Target", alternate setting, named, name, size, number of elements
#define ELEMENT 8u   // address, size
#define SUFFIX  16u  // bcdDevice, idProduct, idVendor, bcdDFU, "UFD", length, CRC

#define NAME_BYTES 255u
static const char target_name[] = "Internal Flash";

bool hf_dfuse_is(const uint8_t *file, size_t size)
{
    return size >= PREFIX && memcmp(file, "DfuSe\1", 6) == 0;
}

// -- reading ----------------------------------------------------------------------------------------------------------

typedef struct reader {
    const uint8_t *at;
    size_t left;
    const char *name;
    hf_chunks chunks;
    hf_problem *problem;
} reader;

static hf_error bad(const reader *r, const char *what)
{
    return hf_fail(r->problem, HF_E_MALFORMED, "%s is a damaged DfuSe file: %s", r->name, what);
}

// The suffix's CRC covers the whole file but itself, and is not inverted at the end as zlib's is.
static uint32_t suffix_crc(const uint8_t *file, size_t size)
{
    return ~hf_crc32(0, file, size - 4);
}

static hf_error check_suffix(const reader *r, const uint8_t *file, size_t size)
{
    const uint8_t *suffix = file + size - SUFFIX;
    if (size < PREFIX + SUFFIX || memcmp(suffix + 8, "UFD", 3) != 0 || suffix[11] != SUFFIX) {
        return bad(r, "its end is missing");
    }
    return hf_get32(suffix + 12) == suffix_crc(file, size) ? HF_OK : bad(r, "its checksum is wrong");
}

static const uint8_t *take(reader *r, size_t size)
{
    if (size > r->left) {
        return NULL;
    }
    const uint8_t *at = r->at;
    r->at += size;
    r->left -= size;
    return at;
}

static hf_error read_element(reader *r)
{
    const uint8_t *head = take(r, ELEMENT);
    const uint8_t *bytes = head != NULL ? take(r, hf_get32(head + 4)) : NULL;
    return bytes != NULL ? hf_chunks_add(&r->chunks, hf_get32(head), bytes, hf_get32(head + 4), r->problem)
                         : bad(r, "a piece is longer than the file");
}

static hf_error read_target(reader *r)
{
    const uint8_t *head = take(r, TARGET);
    if (head == NULL || memcmp(head, "Target", 6) != 0) {
        return bad(r, "a target is missing");
    }
    uint32_t elements = hf_get32(head + 270);
    hf_error error = HF_OK;
    while (!error && elements-- > 0) {
        error = read_element(r);
    }
    return error;
}

hf_error hf_dfuse_read(hf_image *image, const uint8_t *file, size_t size, const char *name, hf_problem *problem)
{
    reader r = {.name = name, .problem = problem};
    hf_error error = check_suffix(&r, file, size);
    if (error) {
        return error;
    }
    r.at = file + PREFIX;
    r.left = size - PREFIX - SUFFIX;
    for (unsigned targets = file[10]; !error && targets > 0; targets--) {
        error = read_target(&r);
    }
    error = error ? error : hf_chunks_flatten(&r.chunks, image, name, problem);
    hf_chunks_free(&r.chunks);
    return error;
}

// -- writing ----------------------------------------------------------------------------------------------------------

static uint8_t *put_head(uint8_t *out, const hf_image *image)
{
    size_t target = ELEMENT + image->size;
    memcpy(out, "DfuSe\1", 6);
    hf_put32(out + 6, (uint32_t)(PREFIX + TARGET + target));
    out[10] = 1;
    out += PREFIX;
    memcpy(out, "Target", 6);
    out[7] = 1; // alternate setting 0, and it has a name
    memcpy(out + 11, target_name, sizeof target_name);
    hf_put32(out + 11 + NAME_BYTES, (uint32_t)target);
    hf_put32(out + 15 + NAME_BYTES, 1);
    out += TARGET;
    hf_put32(out, image->address);
    hf_put32(out + 4, (uint32_t)image->size);
    return out + ELEMENT;
}

static void put_suffix(uint8_t *file, size_t size, const hf_image *image)
{
    uint8_t *suffix = file + size - SUFFIX;
    hf_put16(suffix, 0xFFFF); // for any release of the device
    hf_put16(suffix + 2, image->usb_vid != 0 ? image->usb_pid : 0xFFFF);
    hf_put16(suffix + 4, image->usb_vid != 0 ? image->usb_vid : 0xFFFF);
    hf_put16(suffix + 6, HF_DFU_VERSION);
    memcpy(suffix + 8, "UFD", 3);
    suffix[11] = SUFFIX;
    hf_put32(suffix + 12, suffix_crc(file, size));
}

hf_error hf_dfuse_write(const hf_image *image, uint8_t **file, size_t *size, hf_problem *problem)
{
    *size = PREFIX + TARGET + ELEMENT + image->size + SUFFIX;
    *file = calloc(1, *size);
    if (*file == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "no memory to encode %zu bytes", image->size);
    }
    memcpy(put_head(*file, image), image->bytes, image->size);
    put_suffix(*file, *size, image);
    return HF_OK;
}
