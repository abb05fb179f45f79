// SPDX-License-Identifier: MIT
// Unpacking: a range decoder, and copies of what stands before.
#include "unpack.h"

#include "hf_packed.h"
#include "slot.h"

static uint16_t chances[HF_PACKED_CHANCES];
static uint32_t distance; // of the last copy

static uint32_t range, code;
static const uint8_t *input, *input_end;

void hf_unpack_begin(void)
{
    for (uint32_t i = 0; i < HF_PACKED_CHANCES; i++) {
        chances[i] = HF_PACKED_EVEN;
    }
}

static void take_byte(void)
{
    range <<= 8;
    code = code << 8 | (input < input_end ? *input++ : 0u);
}

static uint32_t decode_bit(uint32_t which)
{
    uint32_t chance = chances[which], bound = (range >> HF_PACKED_ONE_BITS) * chance, bit = code < bound;
    if (bit != 0) {
        range = bound;
        chance += ((1u << HF_PACKED_ONE_BITS) - chance) >> HF_PACKED_RATE;
    } else {
        range -= bound;
        code -= bound;
        chance -= chance >> HF_PACKED_RATE;
    }
    chances[which] = (uint16_t)chance;
    while (range < HF_PACKED_RANGE) {
        take_byte();
    }
    return bit;
}

static uint32_t decode_number(uint32_t which)
{
    uint32_t number = 0, i = 0;
    for (; i < HF_PACKED_NUMBER_BITS && decode_bit(which) != 0; i++, which += 2) {
        number |= decode_bit(which + 1) << i;
    }
    return number | 1u << i;
}

uint32_t hf_unpack(uint32_t address, const uint8_t *packed, uint32_t size, uint8_t *out)
{
    uint32_t total = packed[0] | (uint32_t)packed[1] << 8;
    total = total < HF_PACKED_UNIT ? total : HF_PACKED_UNIT;
    input = packed + 2;
    input_end = packed + size;
    for (int i = 0; i < 4; i++) {
        take_byte();
    }
    range = 0xFFFFFFFFu;
    for (uint32_t at = 0; at < total;) {
        uint32_t odd = at & 1u;
        if (decode_bit(HF_PACKED_COPY + odd) == 0) {
            uint32_t literal = 1;
            while (literal < 256) {
                literal = literal << 1 | decode_bit(HF_PACKED_LITERAL + (odd << 8) + literal);
            }
            out[at++] = (uint8_t)literal;
            continue;
        }
        if (decode_bit(HF_PACKED_REPEAT) == 0) {
            distance = decode_number(HF_PACKED_DISTANCE);
        }
        for (uint32_t left = decode_number(HF_PACKED_LENGTH); left > 0 && at < total; left--, at++) {
            out[at] = distance <= at ? out[at - distance] : hf_slot_byte(address + at - distance);
        }
    }
    return total;
}
