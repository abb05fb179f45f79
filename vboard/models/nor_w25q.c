// SPDX-License-Identifier: MIT
// NOR flash of the W25Q-JV kind, as large as the board file asks for. W25Q64JV data sheet: 7 (status registers), 8.2
// (instructions), 9.6 (times, typical); JESD216 for SFDP.
//
// A reset of the chip does not reach it, so an operation goes on meanwhile. When the supply falls the operation is torn:
// bits are on their way, some of them read now one way, now the other. Such weak bytes become sound when they are erased or
// programmed again. There is no error correction.
//
// Not modelled: write protection, suspend, QPI, continuous reading, the security registers, chip erase by 60h.
#include "nor_w25q.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 256, SURE = 256, SMALLEST = 21, MAKER = 0xEF, TYPE = 0x40 };
enum { SR1_BUSY = 1u << 0, SR1_WEL = 1u << 1, SR1_KEPT = 0xFC, SR2_QE = 1u << 1 };
#define PROGRAM_TIME (400 * VB_US)
#define STATUS_TIME  (10 * VB_MS)

typedef enum phase { OFF, OPCODE, ADDRESS, DUMMY, DATA, IGNORED } phase;
typedef enum action {
    READ_ARRAY, READ_SFDP, READ_ID, READ_LEGACY_ID, READ_STATUS, WRITE_STATUS, PROGRAM, ERASE, ENABLE, DISABLE, SLEEP, WAKE,
    ARM_RESET, RESET, NOTHING
} action;

typedef struct instruction {
    uint8_t opcode;
    action what;
    uint8_t address_bytes, dummies; // dummies in clocks
    uint8_t data_lines;
    uint32_t size;                  // of an erase; of a status access, which register
    vb_time time;                   // of an erase
} instruction;

static const instruction instructions[] = {
    {0x01, WRITE_STATUS, 0, 0, 1, 0, 0}, {0x31, WRITE_STATUS, 0, 0, 1, 1, 0}, {0x11, WRITE_STATUS, 0, 0, 1, 2, 0},
    {0x05, READ_STATUS, 0, 0, 1, 0, 0},  {0x35, READ_STATUS, 0, 0, 1, 1, 0},  {0x15, READ_STATUS, 0, 0, 1, 2, 0},
    {0x02, PROGRAM, 3, 0, 1, 0, 0},      {0x32, PROGRAM, 3, 0, 4, 0, 0},
    {0x03, READ_ARRAY, 3, 0, 1, 0, 0},   {0x0B, READ_ARRAY, 3, 8, 1, 0, 0},
    {0x3B, READ_ARRAY, 3, 8, 2, 0, 0},   {0x6B, READ_ARRAY, 3, 8, 4, 0, 0},
    {0x20, ERASE, 3, 0, 1, 0x1000, 45 * VB_MS}, {0x52, ERASE, 3, 0, 1, 0x8000, 120 * VB_MS},
    {0xD8, ERASE, 3, 0, 1, 0x10000, 150 * VB_MS}, {0xC7, ERASE, 0, 0, 1, 0, 20 * VB_S},
    {0x06, ENABLE, 0, 0, 1, 0, 0},       {0x04, DISABLE, 0, 0, 1, 0, 0},
    {0x5A, READ_SFDP, 3, 8, 1, 0, 0},    {0x9F, READ_ID, 0, 0, 1, 0, 0},      {0x90, READ_LEGACY_ID, 3, 0, 1, 0, 0},
    {0xB9, SLEEP, 0, 0, 1, 0, 0},        {0xAB, WAKE, 0, 0, 1, 0, 0},
    {0x66, ARM_RESET, 0, 0, 1, 0, 0},    {0x99, RESET, 0, 0, 1, 0, 0},        {0xFF, NOTHING, 0, 0, 1, 0, 0},
};

typedef struct job {
    bool running, erases;
    uint32_t at, size;
    uint8_t page[PAGE], given[PAGE / 8]; // what is programmed, and which bytes of it
    vb_time started, until;
} job;

struct nor {
    vb_device *bus;
    unsigned event;
    unsigned log2_size;
    uint32_t size;
    uint8_t *bytes;
    uint8_t *weak;         // a bit per byte: reads now one way, now the other
    uint32_t reads;        // of weak bytes
    uint8_t status[3];     // SR1 without BUSY and WEL
    bool write_enabled, asleep, reset_armed;
    job job;
    // The command under way.
    phase phase;
    const instruction *command;
    uint32_t address, count, clocks; // count: address or data bytes so far
    uint8_t written[3];
};

// -- chance -----------------------------------------------------------------------------------------------------------

