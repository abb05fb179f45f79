// SPDX-License-Identifier: MIT
// Making the serial escape.
#include "escape.h"

#include <string.h>

#include "bytes.h"
#include "classic.h"

void hf_escape_make(uint32_t product_id, uint8_t escape[HF_ESCAPE_SIZE])
{
    memcpy(escape, HF_ESCAPE_OPENING, HF_ESCAPE_OPENING_SIZE);
    hf_put32be(escape + HF_ESCAPE_PRODUCT, product_id);
    hf_put16be(escape + HF_ESCAPE_CRC, hf_crc16(escape, HF_ESCAPE_CRC));
}
