// SPDX-License-Identifier: MIT
// Packing: the cheapest way through the content by what its bits cost at first, then a range coder.
#include "pack.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hf_fast.h"
#include "hf_packed.h"

#define MOST     HF_FAST_PAYLOAD
#define FARTHEST 65535u
#define ONE      (1u << HF_PACKED_ONE_BITS)
#define PAIRS    65536u
#define DEPTH    96u // earlier places that are tried
#define NOWHERE  UINT32_MAX

// The cheapest way found to come to a place: its last step.
typedef struct arrival {
    float cost; // bits
    uint32_t length;   // of the last step; a literal has 1
    uint32_t distance; // 0: a literal
} arrival;

struct packer {
    const uint8_t *image;
    uint32_t *previous;      // place before with the same two bytes
    float cost_of_one[ONE];  // bits, by chance
    arrival ways[MOST + 1];
    uint16_t chances[HF_PACKED_CHANCES];
    // the coder
    uint64_t low;
    uint32_t range, pending;
    uint8_t held;
    uint32_t held_before; // how many bytes were held so far, this one included
    uint8_t *out;
    uint32_t out_size, out_most;
};

// -- what a bit costs -----------------------------------------------------------------------------------------------------

static float bit_cost(const packer *p, uint32_t which, uint32_t bit)
{
    uint32_t chance = p->chances[which];
    return p->cost_of_one[bit != 0 ? chance : ONE - chance];
}

static uint32_t bits_below_highest(uint32_t number)
{
    uint32_t bits = 0;
    while (number >> (bits + 1) != 0) {
        bits++;
    }
    return bits;
}

static float number_cost(const packer *p, uint32_t which, uint32_t number)
{
    float cost = 0;
    uint32_t bits = bits_below_highest(number);
    for (uint32_t i = bits; i-- > 0; which += 2) {
        cost += bit_cost(p, which, 1) + bit_cost(p, which + 1, number >> i & 1u);
    }
    return bits < HF_PACKED_NUMBER_BITS ? cost + bit_cost(p, which, 0) : cost;
}

static float literal_cost(const packer *p, uint32_t odd, uint8_t byte)
{
    float cost = 0;
    uint32_t node = 1;
    for (int i = 7; i >= 0; i--) {
        uint32_t bit = byte >> i & 1u;
        cost += bit_cost(p, HF_PACKED_LITERAL + (odd << 8) + node, bit);
        node = node << 1 | bit;
    }
    return cost;
}

// -- the cheapest way -----------------------------------------------------------------------------------------------------

static void arrive(packer *p, uint32_t at, arrival way)
{
    if (way.cost < p->ways[at].cost) {
        p->ways[at] = way;
    }
}

static uint32_t match(const uint8_t *a, const uint8_t *b, uint32_t most)
{
    uint32_t length = 0;
    while (length < most && a[length] == b[length]) {
        length++;
    }
    return length;
}

static void try_copies(packer *p, uint32_t from, uint32_t at, uint32_t size)
{
    uint32_t place = from + at, most = size - at, longest = 1;
    const uint8_t *here = p->image + place;
    float cost = p->ways[at].cost + bit_cost(p, HF_PACKED_COPY + (at & 1u), 1);
    uint32_t other = p->previous[place];
    for (uint32_t tries = 0; tries < DEPTH && other != NOWHERE && place - other <= FARTHEST; tries++, other = p->previous[other]) {
        uint32_t length = match(here, p->image + other, most), far = place - other;
        float distance_cost = length > longest ? number_cost(p, HF_PACKED_DISTANCE, far) : 0;
        for (uint32_t l = longest + 1; l <= length; l++) {
            arrive(p, at + l, (arrival){cost + distance_cost + number_cost(p, HF_PACKED_LENGTH, l), l, far});
        }
        longest = length > longest ? length : longest;
    }
}

static void find_way(packer *p, uint32_t from, uint32_t size)
{
    for (uint32_t at = 0; at <= size; at++) {
        p->ways[at].cost = INFINITY;
    }
    p->ways[0] = (arrival){.cost = 0};
    for (uint32_t at = 0; at < size; at++) {
        uint32_t odd = at & 1u;
        float cost = p->ways[at].cost + bit_cost(p, HF_PACKED_COPY + odd, 0) + literal_cost(p, odd, p->image[from + at]);
        arrive(p, at + 1, (arrival){cost, 1, 0});
        try_copies(p, from, at, size);
    }
}

// -- the coder ------------------------------------------------------------------------------------------------------------

static void put(packer *p, uint8_t byte)
{
    if (p->out_size < p->out_most) {
        p->out[p->out_size] = byte;
    }
    p->out_size++;
}

