// SPDX-License-Identifier: MIT
// The modelled array, and states of it. A page is copied when it first changes behind flash_push; the digest is the
// exclusive or over all units that are not blank, so it is kept up to date unit by unit.
#include "flash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define PAGE   256u
#define LEVELS 5u

// Marks of units with error correction, in the first byte of their marginal bits.
enum { ECC_GOOD, ECC_BAD, ECC_FLAKY, ECC_GHOST }; // flaky: whole or unreadable; ghost: or blank

typedef struct saved_page {
    uint32_t page;
    uint8_t stamp;
    uint16_t used, marginal;
    uint8_t bytes[PAGE], weak[PAGE];
} saved_page;

static struct {
    const core *of;
    uint32_t size;         // of all flash, the external one behind the chip's own
    bool swapped;          // the second bank is seen first
    uint8_t *bytes, *weak; // weak: bits that read as they like
    uint8_t *stamps;       // per page: the level it was last copied for
    uint16_t *used;        // per page: units that are not blank
    uint16_t *marginal;    // per page: units with weak bits
    uint64_t digest, reads;
    uint32_t weak_units;
    unsigned level;
    struct {
        size_t first;
        uint64_t digest, reads;
        uint32_t weak_units;
        bool swapped;
    } levels[LEVELS];
    saved_page *saved;
    size_t saved_count, saved_room;
    char misuse[120];
} f;

