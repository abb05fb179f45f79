// SPDX-License-Identifier: MIT
// Public keys as points of P-256.
#ifndef HF_POINT_H
#define HF_POINT_H

#include "hf_layout.h"

typedef enum hf_point_status {
    HF_POINT_OK,
    HF_POINT_MALFORMED, // not 04 and 128 hexadecimal digits
    HF_POINT_OFF_CURVE, // digits, but no point of the curve
} hf_point_status;

// "04", then x and y with 64 digits each: an uncompressed point as in SEC 1, 2.3.3.
hf_point_status hf_point_parse(const char *text, hf_point *point);

// A coordinate as the bootloader wants it: times 2^256 modulo the field's prime.
void hf_point_times_2_256(const uint32_t *coordinate, uint32_t *product);

#endif
