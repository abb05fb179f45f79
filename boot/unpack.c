// SPDX-License-Identifier: MIT
// Unpacking: a range decoder, and copies of what stands before.
#include "unpack.h"

#include "buffer.h"
#include "hf_packed.h"
#include "slot.h"

static struct {
    uint32_t range, code;
    const uint8_t *input, *end;
    uint16_t chances[HF_PACKED_CHANCES];
} coder HF_BUFFER;

static void begin(const uint8_t *input, const uint8_t *end)
{
    coder.range = 1; // the first bit takes three bytes
    coder.code = 0;
    coder.input = input;
    coder.end = end;
    for (uint32_t i = 0; i < HF_PACKED_CHANCES; i++) {
        coder.chances[i] = HF_PACKED_EVEN;
    }
}

static uint32_t decode_bit(uint32_t which)
{
    uint32_t range = coder.range, code = coder.code;
    while (range < HF_PACKED_RANGE) {
        range <<= 8;
        code = code << 8 | (coder.input < coder.end ? *coder.input++ : 0u);
    }
    int32_t chance = coder.chances[which];
    uint32_t bound = (range >> HF_PACKED_ONE_BITS) * (uint32_t)chance, bit = code < bound;
    coder.range = bit != 0 ? bound : range - bound;
    coder.code = bit != 0 ? code : code - bound;
    coder.chances[which] = (uint16_t)HF_PACKED_MOVED(chance, bit);
    return bit;
}

static uint32_t decode_number(uint32_t which)
{
    uint32_t number = 1;
    while (number < 1u << HF_PACKED_NUMBER_BITS && decode_bit(which++) != 0) {
        number = number << 1 | decode_bit(which++);
    }
    return number;
}

static uint8_t decode_literal(uint32_t which)
{
    uint32_t literal = 1;
    while (literal < 256) {
        literal = literal << 1 | decode_bit(which + literal);
    }
    return (uint8_t)literal;
}

uint32_t hf_unpack(uint32_t address, const uint8_t *packed, uint32_t size, uint8_t *out)
{
    uint32_t total = HF_PACKED_SIZE(packed[0]), distance = 0, left = 0;
    begin(packed + 1, packed + size);
    for (uint32_t at = 0; at < total; at++) {
        uint32_t odd = at & 1u;
        if (left == 0 && decode_bit(HF_PACKED_COPY + odd) != 0) {
            distance = decode_number(HF_PACKED_DISTANCE);
            left = decode_number(HF_PACKED_LENGTH);
        }
        if (left == 0) {
            out[at] = decode_literal(HF_PACKED_LITERAL + (odd << 8));
        } else {
            left--;
            out[at] = distance <= at ? out[at - distance] : hf_slot_byte(address + at - distance);
        }
    }
    return total;
}