static uint64_t mix(uint64_t z)
{
    z += 0x9E3779B97F4A7C15u; // splitmix64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static uint32_t offset_of(uint32_t address)
{
    const core *c = f.of;
    if (address - c->flash < c->flash_size) {
        uint32_t at = address - c->flash;
        return f.swapped ? (at + c->flash_size / 2) % c->flash_size : at;
    }
    return address - c->external + c->flash_size;
}

// The inverse, for people.
static uint32_t address_of(uint32_t at)
{
    const core *c = f.of;
    return at >= c->flash_size ? c->external + (at - c->flash_size)
                               : c->flash + (f.swapped ? (at + c->flash_size / 2) % c->flash_size : at);
}

static uint32_t unit_at(uint32_t at)
{
    return at < f.of->flash_size ? f.of->unit : 4;
}

static bool has_ecc(uint32_t at)
{
    return unit_at(at) > 4;
}

void flash_new(const core *of, uint64_t seed)
{
    flash_free();
    f.of = of;
    f.size = of->flash_size + of->external_size;
    f.bytes = malloc(f.size);
    f.weak = calloc(1, f.size);
    f.stamps = calloc(1, f.size / PAGE);
    f.used = calloc(f.size / PAGE, sizeof *f.used);
    f.marginal = calloc(f.size / PAGE, sizeof *f.marginal);
    f.saved_room = 64;
    f.saved = malloc(f.saved_room * sizeof *f.saved);
    if (f.bytes == NULL || f.weak == NULL || f.stamps == NULL || f.used == NULL || f.marginal == NULL || f.saved == NULL) {
        perror("flash");
        exit(3);
    }
    memset(f.bytes, 0xFF, f.size);
    f.reads = seed;
}

void flash_free(void)
{
    free(f.bytes);
    free(f.weak);
    free(f.stamps);
    free(f.used);
    free(f.marginal);
    free(f.saved);
    memset(&f, 0, sizeof f);
}

static void misuse(const char *what, uint32_t address)
{
    if (f.misuse[0] == '\0') {
        snprintf(f.misuse, sizeof f.misuse, "%s 0x%08X", what, (unsigned)address);
    }
}

const char *flash_misuse(void)
{
    return f.misuse[0] == '\0' ? NULL : f.misuse;
}

void flash_forget_misuse(void)
{
    f.misuse[0] = '\0';
}

// -- states -----------------------------------------------------------------------------------------------------------

static uint64_t hash_of(uint32_t at)
{
    uint64_t hash = 0, other = 0;
    for (uint32_t i = 0; i < unit_at(at); i += 4) {
        uint32_t word, weak;
        memcpy(&word, f.bytes + at + i, 4);
        memcpy(&weak, f.weak + at + i, 4);
        other |= (uint64_t)~word | weak;
        hash = mix(hash ^ ((uint64_t)weak << 32 | word));
    }
    return (uint32_t)other == 0 ? 0 : mix(hash ^ (uint64_t)at << 32);
}

static bool is_weak(uint32_t at)
{
    uint32_t any = 0, word;
    for (uint32_t i = 0; i < unit_at(at); i += 4) {
        memcpy(&word, f.weak + at + i, 4);
        any |= word;
    }
    return any != 0;
}

static void save_page(uint32_t page)
{
    if (f.stamps[page] == f.level) {
        return;
    }
    if (f.saved_count == f.saved_room) {
        f.saved_room *= 2;
        f.saved = realloc(f.saved, f.saved_room * sizeof *f.saved);
        if (f.saved == NULL) {
            perror("flash");
            exit(3);
        }
    }
    saved_page *kept = &f.saved[f.saved_count++];
    kept->page = page;
    kept->stamp = f.stamps[page];
    kept->used = f.used[page];
    kept->marginal = f.marginal[page];
    memcpy(kept->bytes, f.bytes + page * PAGE, PAGE);
    memcpy(kept->weak, f.weak + page * PAGE, PAGE);
    f.stamps[page] = (uint8_t)f.level;
}

static void set_unit(uint32_t at, const uint8_t *bytes, const uint8_t *weak)
{
    save_page(at / PAGE);
    uint64_t before = hash_of(at);
    bool was_weak = is_weak(at);
    memcpy(f.bytes + at, bytes, unit_at(at));
    memcpy(f.weak + at, weak, unit_at(at));
    f.weak_units = f.weak_units + is_weak(at) - was_weak;
    f.marginal[at / PAGE] = (uint16_t)(f.marginal[at / PAGE] + is_weak(at) - was_weak);
    uint64_t after = hash_of(at);
    f.digest ^= before ^ after;
    f.used[at / PAGE] = (uint16_t)(f.used[at / PAGE] + (after != 0) - (before != 0));
}

uint64_t flash_digest(void)
{
    return f.swapped ? ~f.digest : f.digest;
}

void flash_swap(void)
{
    f.swapped = !f.swapped;
}

bool flash_is_certain(void)
{
    return f.weak_units == 0;
}

void flash_push(void)
{
    if (++f.level == LEVELS) {
        abort(); // our own bug
    }
    f.levels[f.level].first = f.saved_count;
    f.levels[f.level].digest = f.digest;
    f.levels[f.level].reads = f.reads;
    f.levels[f.level].weak_units = f.weak_units;
    f.levels[f.level].swapped = f.swapped;
}

void flash_pop(void)
{
    while (f.saved_count > f.levels[f.level].first) {
        const saved_page *kept = &f.saved[--f.saved_count];
        memcpy(f.bytes + kept->page * PAGE, kept->bytes, PAGE);
        memcpy(f.weak + kept->page * PAGE, kept->weak, PAGE);
        f.stamps[kept->page] = kept->stamp;
        f.used[kept->page] = kept->used;
        f.marginal[kept->page] = kept->marginal;
    }
    f.digest = f.levels[f.level].digest;
    f.reads = f.levels[f.level].reads;
    f.weak_units = f.levels[f.level].weak_units;
    f.swapped = f.levels[f.level].swapped;
    f.level--;
}

void flash_seed(uint64_t seed)
{
    f.reads = mix(seed);
}

// -- reading ----------------------------------------------------------------------------------------------------------

sector flash_sector(uint32_t address)
{
    for (size_t i = 0; i < f.of->runs_count; i++) {
        const sector_run *run = &f.of->runs[i];
        if (address - run->address < run->count * run->size) {
            return (sector){address - (address - run->address) % run->size, run->size};
        }
    }
    misuse("no sector holds", address);
    return (sector){address, PAGE};
}

static bool read_unit(uint32_t at, uint8_t *to)
{
    memcpy(to, f.bytes + at, unit_at(at));
    if (!is_weak(at)) {
        return true;
    }
    uint64_t random = f.reads = mix(f.reads);
    if (!has_ecc(at)) {
        for (unsigned i = 0; i < unit_at(at); i++) {
            to[i] = (uint8_t)((to[i] & ~f.weak[at + i]) | (random >> 8 * i & f.weak[at + i]));
        }
        return true;
    }
    bool whole = f.weak[at] != ECC_BAD && random % 2 == 0;
    if (f.weak[at] == ECC_GHOST && random % 4 != 0) {
        memset(to, 0xFF, unit_at(at));
        whole = true;
    }
    return whole;
}

static bool within(uint32_t address, uint32_t size)
{
    const core *c = f.of;
    bool inside = address - c->flash <= c->flash_size && size <= c->flash_size - (address - c->flash);
    return inside || (address - c->external <= c->external_size && size <= c->external_size - (address - c->external));
}

hf_err flash_read(uint32_t address, void *to, uint32_t size)
{
    if (!within(address, size) || (address | size) % 4 != 0) {
        misuse("read at", address);
        return HF_E_ADDRESS;
    }
    uint32_t from = offset_of(address), unit = unit_at(from);
    memcpy(to, f.bytes + from, size);
    for (uint32_t at = from - from % unit; at < from + size && f.weak_units != 0; at += unit) {
        uint8_t content[32];
        if (f.marginal[at / PAGE] == 0) {
            at = (at / PAGE + 1) * PAGE - unit; // nothing in this page
            continue;
        }
        if (!is_weak(at)) {
            continue;
        }
        if (!read_unit(at, content)) {
            return HF_E_ECC;
        }
        uint32_t start = at < from ? from : at, end = at + unit < from + size ? at + unit : from + size;
        memcpy((uint8_t *)to + (start - from), content + (start - at), end - start);
    }
    return HF_OK;
}

hf_err flash_crc(uint32_t address, uint32_t size, uint32_t *crc)
{
    static uint8_t piece[64 * PAGE];
    uLong sum = 0;
    if (f.weak_units == 0 && within(address, size)) {
        *crc = (uint32_t)crc32(0, f.bytes + offset_of(address), size);
        return HF_OK;
    }
    for (uint32_t done = 0; done < size;) {
        uint32_t part = size - done < sizeof piece ? size - done : (uint32_t)sizeof piece;
        hf_err err = flash_read(address + done, piece, part);
        if (err != HF_OK) {
            return err;
        }
        sum = crc32(sum, piece, part);
        done += part;
    }
    *crc = (uint32_t)sum;
    return HF_OK;
}

bool flash_holds(uint32_t address, const uint8_t *bytes, uint32_t size)
{
    uint32_t at = offset_of(address);
    if (f.weak_units == 0 || has_ecc(at)) {
        return memcmp(f.bytes + at, bytes, size) == 0;
    }
    uint8_t differs = 0;
    for (uint32_t i = 0; i < size; i++) {
        differs |= (uint8_t)((f.bytes[at + i] ^ bytes[i]) & ~f.weak[at + i]);
    }
    return differs == 0;
}

bool flash_certain_in(uint32_t address, uint32_t size)
{
    uint8_t any = 0;
    for (uint32_t i = 0; i < size && f.weak_units != 0; i++) {
        any |= f.weak[offset_of(address) + i];
    }
    return any == 0;
}

// -- changing ---------------------------------------------------------------------------------------------------------

static bool is_blank(uint32_t at, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += 4) {
        uint32_t word, weak;
        memcpy(&word, f.bytes + at + i, 4);
        memcpy(&weak, f.weak + at + i, 4);
        if (word != 0xFFFFFFFFu || weak != 0) {
            return false;
        }
    }
    return true;
}

