// SPDX-License-Identifier: MIT
// Words in byte order, whatever the host's own order and alignment.
#ifndef HF_BYTES_H
#define HF_BYTES_H

#include <stdint.h>

static inline uint16_t hf_get16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t hf_get32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline void hf_put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static inline void hf_put32(uint8_t *at, uint32_t value)
{
    hf_put16(at, (uint16_t)value);
    hf_put16(at + 2, (uint16_t)(value >> 16));
}

static inline void hf_put16be(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void hf_put32be(uint8_t *at, uint32_t value)
{
    hf_put16be(at, (uint16_t)(value >> 16));
    hf_put16be(at + 2, (uint16_t)value);
}

#endif
