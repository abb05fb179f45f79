// SPDX-License-Identifier: MIT
// Images that travel enciphered (docs/image-format.md), and the keys for it.
#ifndef HF_HOST_TRANSIT_H
#define HF_HOST_TRANSIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "hf_layout.h"

// Makes a new key and writes it to path, which must not exist, readable by its owner only. HF_E_EXISTS, HF_E_WRITE, HF_E_MEMORY
// (no random numbers).
hf_error hf_transit_key_create(const char *path, hf_problem *problem);

// Reads a key file. HF_E_TRANSIT_KEY.
hf_error hf_transit_key_load(hf_transit_key *key, const char *path, hf_problem *problem);

// Writes the nonce into a payload of length bytes that has its mark and its length. It is made of key and content: no two
// images share one, and the same image has always the same. HF_E_MEMORY.
hf_error hf_transit_put_nonce(const hf_transit_key *key, uint8_t *payload, size_t length, hf_problem *problem);

// Enciphers a payload with a nonce in place, or deciphers it: the same is done. HF_E_MEMORY.
hf_error hf_transit_apply(const hf_transit_key *key, uint8_t *payload, size_t length, hf_problem *problem);

// A sealed image as it travels? False for one in the clear, also when it says that it travels enciphered.
bool hf_travels_enciphered(const void *image, size_t size);

// Refuses an image in the clear for a device that wants them enciphered, and the reverse. HF_E_TRANSIT.
hf_error hf_transit_refuse(const void *image, size_t size, bool wants_enciphered, hf_problem *problem);

#endif
