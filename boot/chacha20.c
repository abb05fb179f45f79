// SPDX-License-Identifier: MIT
// ChaCha20's block function in loops: it is small, and an image comes slower than it runs.
#include "chacha20.h"

static uint32_t rotate(uint32_t word, unsigned by)
{
    return word << by | word >> (32 - by);
}

static void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    static const uint8_t turns[] = {16, 12, 8, 7};
    for (unsigned i = 0; i < sizeof turns; i += 2) {
        *a += *b;
        *d = rotate(*d ^ *a, turns[i]);
        *c += *d;
        *b = rotate(*b ^ *c, turns[i + 1]);
    }
}

// Even rounds mix columns, odd ones diagonals.
static void mix(uint32_t x[HF_CHACHA20_WORDS])
{
    for (unsigned round = 0; round < 20; round++) {
        unsigned shift = round % 2;
        for (unsigned i = 0; i < 4; i++) {
            quarter_round(x + i, x + 4 + (i + shift) % 4, x + 8 + (i + 2 * shift) % 4, x + 12 + (i + 3 * shift) % 4);
        }
    }
}

// The state before the rounds, word by word: a whole copy of it, left behind on a stack, would be the key for whoever reads RAM.
static uint32_t start(const uint32_t key[8], const uint32_t nonce[3], uint32_t nth, unsigned i)
{
    static const uint32_t constants[] = {0x61707865, 0x3320646E, 0x79622D32, 0x6B206574}; // "expand 32-byte k"
    return i < 4 ? constants[i] : i < 12 ? key[i - 4] : i == 12 ? nth : nonce[i - 13];
}

void hf_chacha20_block(const uint32_t key[8], const uint32_t nonce[3], uint32_t nth, uint32_t block[HF_CHACHA20_WORDS])
{
    for (unsigned i = 0; i < HF_CHACHA20_WORDS; i++) {
        block[i] = start(key, nonce, nth, i);
    }
    mix(block);
    for (unsigned i = 0; i < HF_CHACHA20_WORDS; i++) {
        block[i] += start(key, nonce, nth, i);
    }
}
