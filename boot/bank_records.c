// SPDX-License-Identifier: MIT
// Records of a trial, at the end of each bank's application area: formats/hf_bank.h.
//
// Cuts leave places that cannot be read, that read well at times, or that read blank and are not quite. The first are
// passed over; a second copy answers the next; the last are caught because every record is read back.
#include <stddef.h>

#include "bank.h"
#include "port.h"

#define WORDS (HF_BANK_RECORD_SIZE / 4u)
#define LAST  (HF_BANK_GENERATIONS - 1u)

typedef enum place_state { PLACE_BLANK, PLACE_VALID, PLACE_SPOILT } place_state;

static unsigned generation[2]; // that counts, here and there

static unsigned *generation_of(uint32_t bank)
{
    return &generation[bank != HF_BANK_HERE];
}

static uint32_t address_of(uint32_t bank, hf_bank_record kind, unsigned place)
{
    return kind == HF_BANK_COPIED ? HF_BOOT_ADDRESS + HF_BOOT_SIZE + bank - HF_BANK_COPIED_PLACE(place)
                                  : HF_BANK_RECORDS_END + bank - HF_BANK_PLACE(*generation_of(bank), kind, place);
}

// Pairs of a number and its complement: the pattern, what the record holds, the pattern. Only the floor's holds anything else.
static void compose(hf_bank_record kind, const uint32_t numbers[2], uint32_t words[WORDS])
{
    for (unsigned i = 0; i < WORDS; i += 2) {
        bool own = kind == HF_BANK_FLOOR && (i == 2 || i == 4);
        words[i] = own ? numbers[i / 4] : HF_BANK_PATTERN(kind);
        words[i + 1] = ~words[i];
    }
}

static place_state look_at(uint32_t bank, hf_bank_record kind, unsigned place, uint32_t numbers[2])
{
    uint32_t words[WORDS], expected[WORDS];
    if (hf_port.flash.read(address_of(bank, kind, place), words, sizeof words) != HF_OK) {
        return PLACE_SPOILT;
    }
    compose(kind, (const uint32_t[]){words[2], words[4]}, expected);
    bool blank = true, valid = true;
    for (unsigned i = 0; i < WORDS; i++) {
        blank = blank && words[i] == 0xFFFFFFFFu;
        valid = valid && words[i] == expected[i];
    }
    if (valid) {
        numbers[0] = words[2];
        numbers[1] = words[4];
    }
    return blank ? PLACE_BLANK : valid ? PLACE_VALID : PLACE_SPOILT;
}

static place_state state_of(uint32_t bank, hf_bank_record kind, unsigned place)
{
    uint32_t numbers[2];
    return look_at(bank, kind, place, numbers);
}

static unsigned count(uint32_t bank, hf_bank_record kind, place_state wanted)
{
    unsigned found = 0;
    for (unsigned place = 0; place < HF_BANK_PLACES; place++) {
        found += state_of(bank, kind, place) == wanted;
    }
    return found;
}

bool hf_bank_has(uint32_t bank, hf_bank_record kind)
{
    return count(bank, kind, PLACE_VALID) > 0;
}

bool hf_bank_was_begun(uint32_t bank, hf_bank_record kind)
{
    return count(bank, kind, PLACE_BLANK) < HF_BANK_PLACES;
}

bool hf_bank_is_fresh(uint32_t bank)
{
    unsigned blank = 0;
    for (unsigned kind = 0; kind < HF_BANK_TRIAL_KINDS; kind++) {
        blank += count(bank, (hf_bank_record)kind, PLACE_BLANK);
    }
    return blank == HF_BANK_TRIAL_KINDS * HF_BANK_PLACES;
}

static hf_err put(uint32_t bank, hf_bank_record kind, const uint32_t numbers[2])
{
    uint32_t words[WORDS];
    hf_err err = HF_E_NOT_ERASED;
    compose(kind, numbers, words);
    for (unsigned place = 0; place < HF_BANK_PLACES; place++) {
        if (state_of(bank, kind, place) != PLACE_BLANK) {
            continue;
        }
        err = hf_port.flash.program(address_of(bank, kind, place), (const uint8_t *)words, sizeof words);
        if (err == HF_OK) {
            return HF_OK;
        }
    }
    return err;
}

hf_err hf_bank_put(uint32_t bank, hf_bank_record kind)
{
    return put(bank, kind, NULL);
}

// An opening that a cut has spoilt is read as it likes, but the image is still the old one then, and the next that is received
// gets another opening.
void hf_bank_find(uint32_t bank)
{
    unsigned *at = generation_of(bank);
    for (*at = LAST; *at > 0 && !hf_bank_has(bank, HF_BANK_OPENED); --*at) {
    }
}

// All reads as finished writes and erases leave it: nothing spoilt, and blank behind the generation that counts.
static bool is_orderly(uint32_t bank)
{
    unsigned *at = generation_of(bank), counts = *at, amiss = 0;
    for (*at = 0; *at < HF_BANK_GENERATIONS; ++*at) {
        for (unsigned kind = 0; kind < HF_BANK_KINDS; kind++) {
            amiss += *at > counts ? HF_BANK_PLACES - count(bank, (hf_bank_record)kind, PLACE_BLANK)
                                  : count(bank, (hf_bank_record)kind, PLACE_SPOILT);
        }
    }
    *at = counts;
    return amiss == 0;
}

static hf_err erase(uint32_t address)
{
    hf_port.system.feed_watchdog(); // one sector may take seconds
    return hf_port.flash.erase(address);
}

// The image goes first: whatever a cut then leaves of its records is about nothing.
static hf_err start_over(uint32_t bank)
{
    hf_err err = erase(HF_APP_ADDRESS + bank);
    return err == HF_OK ? erase(HF_BANK_RECORDS_END - HF_BANK_RECORDS_SIZE + bank) : err;
}

// A place that only looks blank, in a sector whose erase was cut, may hold what is written today and lose it next year.
hf_err hf_bank_renew(uint32_t bank)
{
    unsigned *at = generation_of(bank);
    bool orderly = is_orderly(bank);
    if (orderly && *at == 0 && hf_bank_is_fresh(bank)) {
        return HF_OK;
    }
    if (orderly && *at < LAST) {
        ++*at;
        return hf_bank_put(bank, HF_BANK_OPENED);
    }
    *at = 0;
    return start_over(bank);
}

bool hf_bank_floor(uint32_t bank, uint32_t numbers[2])
{
    bool found = false;
    for (unsigned place = 0; place < HF_BANK_PLACES; place++) {
        found |= look_at(bank, HF_BANK_FLOOR, place, numbers) == PLACE_VALID;
    }
    return found;
}

hf_err hf_bank_put_floor(uint32_t bank, const uint32_t numbers[2])
{
    return put(bank, HF_BANK_FLOOR, numbers);
}

bool hf_bank_settle(uint32_t bank, hf_bank_record kind)
{
    unsigned valid = count(bank, kind, PLACE_VALID);
    if (valid == 1) {
        (void)hf_bank_put(bank, kind); // without it the first one counts
    }
    return valid > 0;
}