// The highest byte of low is final unless all behind it are FF and a carry comes: those wait.
static void shift(packer *p)
{
    if (p->low < 0xFF000000u || p->low > 0xFFFFFFFFu) {
        uint8_t carry = (uint8_t)(p->low >> 32);
        if (p->held_before > 1) { // the first is zero: all that is coded lies below the range at first
            put(p, (uint8_t)(p->held + carry));
        }
        for (; p->pending > 0; p->pending--) {
            put(p, (uint8_t)(0xFF + carry));
        }
        p->held = (uint8_t)(p->low >> 24);
        p->held_before++;
    } else {
        p->pending++;
    }
    p->low = (p->low & 0x00FFFFFFu) << 8;
}

static void code_bit(packer *p, uint32_t which, uint32_t bit)
{
    uint16_t *chance = &p->chances[which];
    uint32_t bound = (p->range >> HF_PACKED_ONE_BITS) * *chance;
    p->low += bit != 0 ? 0 : bound;
    p->range = bit != 0 ? bound : p->range - bound;
    *chance = (uint16_t)HF_PACKED_MOVED((int32_t)*chance, bit);
    while (p->range < HF_PACKED_RANGE) {
        p->range <<= 8;
        shift(p);
    }
}

static void code_number(packer *p, uint32_t which, uint32_t number)
{
    uint32_t bits = bits_below_highest(number);
    for (uint32_t i = bits; i-- > 0; which += 2) {
        code_bit(p, which, 1);
        code_bit(p, which + 1, number >> i & 1u);
    }
    if (bits < HF_PACKED_NUMBER_BITS) {
        code_bit(p, which, 0);
    }
}

static void code_step(packer *p, uint32_t at, const arrival *way, const uint8_t *bytes)
{
    uint32_t odd = at & 1u;
    code_bit(p, HF_PACKED_COPY + odd, way->distance != 0);
    if (way->distance == 0) {
        uint32_t node = 1;
        for (int i = 7; i >= 0; i--) {
            uint32_t bit = *bytes >> i & 1u;
            code_bit(p, HF_PACKED_LITERAL + (odd << 8) + node, bit);
            node = node << 1 | bit;
        }
        return;
    }
    code_number(p, HF_PACKED_DISTANCE, way->distance);
    code_number(p, HF_PACKED_LENGTH, way->length);
}

static void begin(packer *p, uint8_t *out, uint32_t out_most)
{
    for (uint32_t i = 0; i < HF_PACKED_CHANCES; i++) {
        p->chances[i] = HF_PACKED_EVEN;
    }
    p->low = p->pending = p->held_before = p->out_size = 0;
    p->range = HF_PACKED_RANGE;
    p->out = out;
    p->out_most = out_most;
}

// Any value from low to below low + range will do: one that ends with zeros, which need not be sent.
static void end(packer *p)
{
    p->low = (p->low + p->range - 1) & ~(uint64_t)(HF_PACKED_RANGE - 1);
    for (int i = 0; i < 5; i++) {
        shift(p);
    }
    while (p->out_size > 1 && p->out_size <= p->out_most && p->out[p->out_size - 1] == 0) {
        p->out_size--;
    }
}

static void code_way(packer *p, uint32_t from, uint32_t size)
{
    uint32_t ends[MOST], count = 0;
    for (uint32_t at = size; at > 0; at -= p->ways[at].length) {
        ends[count++] = at;
    }
    while (count-- > 0) {
        const arrival *way = &p->ways[ends[count]];
        uint32_t at = ends[count] - way->length;
        code_step(p, at, way, p->image + from + at);
    }
}

// -- all of it ------------------------------------------------------------------------------------------------------------

static bool find_previous(packer *p, uint32_t size)
{
    uint32_t *last = malloc(PAIRS * sizeof *last);
    p->previous = malloc((size + 1) * sizeof *p->previous);
    if (last == NULL || p->previous == NULL) {
        free(last);
        return false;
    }
    for (uint32_t i = 0; i < PAIRS; i++) {
        last[i] = NOWHERE;
    }
    for (uint32_t at = 0; at < size; at++) {
        uint32_t pair = at + 1 < size ? p->image[at] | (uint32_t)p->image[at + 1] << 8 : 0;
        p->previous[at] = at + 1 < size ? last[pair] : NOWHERE;
        last[pair] = at;
    }
    free(last);
    return true;
}

packer *packer_new(const uint8_t *image, uint32_t size)
{
    packer *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return NULL;
    }
    p->image = image;
    for (uint32_t i = 1; i < ONE; i++) {
        p->cost_of_one[i] = log2f((float)ONE / (float)i);
    }
    if (!find_previous(p, size)) {
        packer_free(p);
        return NULL;
    }
    return p;
}

void packer_free(packer *p)
{
    if (p != NULL) {
        free(p->previous);
        free(p);
    }
}

uint32_t packer_pack(packer *p, uint32_t from, uint32_t size, uint8_t *out)
{
    begin(p, out, size);
    find_way(p, from, size);
    put(p, (uint8_t)(size / 4 - 1));
    code_way(p, from, size);
    end(p);
    return p->out_size < size ? p->out_size : 0;
}
