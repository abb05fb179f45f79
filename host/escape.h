// SPDX-License-Identifier: MIT
// Making the serial escape (docs/uart-protocol.md).
#ifndef HF_HOST_ESCAPE_H
#define HF_HOST_ESCAPE_H

#include <stdint.h>

#include "hf_escape.h"

// The escape for a product.
void hf_escape_make(uint32_t product_id, uint8_t escape[HF_ESCAPE_SIZE]);

#endif
