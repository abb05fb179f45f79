// SPDX-License-Identifier: MIT
// The table of keys, from the board file.
#include "keys.h"

#include <stddef.h>

#include "board.h"

static const struct hf_p256_key keys[] = {
#define HF_KEY(id, x, y) {id, {x}, {y}},
#define HF_LIST(...) __VA_ARGS__
    HF_KEYS(HF_KEY, HF_LIST)
};

const struct hf_p256_key *hf_key_find(uint32_t id)
{
    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].id == id) {
            return hf_key_is_revoked(id) ? NULL : &keys[i];
        }
    }
    return NULL;
}