static uint64_t mixed(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static uint64_t chance(const nor *it, uint64_t place)
{
    uint64_t number = vb_flash_operations(it->bus->board);
    return mixed(vb_seed(it->bus->board) + 0x9E3779B97F4A7C15u * (place + 1) + (number << 32));
}

// A byte in which each bit is set with this probability.
static uint8_t dice(const nor *it, uint32_t place, unsigned probability)
{
    uint64_t random = chance(it, place);
    uint8_t bits = 0;
    for (unsigned bit = 0; bit < 8; bit++) {
        bits |= (uint8_t)(((random >> (8 * bit) & 0xFF) < probability) << bit);
    }
    return bits;
}

// -- the array --------------------------------------------------------------------------------------------------------

static void set_weak(nor *it, uint32_t at, bool weak)
{
    uint8_t bit = (uint8_t)(1u << (at % 8));
    it->weak[at / 8] = (uint8_t)(weak ? it->weak[at / 8] | bit : it->weak[at / 8] & ~bit);
}

static uint8_t load(nor *it, uint32_t at)
{
    at %= it->size;
    if ((it->weak[at / 8] >> (at % 8) & 1u) == 0) {
        return it->bytes[at];
    }
    uint64_t random = mixed(vb_seed(it->bus->board) + at + 0x9E3779B97F4A7C15u * ++it->reads);
    return (uint8_t)(random % 8 == 0 ? it->bytes[at] ^ 1u << (random >> 8 & 7u) : it->bytes[at]);
}

static bool is_given(const job *what, uint32_t at)
{
    return (what->given[at % PAGE / 8] >> (at % 8) & 1u) != 0;
}

static void finish(nor *it)
{
    job *what = &it->job;
    for (uint32_t at = what->at; at < what->at + what->size; at++) {
        if (what->erases) {
            it->bytes[at] = 0xFF;
            set_weak(it, at, false);
        } else if (is_given(what, at)) {
            it->bytes[at] &= what->page[at % PAGE];
            set_weak(it, at, false);
        }
    }
    what->running = false;
    it->write_enabled = false;
    vb_in_flight(it->bus, false);
}

// The later the cut, the more bits have got where they were to go. An erase first programs every cell, then drives all of
// them to 1.
static void tear(nor *it)
{
    const job *what = &it->job;
    vb_time total = what->until - what->started, passed = vb_now(it->bus->board) - what->started;
    unsigned done = passed >= total ? SURE : (unsigned)(passed * SURE / total);
    for (uint32_t at = what->at; at < what->at + what->size && done > 0; at++) {
        uint8_t before = it->bytes[at];
        if (what->erases) {
            bool rising = done >= SURE / 2;
            uint8_t bits = dice(it, at, rising ? (done - SURE / 2) * 2 : SURE - done * 2);
            it->bytes[at] = rising ? bits : before & bits;
        } else if (is_given(what, at)) {
            it->bytes[at] = before & (what->page[at % PAGE] | (uint8_t)~dice(it, at, done));
        } else {
            continue;
        }
        bool settled = !what->erases && it->bytes[at] == (before & what->page[at % PAGE]) && done > SURE * 7 / 8;
        set_weak(it, at, !settled && chance(it, at + 0x40000000u) % 4 == 0);
    }
}

static void start(nor *it, uint32_t at, uint32_t size, bool erases, vb_time time)
{
    vb_board *board = it->bus->board;
    job *what = &it->job;
    what->running = true;
    what->erases = erases;
    what->at = at;
    what->size = size;
    what->started = vb_now(board);
    what->until = what->started + time;
    vb_in_flight(it->bus, true);
    vb_flash_begins(it->bus, erases ? VB_FLASH_ERASE : VB_FLASH_PROGRAM, HF_EXTERNAL_BASE + at, size, what->until);
    vb_schedule(it->bus, it->event, what->until);
}

void nor_event(nor *it)
{
    if (it != NULL && it->job.running) {
        finish(it);
    }
}

void nor_supply(nor *it)
{
    if (it == NULL) {
        return;
    }
    if (it->job.running) {
        if (vb_now(it->bus->board) >= it->job.until) {
            finish(it);
        } else {
            tear(it);
        }
    }
    it->job.running = it->write_enabled = it->asleep = it->reset_armed = false;
    it->phase = OFF;
    vb_in_flight(it->bus, false);
}

// -- commands ---------------------------------------------------------------------------------------------------------

static void misuse(const nor *it, const char *words)
{
    vb_say(it->bus->board, VB_REPORT_MISUSE, "external flash at %s: instruction %02Xh %s", it->bus->info->name,
           it->command == NULL ? 0u : it->command->opcode, words);
}

static void take_opcode(nor *it, uint8_t opcode)
{
    it->command = NULL;
    it->phase = IGNORED;
    for (size_t i = 0; i < sizeof instructions / sizeof instructions[0]; i++) {
        if (instructions[i].opcode == opcode) {
            it->command = &instructions[i];
        }
    }
    if (it->command == NULL) {
        vb_say(it->bus->board, VB_REPORT_UNMODELLED, "external flash at %s: instruction %02Xh is not modelled",
               it->bus->info->name, opcode);
        return;
    }
    action what = it->command->what;
    if (it->asleep && what != WAKE) {
        return; // it does not hear
    }
    if (it->job.running && what != READ_STATUS) {
        if (what == PROGRAM || what == ERASE || what == WRITE_STATUS) {
            misuse(it, "while it is busy: it is ignored");
        }
        return;
    }
    it->count = it->clocks = it->address = 0;
    memset(it->job.given, 0, it->job.running ? 0 : sizeof it->job.given);
    it->phase = it->command->address_bytes != 0 ? ADDRESS : DATA;
}

static void take_address(nor *it, uint8_t byte)
{
    it->address = it->address << 8 | byte;
    if (++it->count == it->command->address_bytes) {
        it->count = 0;
        it->phase = it->command->dummies != 0 ? DUMMY : DATA;
    }
}

static void take_data(nor *it, uint8_t byte)
{
    if (it->command->what == WRITE_STATUS && it->count < sizeof it->written) {
        it->written[it->count] = byte;
    }
    if (it->command->what == PROGRAM) { // behind the end of the page it goes on at its start
        uint32_t at = (it->address & ~(PAGE - 1u)) | ((it->address + it->count) % PAGE);
        it->job.page[at % PAGE] = byte;
        it->job.given[at % PAGE / 8] |= (uint8_t)(1u << (at % 8));
    }
    it->count++;
}

static uint8_t sfdp(const nor *it, uint32_t at)
{
    uint32_t bits = (8u << it->log2_size) - 1;
    const uint32_t header[4] = {0x50444653u, 0xFF000100u, 0x09010000u, 0xFF000080u};
    const uint32_t table[9] = {0xFFF120E5u, bits,        0x6B08EB44u, 0xBB423B08u, 0xFFFFFFFEu,
                               0xFF00FFFFu, 0xEB21FFFFu, 0x520F200Cu, 0xFF00D810u};
    uint32_t word = at < sizeof header               ? header[at / 4]
                    : at - 0x80 < sizeof table ? table[(at - 0x80) / 4]
                                               : UINT32_MAX;
    return (uint8_t)(word >> 8 * (at % 4));
}

static uint8_t give_data(nor *it)
{
    uint32_t n = it->count++;
    const uint8_t id[] = {MAKER, TYPE, (uint8_t)it->log2_size};
    switch (it->command->what) {
    case READ_ARRAY: return load(it, it->address + n);
    case READ_SFDP: return sfdp(it, (it->address + n) & 0xFFFFFFu);
    case READ_ID: return id[n % sizeof id];
    case READ_LEGACY_ID:
    case WAKE: return (it->address + n) % 2 == 0 && it->command->what != WAKE ? MAKER : (uint8_t)(it->log2_size - 1);
    case READ_STATUS:
        return it->command->size != 0 ? it->status[it->command->size]
                                      : (uint8_t)(it->status[0] | (it->job.running ? SR1_BUSY : 0) |
                                                  (it->write_enabled ? SR1_WEL : 0));
    default: return 0xFF;
    }
}

static void write_status(nor *it)
{
    for (uint32_t i = 0; i < it->count && it->command->size + i < sizeof it->status; i++) {
        it->status[it->command->size + i] = it->written[i] & (it->command->size + i == 0 ? SR1_KEPT : 0xFF);
    }
    if ((it->status[0] & SR1_KEPT) != 0) {
        vb_say(it->bus->board, VB_REPORT_UNMODELLED, "external flash at %s: write protection by status 0x%02X",
               it->bus->info->name, it->status[0]);
    }
    start(it, 0, 0, false, STATUS_TIME);
}

// /CS rises: what changes something begins now.
static void execute(nor *it)
{
    const instruction *command = it->command;
    bool armed = it->reset_armed;
    it->reset_armed = command->what == ARM_RESET;
    bool changes = command->what == PROGRAM || command->what == ERASE || command->what == WRITE_STATUS;
    if (changes && !it->write_enabled) {
        misuse(it, "without write enable: it is ignored");
        return;
    }
    switch (command->what) {
    case ENABLE: it->write_enabled = true; return;
    case DISABLE: it->write_enabled = false; return;
    case SLEEP: it->asleep = true; return;
    case WAKE: it->asleep = false; return;
    case RESET: it->write_enabled = it->write_enabled && !armed; return;
    case WRITE_STATUS: write_status(it); return;
    case PROGRAM:
        if (it->count > 0) {
            start(it, it->address % it->size & ~(PAGE - 1u), PAGE, false, PROGRAM_TIME);
        }
        return;
    case ERASE:
        if (command->size == 0) {
            start(it, 0, it->size, true, command->time);
        } else {
            start(it, it->address % it->size & ~(command->size - 1), command->size, true, command->time);
        }
        return;
    default: return;
    }
}

// -- lines ------------------------------------------------------------------------------------------------------------

static bool answers(const nor *it)
{
    return it != NULL && vb_external_works(it->bus->board);
}

void nor_select(nor *it, bool selected)
{
    if (!answers(it)) {
        return;
    }
    if (selected) {
        it->phase = OPCODE;
        return;
    }
    bool complete = it->phase == DATA;
    it->phase = OFF;
    if (complete) {
        execute(it);
    }
}

static bool lines_fit(nor *it, unsigned lines)
{
    if (it->phase == DATA && lines != it->command->data_lines) {
        misuse(it, "moves its data on another number of lines");
        return false;
    }
    if (it->phase == DATA && lines == 4 && (it->status[1] & SR2_QE) == 0) {
        misuse(it, "needs four lines, and they are not enabled");
        return false;
    }
    return true;
}

void nor_write(nor *it, uint8_t byte, unsigned lines)
{
    if (!answers(it) || !lines_fit(it, lines)) {
        return;
    }
    switch (it->phase) {
    case OPCODE: take_opcode(it, byte); return;
    case ADDRESS: take_address(it, byte); return;
    case DUMMY: nor_idle(it, 8 / lines); return;
    case DATA: take_data(it, byte); return;
    default: return;
    }
}

uint8_t nor_read(nor *it, unsigned lines)
{
    return answers(it) && it->phase == DATA && lines_fit(it, lines) ? give_data(it) : 0xFF;
}

void nor_idle(nor *it, unsigned clocks)
{
    if (!answers(it) || it->phase != DUMMY) {
        return;
    }
    it->clocks += clocks;
    if (it->clocks >= it->command->dummies) {
        it->phase = DATA;
    }
}

uint8_t nor_exchange(nor *it, uint8_t byte)
{
    bool reads = answers(it) && it->phase == DATA && it->command->what != PROGRAM && it->command->what != WRITE_STATUS;
    if (reads) {
        return nor_read(it, 1);
    }
    nor_write(it, byte, 1);
    return 0xFF;
}

// -- life -------------------------------------------------------------------------------------------------------------

nor *nor_create(vb_device *bus, unsigned event)
{
    const hf_board *board = vb_description(bus->board);
    if (strcmp(board->external.instance, bus->info->name) != 0) {
        return NULL;
    }
    nor *it = calloc(1, sizeof *it);
    if (it == NULL) {
        return NULL;
    }
    it->bus = bus;
    it->event = event;
    it->log2_size = SMALLEST;
    while (((uint64_t)1 << it->log2_size) < (uint64_t)board->external.offset + board->external.size) {
        it->log2_size++;
    }
    it->size = 1u << it->log2_size;
    it->status[1] = SR2_QE; // W25QxxJV-IQ leaves the factory so
    it->bytes = malloc(it->size);
    it->weak = calloc(it->size / 8, 1);
    if (it->bytes == NULL || it->weak == NULL) {
        nor_destroy(it);
        return NULL;
    }
    memset(it->bytes, 0xFF, it->size);
    return it;
}

void nor_destroy(nor *it)
{
    if (it != NULL) {
        free(it->bytes);
        free(it->weak);
        free(it);
    }
}

size_t nor_save(const nor *it, void *buffer)
{
    if (it == NULL) {
        return 0;
    }
    if (buffer != NULL) {
        uint8_t *to = buffer;
        memcpy(to, it->bytes, it->size);
        memcpy(to + it->size, it->weak, it->size / 8);
        memcpy(to + it->size + it->size / 8, it->status, sizeof it->status);
    }
    return it->size + it->size / 8 + sizeof it->status;
}

bool nor_load(nor *it, const void *buffer, size_t size)
{
    const uint8_t *from = buffer;
    if (size != nor_save(it, NULL)) {
        return false;
    }
    if (it != NULL) {
        memcpy(it->bytes, from, it->size);
        memcpy(it->weak, from + it->size, it->size / 8);
        memcpy(it->status, from + it->size + it->size / 8, sizeof it->status);
    }
    return true;
}
