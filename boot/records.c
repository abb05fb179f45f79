// SPDX-License-Identifier: MIT
// The journal. On parts whose flash takes a second programming of the same bits, and of zeros over anything (F4).
//
// A sector's first cell holds its generation and is written last when the journal moves there: it is the proof that the
// records behind it are all there. The other sector is erased when it is needed, never trusted to be blank.
#include "records.h"

#include "board.h"
#include "port.h"

struct record {
    uint32_t kind, words[2], check;
};

_Static_assert(sizeof(struct record) % HF_JOURNAL_UNIT == 0, "a record is made of whole program units");

#define CELLS (HF_JOURNAL_SECTOR / sizeof(struct record))

// Where the next record goes: known once the journal is settled.
static bool settled;
static uint32_t sector, next;

static uint32_t address_of(uint32_t in_sector, uint32_t cell)
{
    return HF_JOURNAL_ADDRESS + in_sector * HF_JOURNAL_SECTOR + cell * sizeof(struct record);
}

static uint32_t check_of(const struct record *record)
{
    const uint32_t words[] = {record->kind, record->words[0], record->words[1]};
    uint32_t check = 0x48464A31u; // neither zeros nor ones pass
    for (unsigned i = 0; i < 3; i++) {
        check = (check ^ words[i]) * 0x9E3779B1u;
        check ^= check >> 15;
    }
    return check;
}

static bool load(uint32_t in_sector, uint32_t cell, struct record *record)
{
    return hf_port.flash.read(address_of(in_sector, cell), record, sizeof *record) == HF_OK &&
           record->check == check_of(record);
}

static bool is_blank(uint32_t in_sector, uint32_t cell)
{
    struct record record;
    return hf_port.flash.read(address_of(in_sector, cell), &record, sizeof record) == HF_OK &&
           (record.kind & record.words[0] & record.words[1] & record.check) == 0xFFFFFFFFu;
}

static hf_err store(uint32_t in_sector, uint32_t cell, const struct record *record)
{
    return hf_port.flash.program(address_of(in_sector, cell), (const uint8_t *)record, sizeof *record);
}

static hf_err write_record(uint32_t in_sector, uint32_t cell, uint32_t kind, const uint32_t words[2])
{
    struct record record = {kind, {words[0], words[1]}, 0};
    record.check = check_of(&record);
    return store(in_sector, cell, &record);
}

// 0: the sector holds no journal.
static uint32_t generation_of(uint32_t in_sector)
{
    struct record opening;
    return load(in_sector, 0, &opening) && opening.kind == HF_RECORD_OPENING ? opening.words[0] : 0;
}

// Its generation, 0 when there is no journal, is looked at once: the opening of a sector that a cut left half-way reads well
// or badly, and who believes both would take the other sector, which holds everything, for one to be erased.
static uint32_t current_sector(uint32_t *generation)
{
    uint32_t first = generation_of(0), second = generation_of(1);
    *generation = second > first ? second : first;
    return second > first;
}

static uint32_t first_blank(uint32_t in_sector)
{
    uint32_t cell = 1;
    while (cell < CELLS && !is_blank(in_sector, cell)) {
        cell++;
    }
    return cell;
}

static bool find_in(uint32_t in_sector, uint32_t kind, uint32_t words[2])
{
    bool found = false;
    struct record record;
    for (uint32_t cell = 1; cell < CELLS && !is_blank(in_sector, cell); cell++) {
        if (load(in_sector, cell, &record) && record.kind == kind) {
            words[0] = record.words[0];
            words[1] = record.words[1];
            found = true;
        }
    }
    return found;
}

bool hf_record_find(hf_record_kind kind, uint32_t words[2])
{
    uint32_t generation = 1, current = settled ? sector : current_sector(&generation);
    return generation != 0 && find_in(current, kind, words);
}

bool hf_records_certain(void)
{
    struct record record;
    uint32_t generation, current = current_sector(&generation);
    if (settled || generation == 0) {
        return true; // where there is no journal, one that shows later holds nothing
    }
    // What settling leaves last. A record that reads badly may still read well the next time.
    return hf_port.flash.read(address_of(current, first_blank(current) - 1), &record, sizeof record) == HF_OK &&
           (record.kind | record.words[0] | record.words[1] | record.check) == 0;
}

static hf_err move_to_other_sector(uint32_t generation)
{
    uint32_t from = sector, to = sector ^ 1u, cell = 1;
    uint32_t opening[2] = {generation + 1, 0}, words[2];
    hf_err err = hf_port.flash.erase(address_of(to, 0));
    for (uint32_t kind = HF_RECORD_OPENING + 1; kind < HF_RECORD_KINDS && err == HF_OK; kind++) {
        if (generation != 0 && find_in(from, kind, words)) {
            err = write_record(to, cell++, kind, words);
        }
    }
    if (err == HF_OK) {
        err = write_record(to, 0, HF_RECORD_OPENING, opening);
    }
    sector = to;
    next = cell;
    return err;
}

// Strong when it is valid, nothing for ever when it is not.
static hf_err settle_cell(uint32_t cell)
{
    static const struct record nothing;
    struct record record;
    return store(sector, cell, load(sector, cell, &record) ? &record : &nothing);
}

hf_err hf_records_settle(void)
{
    if (settled) {
        return HF_OK;
    }
    hf_port.system.begin_work(); // an erase may follow
    uint32_t opening[2] = {0, 0};
    sector = current_sector(&opening[0]);
    hf_err err = HF_OK;
    if (opening[0] != 0) {
        next = first_blank(sector);
        err = write_record(sector, 0, HF_RECORD_OPENING, opening); // as it was read
        err = err == HF_OK && next > 1 ? settle_cell(next - 1) : err;
    }
    if (err == HF_OK) {
        err = opening[0] != 0 && next < CELLS ? settle_cell(next++) : move_to_other_sector(opening[0]);
    }
    settled = err == HF_OK;
    return err;
}

hf_err hf_record_append(hf_record_kind kind, uint32_t first, uint32_t second)
{
    const uint32_t words[2] = {first, second};
    hf_err err = hf_records_settle();
    if (err == HF_OK && next >= CELLS) {
        err = move_to_other_sector(generation_of(sector)); // which is certain
    }
    if (err == HF_OK) {
        err = write_record(sector, next++, kind, words);
    }
    settled = err == HF_OK; // whoever goes on after an error finds out first where the journal stands
    return err;
}
