// SPDX-License-Identifier: MIT
// SHA-256 as FIPS 180-4, 6.2 describes it, made to be small: a rolling message schedule, no unrolled rounds.
#include "sha256.h"

#include <stdbool.h>

#include "port.h"

#define BLOCK 64u // bytes

static const uint32_t constants[64] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
};
static const uint32_t start[HF_SHA256_WORDS] = { // the least significant word first: h before a
    0x5BE0CD19, 0x1F83D9AB, 0x9B05688C, 0x510E527F, 0xA54FF53A, 0x3C6EF372, 0xBB67AE85, 0x6A09E667,
};

static uint32_t rotated(uint32_t x, unsigned by)
{
    return x >> by | x << (32 - by);
}

static uint32_t schedule(uint32_t *w, unsigned round)
{
    if (round < 16) {
        return w[round] = __builtin_bswap32(w[round]);
    }
    uint32_t from2 = w[(round - 2) % 16], from15 = w[(round - 15) % 16];
    return w[round % 16] += w[(round - 7) % 16] + (rotated(from15, 7) ^ rotated(from15, 18) ^ from15 >> 3) +
                            (rotated(from2, 17) ^ rotated(from2, 19) ^ from2 >> 10);
}

static void add_block(uint32_t *digest, uint32_t *w)
{
    uint32_t a = digest[7], b = digest[6], c = digest[5], d = digest[4];
    uint32_t e = digest[3], f = digest[2], g = digest[1], h = digest[0];
    for (unsigned round = 0; round < 64; round++) {
        uint32_t t1 = h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + (((f ^ g) & e) ^ g) + constants[round] +
                      schedule(w, round);
        uint32_t t2 = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) | ((a | b) & c));
        h = g, g = f, f = e, e = d + t1;
        d = c, c = b, b = a, a = t1 + t2;
    }
    digest[7] += a, digest[6] += b, digest[5] += c, digest[4] += d;
    digest[3] += e, digest[2] += f, digest[1] += g, digest[0] += h;
}

hf_err hf_sha256(uint32_t address, uint32_t size, uint32_t digest[HF_SHA256_WORDS])
{
    __builtin_memcpy(digest, start, sizeof start);
    for (uint32_t at = 0;; at += BLOCK) {
        uint32_t w[BLOCK / 4] = {0};
        bool last = size - at < BLOCK;
        uint32_t bytes = last ? size - at : BLOCK;
        hf_err err = hf_port.flash.read(address + at, w, bytes);
        if (err != HF_OK) {
            return err;
        }
        if (last) {
            w[bytes / 4] = 0x80; // the first byte behind the message, before the words are turned round
            w[BLOCK / 4 - 1] = __builtin_bswap32(size * 8);
        }
        add_block(digest, w);
        if (last) {
            return HF_OK;
        }
    }
}
