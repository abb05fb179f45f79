// SPDX-License-Identifier: MIT
// The record of the image that is known.
#include "known.h"

#include "board.h"
#include "image.h"
#include "records.h"

static bool is_on_record(uint32_t crc32, uint32_t length)
{
    uint32_t words[2];
    return hf_record_find(HF_RECORD_KNOWN, words) && words[0] == crc32 && words[1] == length;
}

bool hf_known(uint32_t base, const struct hf_trailer *trailer)
{
    return base == HF_APP_ADDRESS && is_on_record(trailer->crc32, trailer->payload_length);
}

void hf_known_keep(uint32_t flaw)
{
    struct hf_trailer trailer;
    if (hf_image_trailer(HF_APP_ADDRESS, &trailer) == HF_OK && !hf_known(HF_APP_ADDRESS, &trailer)) {
        (void)hf_record_append(HF_RECORD_KNOWN, trailer.crc32 ^ flaw, trailer.payload_length); // else verified again
    }
}

hf_err hf_known_forget(void)
{
    static bool forgotten;
    hf_err err = hf_records_settle(); // a withdrawal that a cut left weak could be read as one today, and not at the next boot
    if (err == HF_OK && !forgotten && !is_on_record(0, 0)) {
        err = hf_record_append(HF_RECORD_KNOWN, 0, 0);
    }
    forgotten = err == HF_OK;
    return err;
}
