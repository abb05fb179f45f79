// SPDX-License-Identifier: MIT
// Validation level "signed": a sealed image for this product at this address, signed by one of the board's keys.
//
// The signature covers the image, the trailer and the key's id, so there is no field that may be trusted before it has
// been verified, and none that may be changed after.
#include "board.h"
#include "image.h"
#include "known.h"
#include "port.h"
#include "signature.h"
#include "trailer.h"

hf_err hf_validate(uint32_t base, const uint32_t *vectors)
{
    struct hf_trailer trailer;
    hf_err err = hf_trailer_read(base, vectors, &trailer);
    if (err != HF_OK) {
        return err;
    }
    uint32_t behind = trailer.payload_length + (uint32_t)sizeof trailer;
    if (trailer.size != HF_TRAILER_SIGNED || behind > HF_APP_SIZE - sizeof(struct hf_signature)) {
        return HF_E_TRAILER;
    }
    if (hf_known(base, &trailer)) {
        return hf_trailer_check_crc(base, &trailer);
    }
    struct hf_signature signature;
    err = hf_port.flash.read(base + behind, &signature, sizeof signature);
    if (err != HF_OK) {
        return err;
    }
    if (trailer.revoked_key == signature.key_id) {
        return HF_E_KEY; // it would never start again
    }
    return hf_signature_check(base, behind, &signature);
}
