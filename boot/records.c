// SPDX-License-Identifier: MIT
// The journal. On parts whose flash takes a second programming of the same bits, and of zeros over anything (F4).
//
// A sector's first cell holds its generation and is written last when the journal moves there: it is the proof that the
// records behind it are all there. The other sector is erased when it is needed, never trusted to be blank.
#include "records.h"

#include "board.h"
#include "port.h"

enum { KIND, FIRST, SECOND, CHECK, WORDS };
typedef uint32_t record[WORDS];

#define CELL sizeof(record)

_Static_assert(CELL % HF_JOURNAL_UNIT == 0, "a record is made of whole program units");

// Where the next record goes: known once the journal is settled. A cell is named by its address, a sector by its first cell's.
static bool settled;
static uint32_t sector, next;

#define BLANK 0xFFFFFFFFu

#define FIRST_SECTOR  HF_JOURNAL_ADDRESS
#define SECOND_SECTOR (HF_JOURNAL_ADDRESS + HF_JOURNAL_SECTOR)

static uint32_t check_of(const uint32_t *of)
{
    uint32_t check = 0x48464A31u; // neither zeros nor ones pass
    for (unsigned i = 0; i < CHECK; i++) {
        check = (check ^ of[i]) * 0x9E3779B1u;
        check ^= check >> 15;
    }
    return check;
}

static bool load(uint32_t cell, uint32_t *to)
{
    return hf_port.flash.read(cell, to, CELL) == HF_OK && to[CHECK] == check_of(to);
}

// Are all bits of the cell as they are here?
static bool is_all(uint32_t cell, uint32_t word)
{
    record found;
    uint32_t differences = hf_port.flash.read(cell, found, CELL); // HF_OK is 0
    for (unsigned i = 0; i < WORDS; i++) {
        differences |= found[i] ^ word;
    }
    return differences == 0;
}

static hf_err store(uint32_t cell, const uint32_t *from)
{
    return hf_port.flash.program(cell, (const uint8_t *)from, CELL);
}

static hf_err write_record(uint32_t cell, uint32_t kind, uint32_t first, uint32_t second)
{
    record it = {kind, first, second};
    it[CHECK] = check_of(it);
    return store(cell, it);
}

static hf_err write_next(uint32_t kind, uint32_t first, uint32_t second)
{
    hf_err err = write_record(next, kind, first, second);
    next += CELL;
    return err;
}

// 0: the sector holds no journal.
static uint32_t generation_of(uint32_t in_sector)
{
    record opening;
    return load(in_sector, opening) && opening[KIND] == HF_RECORD_OPENING ? opening[FIRST] : 0;
}

// Its generation, 0 when there is no journal, is looked at once: the opening of a sector that a cut left half-way reads well
// or badly, and who believes both would take the other sector, which holds everything, for one to be erased.
static uint32_t current_sector(uint32_t *generation)
{
    uint32_t first = generation_of(FIRST_SECTOR), second = generation_of(SECOND_SECTOR);
    *generation = second > first ? second : first;
    return second > first ? SECOND_SECTOR : FIRST_SECTOR;
}

static uint32_t first_blank(uint32_t in_sector)
{
    uint32_t cell = in_sector + CELL;
    while (cell < in_sector + HF_JOURNAL_SECTOR && !is_all(cell, BLANK)) {
        cell += CELL;
    }
    return cell;
}

static bool find_in(uint32_t in_sector, uint32_t kind, uint32_t words[2])
{
    bool found = false;
    record it;
    for (uint32_t cell = in_sector + CELL, end = first_blank(in_sector); cell < end; cell += CELL) {
        if (load(cell, it) && it[KIND] == kind) {
            words[0] = it[FIRST];
            words[1] = it[SECOND];
            found = true;
        }
    }
    return found;
}

bool hf_record_find(hf_record_kind kind, uint32_t words[2])
{
    words[0] = words[1] = 0;
    uint32_t generation = 1, current = settled ? sector : current_sector(&generation);
    return generation != 0 && find_in(current, kind, words);
}

bool hf_records_certain(void)
{
    uint32_t generation, current = current_sector(&generation);
    if (settled || generation == 0) {
        return true; // where there is no journal, one that shows later holds nothing
    }
    // What settling leaves last. A record that reads badly may still read well the next time.
    return is_all(first_blank(current) - CELL, 0);
}

static hf_err move_to_other_sector(uint32_t generation)
{
    uint32_t from = sector, words[2];
    sector = from == FIRST_SECTOR ? SECOND_SECTOR : FIRST_SECTOR;
    next = sector + CELL;
    hf_err err = hf_port.flash.erase(sector);
    for (uint32_t kind = HF_RECORD_OPENING + 1; kind < HF_RECORD_KINDS && err == HF_OK; kind++) {
        if (generation != 0 && find_in(from, kind, words)) {
            err = write_next(kind, words[0], words[1]);
        }
    }
    return err == HF_OK ? write_record(sector, HF_RECORD_OPENING, generation + 1, 0) : err;
}

// Strong when it is valid, nothing for ever when it is not.
static hf_err settle_cell(uint32_t cell)
{
    record it;
    if (!load(cell, it)) {
        it[KIND] = it[FIRST] = it[SECOND] = it[CHECK] = 0;
    }
    return store(cell, it);
}

static bool is_full(void)
{
    return next >= sector + HF_JOURNAL_SECTOR;
}

hf_err hf_records_settle(void)
{
    if (settled) {
        return HF_OK;
    }
    hf_port.system.begin_work(); // an erase may follow
    uint32_t generation;
    sector = current_sector(&generation);
    hf_err err = HF_OK;
    if (generation != 0) {
        next = first_blank(sector);
        err = write_record(sector, HF_RECORD_OPENING, generation, 0); // as it was read
        err = err == HF_OK && next > sector + CELL ? settle_cell(next - CELL) : err;
    }
    if (err == HF_OK && generation != 0 && !is_full()) {
        err = settle_cell(next);
        next += CELL;
    } else if (err == HF_OK) {
        err = move_to_other_sector(generation);
    }
    settled = err == HF_OK;
    return err;
}

hf_err hf_record_append(hf_record_kind kind, uint32_t first, uint32_t second)
{
    hf_err err = hf_records_settle();
    if (err == HF_OK && is_full()) {
        err = move_to_other_sector(generation_of(sector)); // which is certain
    }
    if (err == HF_OK) {
        err = write_next(kind, first, second);
    }
    settled = err == HF_OK; // whoever goes on after an error finds out first where the journal stands
    return err;
}
