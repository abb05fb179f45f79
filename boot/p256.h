// SPDX-License-Identifier: MIT
// ECDSA on the curve P-256: checking signatures, nothing else. No secret takes part in that, so nothing here hides timing.
#ifndef HF_BOOT_P256_H
#define HF_BOOT_P256_H

#include <stdbool.h>
#include <stdint.h>

#define HF_P256_WORDS 8u

// 256-bit numbers stand as eight words, the least significant one first.
struct hf_p256_key {
    uint32_t id;                                // as signatures name it (docs/image-format.md)
    uint32_t x[HF_P256_WORDS], y[HF_P256_WORDS]; // times 2^256 modulo p; a point of the curve, `holdfast layout` checks
};

// Is (r, s) a signature of the digest by the key? Any r and s may be given; those that are 0 or not below the group's
// order are refused. digest: the SHA-256 as a number, its first byte the most significant.
bool hf_p256_verify(const struct hf_p256_key *key, const uint32_t digest[HF_P256_WORDS], const uint32_t r[HF_P256_WORDS],
                    const uint32_t s[HF_P256_WORDS]);

#endif
