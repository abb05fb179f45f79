// SPDX-License-Identifier: MIT
// The journal: any content at first, then records, cuts and flash errors, and after each what must be in force.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "core_memory.h"
#include "port.h"
#include "records.h"
#include "script.h"

#define SIZE  (2 * HF_JOURNAL_SECTOR)
#define KINDS 6u // 2 to 5 are used

static _Alignas(uint32_t) uint8_t flash[SIZE];
static uint32_t operations_left; // until the power is cut; 0: it is not
static bool faulty;              // the next operation fails
static jmp_buf out;

// Of each kind: what must be in force; after a cut or an error, or what may be instead.
static struct {
    bool known, known_after;
    uint32_t words[2], after[2];
} model[KINDS];

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

// -- flash ------------------------------------------------------------------------------------------------------------

static uint8_t *content(uint32_t address, uint32_t size)
{
    uint32_t offset = address - HF_JOURNAL_ADDRESS;
    if (offset > SIZE || size > SIZE - offset || (address | size) % 4 != 0) {
        fail("outside the journal");
    }
    return flash + offset;
}

static bool goes_wrong(bool *cut)
{
    *cut = operations_left != 0 && --operations_left == 0;
    bool wrong = *cut || faulty;
    faulty = false;
    return wrong;
}

static hf_err erase(uint32_t address)
{
    bool cut, wrong = goes_wrong(&cut);
    uint32_t sector = (address - HF_JOURNAL_ADDRESS) / HF_JOURNAL_SECTOR;
    memset(content(HF_JOURNAL_ADDRESS + sector * HF_JOURNAL_SECTOR, HF_JOURNAL_SECTOR), 0xFF,
           wrong ? HF_JOURNAL_SECTOR / 2 : HF_JOURNAL_SECTOR);
    if (cut) {
        longjmp(out, 1);
    }
    return wrong ? HF_E_OPERR : HF_OK;
}

static hf_err program(uint32_t address, const uint8_t *data, uint32_t size)
{
    bool cut, wrong = goes_wrong(&cut);
    uint8_t *at = content(address, size);
    for (uint32_t i = 0; i < (wrong ? size / 2 + 1 : size); i++) {
        at[i] &= wrong && i == size / 2 ? data[i] | 0x5A : data[i];
    }
    if (cut) {
        longjmp(out, 1);
    }
    return wrong ? HF_E_OPERR : memcmp(at, data, size) == 0 ? HF_OK : HF_E_VERIFY;
}

static hf_err read_words(uint32_t address, void *to, uint32_t size)
{
    const uint8_t *from = content(address, size);
    uint32_t *words = to;
    for (uint32_t i = 0; i < size / 4; i++) { // quicker than memcpy, which the sanitizer makes a call of two checks
        words[i] = ((const uint32_t *)(const void *)from)[i];
    }
    return HF_OK;
}

static void begin_work(void)
{
}

const struct hf_port hf_port = {.flash = {.erase = erase, .program = program, .read = read_words},
                                .system = {.begin_work = begin_work}};

// -- the model --------------------------------------------------------------------------------------------------------

static bool same(const uint32_t a[2], const uint32_t b[2])
{
    return a[0] == b[0] && a[1] == b[1];
}

static void compare(uint32_t kind)
{
    uint32_t words[2] = {0, 0};
    bool found = hf_record_find((hf_record_kind)kind, words);
    bool as_before = found == model[kind].known && (!found || same(words, model[kind].words));
    bool as_after = model[kind].known_after && found && same(words, model[kind].after);
    if (!as_before && !as_after) {
        fail("another record is in force");
    }
    model[kind].known = found;
    memcpy(model[kind].words, words, sizeof words);
    model[kind].known_after = false;
}

static void append(uint32_t kind, uint32_t first, uint32_t second)
{
    if (model[kind].known_after) {
        compare(kind); // of two that may be in force, one is
    }
    model[kind].known_after = true;
    model[kind].after[0] = first;
    model[kind].after[1] = second;
    if (hf_record_append((hf_record_kind)kind, first, second) == HF_OK) {
        model[kind].known = true; // only what was appended will do
        memcpy(model[kind].words, model[kind].after, sizeof model[kind].words);
        model[kind].known_after = false;
    }
}

static void act(struct script *script)
{
    uint8_t line = script_byte(script);
    uint32_t kind = HF_RECORD_OPENING + 1 + line / 8 % (KINDS - HF_RECORD_OPENING - 1);
    switch (line % 8) {
    case 0: faulty = true; break;
    case 1: longjmp(out, 1);
    case 2: operations_left = 1 + script_byte(script) % 16; break;
    case 3: compare(kind); break;
    case 4: (void)hf_records_settle(); break;
    case 5: // many, until the journal has to move
        for (unsigned i = script_byte(script) % 160; i > 0; i--) {
            append(kind, i, line);
        }
        break;
    default:
        append(kind, script_byte(script), line);
        compare(kind);
        break;
    }
}

// What there was before the first boot is what the core finds then.
static void begin(struct script *script)
{
    uint8_t first = script_byte(script);
    memset(flash, first & 1 ? 0x00 : 0xFF, sizeof flash);
    for (unsigned i = first & 2 ? script_byte(script) : 0; i > 0; i--) {
        uint16_t where = script_half(script); // in the first cells of either sector
        flash[(where & 0x8000u ? HF_JOURNAL_SECTOR : 0) + (where & 0xFFu)] = script_byte(script);
    }
    operations_left = 0;
    faulty = false;
    memset(model, 0, sizeof model);
    power_on_core();
    for (uint32_t kind = 0; kind < KINDS; kind++) {
        model[kind].known = hf_record_find((hf_record_kind)kind, model[kind].words);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct script script;
    script = (struct script){data, data + size};
    begin(&script);
    if (setjmp(out) != 0) {
        operations_left = 0;
        power_on_core();
    }
    while (!script_over(&script)) {
        act(&script);
    }
    operations_left = 0;
    faulty = false;
    for (uint32_t kind = HF_RECORD_OPENING + 1; kind < KINDS; kind++) {
        compare(kind);
    }
    append(HF_RECORD_FLOOR, 1, 2); // it can always be written
    compare(HF_RECORD_FLOOR);
    return 0;
}
