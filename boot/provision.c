// SPDX-License-Identifier: MIT
// A provision is three records, of which the last holds the CRC-32 over all: without it the others are nothing. What a cut
// has left is written again from the first one on.
#include "provision.h"

#include <stddef.h>

#include "records.h"

#define WORDS (sizeof(struct hf_provision) / 4)

_Static_assert(WORDS == 2 * (HF_RECORD_PROVISION_END - HF_RECORD_PROVISION), "two words a record");

typedef union words {
    struct hf_provision provision;
    uint32_t word[WORDS];
} words;

// The common CRC-32, bit by bit: the chip's unit reads flash.
static uint32_t crc_of(const struct hf_provision *it)
{
    const uint8_t *byte = (const uint8_t *)it;
    uint32_t crc = 0xFFFFFFFFu;
    for (uint32_t bit = 0; bit < 8 * offsetof(struct hf_provision, crc32); bit++) {
        crc ^= bit % 8 == 0 ? byte[bit / 8] : 0u;
        crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static bool find(words *to)
{
    bool found = true;
    for (unsigned i = 0; i < WORDS; i += 2) {
        found &= hf_record_find((hf_record_kind)(HF_RECORD_PROVISION + i / 2), to->word + i);
    }
    return found && to->provision.crc32 == crc_of(&to->provision);
}

bool hf_provision_read(struct hf_provision *to)
{
    words known;
    bool found = find(&known);
    *to = known.provision;
    return found;
}

hf_err hf_provision_write(const struct hf_provision *what)
{
    words wanted = {.provision = *what}, known;
    hf_err err = wanted.provision.crc32 == crc_of(what) ? hf_records_settle() : HF_E_CRC;
    bool there = err == HF_OK && find(&known); // what is found now will be found
    for (unsigned i = 0; i < WORDS && err == HF_OK; i += 2) {
        if (!there) {
            err = hf_record_append((hf_record_kind)(HF_RECORD_PROVISION + i / 2), wanted.word[i], wanted.word[i + 1]);
        } else if (known.word[i] != wanted.word[i] || known.word[i + 1] != wanted.word[i + 1]) {
            err = HF_E_PROVISIONED;
        }
    }
    return err;
}