static bool is_all(const uint8_t *bytes, uint8_t value)
{
    for (uint32_t i = 0; i < f.of->unit; i++) {
        if (bytes[i] != value) {
            return false;
        }
    }
    return true;
}

static void program_bits(uint32_t at, const uint8_t *data)
{
    uint8_t bytes[32], weak[32];
    for (uint32_t i = 0; i < unit_at(at); i++) {
        // Only the journal may go over what is there: with the same bits, or with zeros.
        bool written = (data[i] & ~(f.bytes[at + i] | f.weak[at + i])) != 0;
        if (written && address_of(at) - f.of->journal >= 2 * f.of->journal_sector) {
            misuse("programs what is not erased:", address_of(at));
        }
        bytes[i] = f.bytes[at + i] & data[i];
        weak[i] = f.weak[at + i] & data[i];
    }
    set_unit(at, bytes, weak);
}

static hf_err program_ecc(uint32_t at, const uint8_t *data)
{
    uint8_t weak[32] = {f.weak[at]};
    bool same = f.weak[at] == ECC_GOOD && memcmp(f.bytes + at, data, unit_at(at)) == 0;
    if (is_blank(at, unit_at(at)) || same) {
        set_unit(at, data, weak);
        return HF_OK;
    }
    if (f.weak[at] == ECC_GOOD) {
        misuse("programs a unit a second time:", address_of(at)); // what reads blank and is not is no fault of the core
    }
    uint8_t bytes[32];
    for (uint32_t i = 0; i < unit_at(at); i++) {
        bytes[i] = f.bytes[at + i] & data[i];
    }
    weak[0] = ECC_BAD;
    set_unit(at, bytes, weak);
    return HF_OK;
}

hf_err flash_program_unit(uint32_t address, const uint8_t *data)
{
    uint32_t at = offset_of(address);
    uint8_t back[32];
    hf_err err = HF_OK;
    if (has_ecc(at)) {
        err = program_ecc(at, data);
    } else {
        program_bits(at, data);
    }
    if (err != HF_OK) {
        return err;
    }
    return !read_unit(at, back) ? HF_E_ECC : memcmp(back, data, unit_at(at)) == 0 ? HF_OK : HF_E_VERIFY;
}

hf_err flash_erase_sector(uint32_t start)
{
    sector which = flash_sector(start);
    uint8_t blank[32], strong[32] = {0};
    memset(blank, 0xFF, sizeof blank);
    uint32_t from = offset_of(which.start);
    for (uint32_t page = from; page < from + which.size; page += PAGE) {
        if (f.used[page / PAGE] == 0) {
            continue;
        }
        for (uint32_t at = page; at < page + PAGE; at += unit_at(at)) {
            if (!is_blank(at, unit_at(at))) {
                set_unit(at, blank, strong);
            }
        }
    }
    return HF_OK;
}

