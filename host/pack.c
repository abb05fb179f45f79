// SPDX-License-Identifier: MIT
// Packing: the cheapest way through each unit by what its bits cost at that moment, then a range coder.
#include "pack.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hf_packed.h"

#define UNIT     HF_PACKED_UNIT
#define FARTHEST 65535u
#define ONE      (1u << HF_PACKED_ONE_BITS)
#define DEPTH    96u // earlier places that are tried
#define NOWHERE  UINT32_MAX

// The cheapest way found to come to a place: its last step, and what it leaves for the next.
typedef struct arrival {
    float cost; // bits
    uint32_t length;   // of the last step; a literal has 1
    uint32_t distance; // 0: a literal
    uint32_t repeated; // distance a repetition would have from here
} arrival;

typedef struct unit {
    uint8_t bytes[UNIT];
    uint32_t size; // 0: it is sent as it is
} unit;

struct packer {
    const uint8_t *image;
    uint32_t from, to, packed; // units packed so far
    unit *units;
    uint32_t *previous; // place before with the same two bytes
    uint16_t chances[HF_PACKED_CHANCES];
    uint32_t repeated;
    float cost_of_one[ONE]; // bits, by chance
    arrival ways[UNIT + 1];
    // the coder
    uint64_t low;
    uint32_t range, pending;
    uint8_t held;
    bool holds;
    uint8_t out[2 * UNIT];
    uint32_t out_size;
};

// -- what a bit costs -----------------------------------------------------------------------------------------------------

static float bit_cost(const packer *p, uint32_t which, uint32_t bit)
{
    uint32_t chance = p->chances[which];
    return p->cost_of_one[bit != 0 ? chance : ONE - chance];
}

