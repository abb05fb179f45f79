// SPDX-License-Identifier: MIT
// Hearing the serial escape (formats/hf_escape.h) among all that an application receives. The last bytes are kept and looked
// at whole, so it makes no difference what stood before, in which pieces they came, or how often they began.
#include "board.h"
#include "crc16.h"
#include "holdfast.h"

static bool opens(const uint8_t *bytes)
{
    static const uint8_t opening[HF_ESCAPE_OPENING_SIZE] = HF_ESCAPE_OPENING;
    for (unsigned i = 0; i < sizeof opening; i++) {
        if (bytes[i] != opening[i]) {
            return false;
        }
    }
    return true;
}

static uint32_t product_in(const uint8_t *bytes)
{
    const uint8_t *id = bytes + HF_ESCAPE_PRODUCT;
    return (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
}

bool hf_app_escape_heard(struct hf_app_escape *escape, uint8_t byte)
{
    uint8_t *last = escape->last;
    for (unsigned i = 1; i < HF_ESCAPE_SIZE; i++) {
        last[i - 1] = last[i];
    }
    last[HF_ESCAPE_SIZE - 1] = byte;
    return opens(last) && product_in(last) == HF_PRODUCT_ID && hf_serial_crc16(last, HF_ESCAPE_SIZE) == 0;
}
