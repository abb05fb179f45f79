// SPDX-License-Identifier: MIT
// What every sealed image must have, before its content is looked at: a length one can trust, and a trailer that says it
// was made for this product at this address.
#include "trailer.h"

#include <stdbool.h>
#include <stddef.h>

#include "board.h"
#include "port.h"

static bool length_is_sane(const uint32_t *vectors, uint32_t length)
{
    return length == ~vectors[HF_IMAGE_OFFSET_LENGTH_NOT / 4] && length % HF_IMAGE_ALIGN == 0 &&
           length >= HF_IMAGE_MIN_PAYLOAD && length <= HF_APP_SIZE - sizeof(struct hf_trailer);
}

static hf_err check_trailer(const struct hf_trailer *trailer, uint32_t length)
{
    if (trailer->magic != HF_TRAILER_MAGIC || trailer->format != HF_IMAGE_FORMAT || trailer->payload_length != length) {
        return HF_E_TRAILER;
    }
    if (trailer->load_address != HF_APP_ADDRESS) {
        return HF_E_LOAD_ADDRESS;
    }
    if (trailer->product_id != HF_PRODUCT_ID) {
        return HF_E_PRODUCT;
    }
    if (trailer->chip_id != HF_CHIP_ID) {
        return HF_E_CHIP;
    }
    return HF_OK;
}

hf_err hf_trailer_read(uint32_t base, const uint32_t *vectors, struct hf_trailer *trailer)
{
    if (vectors[HF_IMAGE_OFFSET_MARK / 4] != HF_IMAGE_MARK) {
        return HF_E_MARK;
    }
    uint32_t length = vectors[HF_IMAGE_OFFSET_LENGTH / 4];
    if (!length_is_sane(vectors, length)) {
        return HF_E_LENGTH;
    }
    if (vectors[1] - HF_APP_ADDRESS >= length) {
        return HF_E_RESET_VECTOR; // in the slot, but behind the payload
    }
    hf_err err = hf_port.flash.read(base + length, trailer, sizeof *trailer);
    return err != HF_OK ? err : check_trailer(trailer, length);
}

hf_err hf_trailer_check_crc(uint32_t base, const struct hf_trailer *trailer)
{
    uint32_t crc;
    hf_err err = hf_port.flash.crc32(base, trailer->payload_length + (uint32_t)offsetof(struct hf_trailer, crc32), &crc);
    if (err != HF_OK) {
        return err;
    }
    return crc == trailer->crc32 ? HF_OK : HF_E_CRC;
}
