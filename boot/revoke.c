// SPDX-License-Identifier: MIT
// Revoking a key by record. The latest record counts, and only a key that still counts is ever recorded: with two keys,
// of which none can revoke itself, there is one such record at most.
#include <stddef.h>

#include "board.h"
#include "hf_image.h"
#include "image.h"
#include "keys.h"
#include "records.h"

bool hf_key_is_revoked(uint32_t id)
{
    uint32_t words[2];
    return hf_record_find(HF_RECORD_REVOKED, words) && words[0] == id;
}

hf_err hf_image_proven(void)
{
    struct hf_trailer trailer;
    hf_err err = hf_image_trailer(HF_APP_ADDRESS, &trailer);
    if (err != HF_OK || hf_key_find(trailer.revoked_key) == NULL) {
        return err; // nothing to revoke, or done already
    }
    return hf_record_append(HF_RECORD_REVOKED, trailer.revoked_key, 0);
}
