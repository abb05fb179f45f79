// SPDX-License-Identifier: MIT
// Sealed images and spoilt ones. Offsets are written as numbers on purpose: they are the wire
// format.
#include "images.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "bench_assert.h"
#include "bench_board.h"
#include "seed.h"

#define PAYLOAD 320u
#define STACK   0x20020000u // end of the F407's SRAM, the usual _estack

uint32_t image_get(const image *it, uint32_t offset)
{
    const uint8_t *b = it->bytes + offset;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

void image_put(image *it, uint32_t offset, uint32_t word)
{
    for (unsigned i = 0; i < 4; i++) {
        it->bytes[offset + i] = (uint8_t)(word >> (8 * i));
    }
}

void image_seal(image *it)
{
    image_put(it, it->payload + TRAILER_CRC,
              (uint32_t)crc32(0, it->bytes, it->payload + TRAILER_CRC));
}

static void fill(image *it, uint32_t seed)
{
    for (uint32_t i = 0; i < it->payload; i++) {
        seed = seed * 1664525u + 1013904223u;
        it->bytes[i] = (uint8_t)(seed >> 24);
    }
}

image image_make(uint32_t payload, uint32_t seed)
{
    image it = {.payload = payload, .size = payload + 64};
    fill(&it, seed);
    image_put(&it, 0x00, STACK);
    image_put(&it, 0x04, HF_APP_ADDRESS + 0x2C + 1);
    image_put(&it, 0x20, 0x54534648u); // HFST
    image_put(&it, 0x24, payload);
    image_put(&it, 0x28, ~payload);
    image_put(&it, payload + TRAILER_MAGIC, 0x52544648u); // HFTR
    image_put(&it, payload + TRAILER_FORMAT, 64u << 16 | 1u);
    image_put(&it, payload + TRAILER_LENGTH, payload);
    image_put(&it, payload + TRAILER_ADDRESS, HF_APP_ADDRESS);
    image_put(&it, payload + TRAILER_PRODUCT, HF_PRODUCT_ID);
    image_put(&it, payload + TRAILER_CHIP, HF_CHIP_ID);
    image_put(&it, payload + 24, 0x01000000u); // version 1.0.0
    image_seal(&it);
    return it;
}

uint8_t *image_of_size(uint32_t size, uint32_t seed, bool code)
{
    image small = image_make(320, 1);
    uint32_t payload = size - (small.size - small.payload), random = seed * 2 + 1;
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    for (uint32_t i = 0; i < payload; i++) {
        uint32_t next = seed_next(&random);
        bool copied = code && i > 4096 && next % 4 != 0;
        bytes[i] = copied ? bytes[i - 2048 - next % 3] : (uint8_t)(code ? next >> 8 & 0x3F : next);
    }
    memcpy(bytes, small.bytes, 64);
    memcpy(bytes + payload, small.bytes + small.payload, small.size - small.payload);
    uint32_t words[] = {payload, ~payload};
    memcpy(bytes + 0x24, words, sizeof words);
    memcpy(bytes + payload + TRAILER_LENGTH, words, 4);
    uint32_t crc = (uint32_t)crc32(0, bytes, payload + TRAILER_CRC);
    memcpy(bytes + payload + TRAILER_CRC, &crc, sizeof crc);
    return bytes;
}

void image_install(const image *it)
{
    memcpy(board_flash(HF_APP_ADDRESS), it->bytes, it->size);
}

#define VECTOR(offset)  (offset), false
#define TRAILER(offset) (offset), true
#define SANE            HF_OK

const malformation malformations[] = {
    {"erased first word", VECTOR(0), 0xFFFFFFFFu, true, HF_E_ERASED, HF_E_ERASED},
    {"zero first word", VECTOR(0), 0, true, HF_E_ERASED, HF_E_ERASED},
    {"stack pointer in flash", VECTOR(0), HF_APP_ADDRESS, true, HF_E_STACK, HF_E_STACK},
    {"stack pointer at the start of SRAM", VECTOR(0), 0x20000000u, true, HF_E_STACK, HF_E_STACK},
    {"stack pointer behind SRAM", VECTOR(0), 0x20020004u, true, HF_E_STACK, HF_E_STACK},
    {"stack pointer not aligned", VECTOR(0), 0x2001FFFEu, true, HF_E_STACK, HF_E_STACK},
    {"reset vector without the Thumb bit", VECTOR(4), HF_APP_ADDRESS + 0x2C, true,
     HF_E_RESET_VECTOR, HF_E_RESET_VECTOR},
    {"reset vector in the bootloader", VECTOR(4), 0x08000101u, true, HF_E_RESET_VECTOR,
     HF_E_RESET_VECTOR},
    {"reset vector right before the slot", VECTOR(4), HF_APP_ADDRESS - 1, true, HF_E_RESET_VECTOR,
     HF_E_RESET_VECTOR},
    {"reset vector behind the slot", VECTOR(4), HF_APP_ADDRESS + HF_APP_SIZE + 1, true,
     HF_E_RESET_VECTOR, HF_E_RESET_VECTOR},
    {"reset vector in RAM", VECTOR(4), 0x20000101u, true, HF_E_RESET_VECTOR, HF_E_RESET_VECTOR},
    {"reset vector erased", VECTOR(4), 0xFFFFFFFFu, true, HF_E_RESET_VECTOR, HF_E_RESET_VECTOR},
    {"reset vector at the end of the payload", VECTOR(4), HF_APP_ADDRESS + PAYLOAD + 1, true,
     HF_E_RESET_VECTOR, SANE},
    {"no mark", VECTOR(0x20), 0, true, HF_E_MARK, SANE},
    {"length erased", VECTOR(0x24), 0xFFFFFFFFu, true, HF_E_LENGTH, SANE},
    {"length without its complement", VECTOR(0x24), PAYLOAD + 32, true, HF_E_LENGTH, SANE},
    {"complement of another length", VECTOR(0x28), ~(PAYLOAD + 32), true, HF_E_LENGTH, SANE},
    {"no trailer", TRAILER(TRAILER_MAGIC), 0xFFFFFFFFu, true, HF_E_TRAILER, SANE},
    {"trailer of format 2", TRAILER(TRAILER_FORMAT), 64u << 16 | 2u, true, HF_E_TRAILER, SANE},
    {"trailer of 128 bytes", TRAILER(TRAILER_FORMAT), 128u << 16 | 1u, true, HF_E_TRAILER, SANE},
    {"trailer of 0 bytes", TRAILER(TRAILER_FORMAT), 1u, true, HF_E_TRAILER, SANE},
    {"trailer with another length", TRAILER(TRAILER_LENGTH), PAYLOAD - 32, true, HF_E_TRAILER,
     SANE},
    {"another load address", TRAILER(TRAILER_ADDRESS), HF_APP_ADDRESS + 0x10000, true,
     HF_E_LOAD_ADDRESS, SANE},
    {"another product", TRAILER(TRAILER_PRODUCT), HF_PRODUCT_ID + 1, true, HF_E_PRODUCT, SANE},
    {"another chip", TRAILER(TRAILER_CHIP), 0x419u, true, HF_E_CHIP, SANE},
    {"content changed", VECTOR(0x40), 0x12345678u, false, HF_E_CRC, SANE},
    {"CRC-32 erased", TRAILER(TRAILER_CRC), 0xFFFFFFFFu, false, HF_E_CRC, SANE},
};
const size_t malformations_count = sizeof malformations / sizeof malformations[0];

image image_spoilt(const malformation *how)
{
    image it = image_make(PAYLOAD, 1);
    image_put(&it, how->offset + (how->in_trailer ? it.payload : 0), how->word);
    if (how->reseal) {
        image_seal(&it);
    }
    return it;
}
