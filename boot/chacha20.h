// SPDX-License-Identifier: MIT
// The stream cipher ChaCha20 (RFC 8439, 2.3).
#ifndef HF_BOOT_CHACHA20_H
#define HF_BOOT_CHACHA20_H

#include <stdint.h>

#define HF_CHACHA20_WORDS 16u // of a block
#define HF_CHACHA20_BYTES (4u * HF_CHACHA20_WORDS)

// The nth block of the key stream that key and nonce make.
void hf_chacha20_block(const uint32_t key[8], const uint32_t nonce[3], uint32_t nth, uint32_t block[HF_CHACHA20_WORDS]);

#endif