static float number_cost(const packer *p, uint32_t which, uint32_t number)
{
    float cost = 0;
    uint32_t i = 0;
    for (; number >> (i + 1) != 0; i++, which += 2) {
        cost += bit_cost(p, which, 1) + bit_cost(p, which + 1, number >> i & 1u);
    }
    return i < HF_PACKED_NUMBER_BITS ? cost + bit_cost(p, which, 0) : cost;
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

static void try_copies(packer *p, uint32_t begin, uint32_t at, uint32_t size)
{
    uint32_t place = begin + at, most = size - at, longest = 1;
    const uint8_t *here = p->image + place;
    float cost = p->ways[at].cost + bit_cost(p, HF_PACKED_COPY + (at & 1u), 1);
    uint32_t repeated = p->ways[at].repeated;
    if (repeated != 0 && repeated <= place) {
        uint32_t length = match(here, here - repeated, most);
        for (uint32_t l = 1; l <= length; l++) {
            arrive(p, at + l, (arrival){cost + bit_cost(p, HF_PACKED_REPEAT, 1) + number_cost(p, HF_PACKED_LENGTH, l), l,
                                        repeated, repeated});
        }
    }
    cost += bit_cost(p, HF_PACKED_REPEAT, 0);
    uint32_t other = p->previous[place];
    for (uint32_t tries = 0; tries < DEPTH && other != NOWHERE && place - other <= FARTHEST; tries++, other = p->previous[other]) {
        uint32_t length = match(here, p->image + other, most), far = place - other;
        float distance_cost = length > longest ? number_cost(p, HF_PACKED_DISTANCE, far) : 0;
        for (uint32_t l = longest + 1; l <= length; l++) {
            arrive(p, at + l, (arrival){cost + distance_cost + number_cost(p, HF_PACKED_LENGTH, l), l, far, far});
        }
        longest = length > longest ? length : longest;
    }
}

static void find_way(packer *p, uint32_t begin, uint32_t size)
{
    for (uint32_t at = 0; at <= size; at++) {
        p->ways[at].cost = INFINITY;
    }
    p->ways[0] = (arrival){.cost = 0, .repeated = p->repeated};
    for (uint32_t at = 0; at < size; at++) {
        uint32_t odd = at & 1u;
        float cost = p->ways[at].cost + bit_cost(p, HF_PACKED_COPY + odd, 0) + literal_cost(p, odd, p->image[begin + at]);
        arrive(p, at + 1, (arrival){cost, 1, 0, p->ways[at].repeated});
        try_copies(p, begin, at, size);
    }
}

// -- the coder ------------------------------------------------------------------------------------------------------------

static void put(packer *p, uint8_t byte)
{
    if (p->out_size < sizeof p->out) {
        p->out[p->out_size++] = byte;
    }
}

// The highest byte of low is final unless all behind it are FF and a carry comes: those wait.
static void shift(packer *p)
{
    if (p->low < 0xFF000000u || p->low > 0xFFFFFFFFu) {
        uint8_t carry = (uint8_t)(p->low >> 32);
        if (p->holds) {
            put(p, (uint8_t)(p->held + carry));
        }
        for (; p->pending > 0; p->pending--) {
            put(p, (uint8_t)(0xFF + carry));
        }
        p->held = (uint8_t)(p->low >> 24);
        p->holds = true;
    } else {
        p->pending++;
    }
    p->low = (p->low & 0x00FFFFFFu) << 8;
}

static void code_bit(packer *p, uint32_t which, uint32_t bit)
{
    uint16_t *chance = &p->chances[which];
    uint32_t bound = (p->range >> HF_PACKED_ONE_BITS) * *chance;
    if (bit != 0) {
        p->range = bound;
        *chance = (uint16_t)(*chance + ((ONE - *chance) >> HF_PACKED_RATE));
    } else {
        p->low += bound;
        p->range -= bound;
        *chance = (uint16_t)(*chance - (*chance >> HF_PACKED_RATE));
    }
    while (p->range < HF_PACKED_RANGE) {
        p->range <<= 8;
        shift(p);
    }
}

static void code_number(packer *p, uint32_t which, uint32_t number)
{
    uint32_t i = 0;
    for (; number >> (i + 1) != 0; i++, which += 2) {
        code_bit(p, which, 1);
        code_bit(p, which + 1, number >> i & 1u);
    }
    if (i < HF_PACKED_NUMBER_BITS) {
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
    code_bit(p, HF_PACKED_REPEAT, way->distance == p->repeated);
    if (way->distance != p->repeated) {
        code_number(p, HF_PACKED_DISTANCE, way->distance);
    }
    code_number(p, HF_PACKED_LENGTH, way->length);
    p->repeated = way->distance;
}

static void code_way(packer *p, uint32_t begin, uint32_t size)
{
    uint32_t steps[UNIT], count = 0;
    for (uint32_t at = size; at > 0; at -= p->ways[at].length) {
        steps[count++] = at;
    }
    p->low = 0;
    p->range = 0xFFFFFFFFu;
    p->pending = 0;
    p->holds = false;
    p->out_size = 0;
    put(p, (uint8_t)size);
    put(p, (uint8_t)(size >> 8));
    while (count-- > 0) {
        uint32_t at = steps[count] - p->ways[steps[count]].length;
        code_step(p, at, &p->ways[steps[count]], p->image + begin + at);
    }
    p->low += p->range - 1; // any value below low + range will do: one that ends with zeros, which need not be sent
    p->low &= ~(uint64_t)0xFFFFFF;
    for (int i = 0; i < 5; i++) {
        shift(p);
    }
    while (p->out_size > 3 && p->out[p->out_size - 1] == 0) {
        p->out_size--;
    }
}

static void pack_next(packer *p)
{
    uint32_t begin = p->from + p->packed * UNIT, size = p->to - begin < UNIT ? p->to - begin : UNIT;
    uint16_t chances[HF_PACKED_CHANCES];
    uint32_t repeated = p->repeated;
    memcpy(chances, p->chances, sizeof chances);
    find_way(p, begin, size);
    code_way(p, begin, size);
    unit *u = &p->units[p->packed++];
    if (p->out_size < size) {
        memcpy(u->bytes, p->out, p->out_size);
        u->size = p->out_size;
    } else { // the other side will not see it
        memcpy(p->chances, chances, sizeof chances);
        p->repeated = repeated;
    }
}

// -- all of it ------------------------------------------------------------------------------------------------------------

static void find_previous(packer *p)
{
    static const uint32_t pairs = 65536;
    uint32_t *last = malloc(pairs * sizeof *last);
    for (uint32_t i = 0; last != NULL && i < pairs; i++) {
        last[i] = NOWHERE;
    }
    for (uint32_t at = 0; at < p->to; at++) {
        p->previous[at] = NOWHERE;
        if (last != NULL && at + 1 < p->to) {
            uint32_t pair = p->image[at] | (uint32_t)p->image[at + 1] << 8;
            p->previous[at] = last[pair];
            last[pair] = at;
        }
    }
    free(last);
}

packer *packer_new(const uint8_t *image, uint32_t from, uint32_t to)
{
    packer *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return NULL;
    }
    *p = (packer){.image = image, .from = from, .to = to};
    p->units = calloc((to - from + UNIT - 1) / UNIT, sizeof *p->units);
    p->previous = malloc(to * sizeof *p->previous);
    if (p->units == NULL || p->previous == NULL) {
        packer_free(p);
        return NULL;
    }
    find_previous(p);
    for (uint32_t i = 0; i < HF_PACKED_CHANCES; i++) {
        p->chances[i] = HF_PACKED_EVEN;
    }
    for (uint32_t i = 1; i < ONE; i++) {
        p->cost_of_one[i] = log2f((float)ONE / (float)i);
    }
    return p;
}

void packer_free(packer *p)
{
    if (p != NULL) {
        free(p->units);
        free(p->previous);
        free(p);
    }
}

const uint8_t *packer_unit(packer *p, uint32_t offset, uint32_t *size, uint32_t *begin, uint32_t *end)
{
    uint32_t number = (offset - p->from) / UNIT;
    while (p->packed <= number) {
        pack_next(p);
    }
    *begin = p->from + number * UNIT;
    *end = p->to - *begin < UNIT ? p->to : *begin + UNIT;
    *size = p->units[number].size;
    return *size != 0 ? p->units[number].bytes : NULL;
}