// -- tearing ----------------------------------------------------------------------------------------------------------

static uint64_t *dice_of(uint64_t *state)
{
    *state = mix(*state);
    return state;
}

// Each bit set with a probability of eighths.
static uint8_t bits(uint64_t *state, unsigned eighths)
{
    uint8_t result = 0;
    uint64_t random = *dice_of(state);
    for (unsigned i = 0; i < 8; i++) {
        result |= (uint8_t)((random >> 8 * i & 7u) < eighths ? 1u << i : 0);
    }
    return result;
}

// Of the bits that were to become 0, `done` eighths have; `weak` eighths of the rest are marginal.
static void tear_bits(uint32_t at, const uint8_t *data, unsigned done, unsigned weak, uint64_t *state)
{
    uint8_t bytes[32], marginal[32];
    for (uint32_t i = 0; i < unit_at(at); i++) {
        uint8_t falling = f.bytes[at + i] & (uint8_t)~data[i];
        uint8_t fallen = falling & bits(state, done);
        uint8_t between = falling & bits(state, weak);
        bytes[i] = f.bytes[at + i] & (uint8_t)~fallen;
        marginal[i] = f.weak[at + i] | between;
    }
    set_unit(at, bytes, marginal);
}

static void mark_unit(uint32_t at, const uint8_t *bytes, uint8_t mark)
{
    uint8_t weak[32] = {mark};
    set_unit(at, bytes, weak);
}

void flash_tear_program(uint32_t address, const uint8_t *data, unsigned how, uint64_t seed)
{
    static const struct {
        uint8_t done, weak, ecc;
    } ways[FLASH_TEARS] = {{0, 0, ECC_GOOD},  {0, 1, ECC_GHOST}, {2, 0, ECC_BAD},   {4, 4, ECC_BAD},
                           {0, 8, ECC_GHOST}, {5, 3, ECC_FLAKY}, {6, 1, ECC_FLAKY}, {8, 1, ECC_FLAKY}};
    uint32_t at = offset_of(address);
    uint64_t state = seed;
    if (how == 0) {
        return;
    }
    if (!has_ecc(at)) {
        tear_bits(at, data, ways[how].done, ways[how].weak, &state);
    } else if (!is_all(data, 0xFF) && is_blank(at, unit_at(at))) {
        mark_unit(at, data, ways[how].ecc);
    }
}

// One unit of a sector under erase; place: where in it, in eighths.
static void tear_unit(uint32_t at, unsigned how, unsigned place, uint64_t *state)
{
    uint8_t bytes[32], weak[32] = {0};
    memcpy(bytes, f.bytes + at, unit_at(at));
    memcpy(weak, f.weak + at, unit_at(at));
    bool done = how == 5 && *dice_of(state) % 2 == 0;
    for (uint32_t i = 0; i < unit_at(at); i++) {
        switch (how) {
        case 1: bytes[i] &= (uint8_t)~bits(state, 1); break;                  // cells are first driven to 0
        case 2: bytes[i] = bits(state, 4); break;                             // then up again
        case 3: bytes[i] = place < 4 ? 0xFF : bytes[i]; break;                // half of the sector is done
        case 4: bytes[i] = place < 4 ? bytes[i] : 0xFF; break;                // the other half
        case 5: bytes[i] = done ? 0xFF : bytes[i]; break;                     // one here and one there is
        case 6: bytes[i] = 0xFF, weak[i] = bits(state, 1); break;             // reads blank, mostly
        default: bytes[i] = 0xFF, weak[i] = i == 0 && *dice_of(state) % 16 == 0; // a bit here and there does not hold
        }
    }
    if (has_ecc(at)) {
        bool left = how == 3 ? place >= 4 : how == 4 ? place < 4 : how == 5 && !done;
        uint8_t mark = left ? f.weak[at] : how <= 2 ? ECC_BAD : how <= 5 ? ECC_GOOD : weak[0] != 0 ? ECC_GHOST : ECC_GOOD;
        memset(weak, 0, sizeof weak);
        weak[0] = mark;
    }
    set_unit(at, bytes, weak);
}

void flash_tear_erase(uint32_t start, unsigned how, uint64_t seed)
{
    sector which = flash_sector(start);
    uint32_t from = offset_of(which.start);
    uint64_t state = seed;
    for (uint32_t at = from; how != 0 && at < from + which.size; at += unit_at(at)) {
        // What was blank stays so but in a few places: enough to be met, and quick.
        bool touched = !is_blank(at, unit_at(at)) || mix(state ^ at) % 32 == 0;
        if (touched) {
            tear_unit(at, how, (at - from) * 8 / which.size, &state);
        }
    }
}
