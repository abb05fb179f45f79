// SPDX-License-Identifier: MIT
// An image that travels enciphered, on its way through the sink into flash: erases and writes as a host likes them, flash
// errors among them. Each operation of the flash is known before: what libholdfast's cipher makes of what was sent, in order,
// once, the vectors when all is there, and none for what is refused. So is each answer, and hosts are shown nothing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "board.h"
#include "core_memory.h"
#include "hf_fast.h"
#include "hf_image.h"
#include "install.h"
#include "judge.h"
#include "port.h"
#include "script.h"
#include "slot.h"

#define SECTOR  1024u
#define UNIT    HF_IMAGE_ALIGN
#define CLEAR   HF_IMAGE_CLEAR
#define LONGEST (HF_APP_SIZE - HF_TRAILER_SIGNED)

// What was received. Open: the first sectors were erased one after another, and since then nothing was refused.
static struct {
    bool open;
    uint32_t erased, count; // bytes from the first on
    uint8_t sent[HF_APP_SIZE];
    uint32_t nonce[2];      // of the key stream
    uint8_t stream[HF_APP_SIZE];
} way;

static _Alignas(uint32_t) uint8_t flash[HF_APP_SIZE]; // what HF_RECEIVE_ADDRESS begins

// The call that is made, and what it may do.
static struct {
    bool writes, erases; // it may
    bool announced;      // hf_install_receiving was asked
    bool failed;         // an operation did
} call;

static uint32_t programmed;      // end of what was last, but for the vectors
static bool vectors_are_there;
static uint32_t until_fault;     // operations; 0: none will fail
static bool is_unwelcome;        // the next reception: it cannot be put on record

static void violate(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

static uint32_t word_at(const uint8_t *bytes, uint32_t offset)
{
    uint32_t word;
    memcpy(&word, bytes + offset, sizeof word);
    return word;
}

static uint32_t total_size(void)
{
    return word_at(way.sent, HF_IMAGE_OFFSET_LENGTH) + HF_TRAILER_SIGNED;
}

// -- flash ------------------------------------------------------------------------------------------------------------

static uint32_t offset_of(uint32_t address, uint32_t size)
{
    uint32_t offset = address - HF_RECEIVE_ADDRESS;
    if (offset > HF_APP_SIZE || size > HF_APP_SIZE - offset) {
        violate("outside of what may be received");
    }
    return offset;
}

static bool goes_wrong(bool may)
{
    if (!may || !call.announced || call.failed) {
        violate("an operation too much");
    }
    call.failed = until_fault != 0 && --until_fault == 0;
    return call.failed;
}

static hf_err erase(uint32_t address)
{
    uint32_t offset = offset_of(address, SECTOR);
    if (offset % SECTOR != 0) {
        violate("no sector begins there");
    }
    bool wrong = goes_wrong(call.erases);
    memset(flash + offset, 0xFF, wrong ? SECTOR / 2 : SECTOR);
    if (offset == 0) {
        programmed = CLEAR;
        vectors_are_there = false;
    }
    return wrong ? HF_E_OPERR : HF_OK;
}

static void expect_content(uint32_t offset, const uint8_t *data, uint32_t size)
{
    uint32_t end = word_at(way.sent, HF_IMAGE_OFFSET_LENGTH);
    for (uint32_t i = 0; i < size; i++, offset++) {
        bool enciphered = offset >= CLEAR && offset < end;
        if (data[i] != (way.sent[offset] ^ (enciphered ? way.stream[offset] : 0))) {
            violate("something else is programmed");
        }
        if (flash[offset] != 0xFF) {
            violate("what is programmed has not been erased");
        }
    }
}

static hf_err program(uint32_t address, const uint8_t *data, uint32_t size)
{
    uint32_t offset = offset_of(address, size);
    bool vectors = offset < CLEAR;
    if (vectors ? offset != 0 || size != CLEAR || programmed != total_size() || vectors_are_there : offset != programmed) {
        violate("programmed when it is not its turn");
    }
    expect_content(offset, data, size);
    bool wrong = goes_wrong(call.writes);
    memcpy(flash + offset, data, wrong ? size / 2 : size);
    programmed = vectors ? programmed : offset + size;
    vectors_are_there |= vectors;
    return wrong ? HF_E_OPERR : HF_OK;
}

static uint32_t sector_end(uint32_t address)
{
    return (address / SECTOR + 1) * SECTOR;
}

static hf_err read_words(uint32_t address, void *to, uint32_t size)
{
    (void)address, (void)to, (void)size;
    violate("flash was read for a host");
    return HF_OK;
}

static hf_err crc_of(uint32_t address, uint32_t size, uint32_t *crc)
{
    (void)crc;
    return read_words(address, NULL, size);
}

static void feed_watchdog(void)
{
}

const struct hf_port hf_port = {
    .flash = {.erase = erase, .program = program, .sector_end = sector_end, .read = read_words, .crc32 = crc_of},
    .system = {.feed_watchdog = feed_watchdog},
};

// -- what is behind the sink ------------------------------------------------------------------------------------------

hf_err hf_install_receiving(void)
{
    call.announced = !is_unwelcome;
    is_unwelcome = false;
    return call.announced ? HF_OK : HF_E_SUPPLY;
}

hf_err hf_install_received(void)
{
    return HF_OK;
}

hf_err hf_install_request(void)
{
    return HF_OK;
}

// -- a host's doings --------------------------------------------------------------------------------------------------

static void begin_call(bool erases, bool writes)
{
    call.erases = erases;
    call.writes = writes;
    call.announced = call.failed = false;
}

static void expect(hf_err err, hf_err expected)
{
    hf_err right = call.failed ? HF_E_OPERR : expected;
    if (err != right) {
        fprintf(stderr, "answered 0x%02X, not 0x%02X\n", (unsigned)err, (unsigned)right);
        abort();
    }
    call.erases = call.writes = false;
}

// A sector has been erased, or half of it.
static void note_erased(uint32_t first, bool whole)
{
    if (first == 0) {
        way.count = 0;
        way.open = true;
    } else if (first != way.erased) {
        way.open = false;
    }
    way.erased = whole ? first + SECTOR : first;
}

static void erase_sector(uint32_t offset)
{
    bool within = offset < HF_APP_SIZE, unwelcome = is_unwelcome;
    begin_call(within, false);
    hf_err err = hf_slot_erase_sector(HF_APP_ADDRESS + offset);
    expect(err, !within ? HF_E_ADDRESS : unwelcome ? HF_E_SUPPLY : HF_OK);
    if (within && !unwelcome) {
        note_erased(offset / SECTOR * SECTOR, !call.failed);
    }
}

static void erase_all(void)
{
    bool unwelcome = is_unwelcome;
    uint32_t fails_at = until_fault != 0 && !unwelcome ? (until_fault - 1) * SECTOR : HF_APP_SIZE;
    begin_call(true, false);
    hf_err err = hf_slot_erase();
    expect(err, unwelcome ? HF_E_SUPPLY : HF_OK);
    for (uint32_t first = 0; first < HF_APP_SIZE && first <= fails_at && !unwelcome; first += SECTOR) {
        note_erased(first, first != fails_at);
    }
}

// docs/image-format.md, "On its way": what the first piece must hold.
static hf_err judge_first(const uint8_t *data, uint32_t size)
{
    if (size < CLEAR) {
        return HF_E_SEQUENCE;
    }
    uint32_t nonce[] = {word_at(data, HF_IMAGE_OFFSET_NONCE_1), word_at(data, HF_IMAGE_OFFSET_NONCE_2)};
    if ((nonce[0] == 0 && nonce[1] == 0) || (nonce[0] == UINT32_MAX && nonce[1] == UINT32_MAX)) {
        return HF_E_PLAIN;
    }
    uint32_t length = word_at(data, HF_IMAGE_OFFSET_LENGTH);
    bool sane = word_at(data, HF_IMAGE_OFFSET_LENGTH_NOT) == ~length && length % UNIT == 0 && length >= CLEAR && length <= LONGEST;
    return sane ? HF_OK : HF_E_LENGTH;
}

static hf_err judge_write(uint32_t offset, const uint8_t *data, uint32_t size)
{
    if (offset > HF_APP_SIZE || size > HF_APP_SIZE - offset || (offset | size) % HF_PROGRAM_BYTES != 0) {
        return HF_E_ADDRESS;
    }
    if (is_unwelcome) {
        return HF_E_SUPPLY;
    }
    if (!way.open || offset != way.count || size % UNIT != 0 || offset + size > way.erased) {
        return HF_E_SEQUENCE;
    }
    return offset == 0 ? judge_first(data, size) : HF_OK;
}

// The key stream of the image whose first bytes were sent.
static void make_stream(void)
{
    const uint32_t nonce[] = {word_at(way.sent, HF_IMAGE_OFFSET_NONCE_1), word_at(way.sent, HF_IMAGE_OFFSET_NONCE_2)};
    if (memcmp(way.nonce, nonce, sizeof nonce) != 0) {
        memcpy(way.nonce, nonce, sizeof nonce);
        memset(way.stream, 0, sizeof way.stream);
        memcpy(way.stream + HF_IMAGE_OFFSET_NONCE_1, &nonce[0], sizeof nonce[0]);
        memcpy(way.stream + HF_IMAGE_OFFSET_NONCE_2, &nonce[1], sizeof nonce[1]);
        judge_decipher(way.stream, sizeof way.stream);
    }
}

// Neither the key stream of the bytes before end, nor the key. Between the variables lies what the sanitizer watches.
__attribute__((no_sanitize("address"))) static void expect_nothing_in_ram(uint32_t end)
{
    static const uint32_t key[8] = {HF_TRANSIT_KEY};
    const uint32_t *at = (const void *)__start_core_bss;
    size_t words = (size_t)(__stop_core_bss - __start_core_bss) / sizeof *at;
    uint32_t stream[4];
    memcpy(stream, way.stream + end - sizeof stream, sizeof stream);
    for (size_t i = 0; i + 4 <= words; i++) {
        if ((at[i] == stream[0] && at[i + 1] == stream[1] && at[i + 2] == stream[2] && at[i + 3] == stream[3]) ||
            (at[i] == key[0] && at[i + 1] == key[1] && at[i + 2] == key[2] && at[i + 3] == key[3])) {
            violate("a secret waits in RAM");
        }
    }
}

static void write_at(uint32_t offset, const uint8_t *data, uint32_t size)
{
    hf_err expected = judge_write(offset, data, size);
    if (expected == HF_OK) {
        memcpy(way.sent + offset, data, size);
        make_stream();
    }
    begin_call(false, expected == HF_OK);
    expect(hf_slot_write(HF_APP_ADDRESS + offset, data, size), expected);
    uint32_t end = offset + size, length = word_at(way.sent, HF_IMAGE_OFFSET_LENGTH);
    if (expected == HF_OK && end > CLEAR && length > CLEAR) {
        expect_nothing_in_ram(end < length ? end : length);
    }
    if (expected == HF_OK && !call.failed) {
        way.count = end;
        if (programmed != end || vectors_are_there != (end >= total_size())) {
            violate("not all that was taken has been programmed");
        }
    } else if (expected != HF_E_ADDRESS && expected != HF_E_SUPPLY) { // these are said before anything is looked at
        way.open = false;
    }
}

static void ask(uint32_t offset, uint32_t size)
{
    uint32_t word = 0, crc = 0;
    bool known = way.open && offset == 0 && size == way.count;
    bool within = offset <= HF_APP_SIZE && size <= HF_APP_SIZE - offset && (offset | size) % 4 == 0;
    begin_call(false, false);
    expect(hf_slot_crc32(HF_APP_ADDRESS + offset, size, &crc), !within ? HF_E_ADDRESS : known ? HF_OK : HF_E_HIDDEN);
    if (crc != (known ? crc32(0, way.sent, size) : 0)) {
        violate("a CRC-32 of something else than all that was sent");
    }
    expect(hf_slot_read(HF_APP_ADDRESS + offset, &word, sizeof word), HF_E_HIDDEN);
    expect(hf_slot_digest(HF_APP_ADDRESS + offset, size, &word), HF_E_HIDDEN);
    if (hf_slot_shows() || word != 0 || hf_slot_byte(HF_APP_ADDRESS + offset) != 0 ||
        hf_flash_digest(HF_RECEIVE_ADDRESS + offset, size, &word) != HF_OK || word != HF_FAST_DIGEST_START) {
        violate("flash was shown");
    }
}

// Of all that was sent, or of what came last.
static void ask_end(uint32_t offset)
{
    ask(offset, way.count > offset ? way.count - offset : 0);
}

// -- the script -------------------------------------------------------------------------------------------------------

static uint8_t image[HF_APP_SIZE]; // the next to be sent; what it says means nothing to the sink

// A good one, or one with a length that none may have, or in the clear: the words of the nonce are then those of vectors that
// nobody uses.
static void make_image(uint8_t choice, unsigned kind)
{
    static const uint32_t wrong[] = {0, UNIT, CLEAR + 1, CLEAR + UNIT / 2, LONGEST + UNIT, HF_APP_SIZE, UINT32_MAX - UNIT + 1};
    uint32_t length = CLEAR + choice * UNIT % (LONGEST - CLEAR + UNIT);
    for (uint32_t i = 0; i < sizeof image; i++) {
        image[i] = (uint8_t)(i * 7 + choice);
    }
    if (kind == 1 || kind == 2) {
        memset(image + HF_IMAGE_OFFSET_NONCE_1, kind == 1 ? 0 : 0xFF, sizeof(uint32_t));
        memset(image + HF_IMAGE_OFFSET_NONCE_2, kind == 1 ? 0 : 0xFF, sizeof(uint32_t));
    } else if (kind >= 3 && kind - 3 < sizeof wrong / sizeof *wrong) {
        length = wrong[kind - 3];
    }
    uint32_t not = kind == 31 ? length : ~length;
    memcpy(image + HF_IMAGE_OFFSET_LENGTH, &length, sizeof length);
    memcpy(image + HF_IMAGE_OFFSET_LENGTH_NOT, &not, sizeof not);
}

static void send_next(uint32_t size, struct script *script, unsigned changes)
{
    static uint8_t piece[HF_APP_SIZE];
    uint32_t from = way.open ? way.count : 0;
    if (size > sizeof image - from) {
        size = sizeof image - from;
    }
    memcpy(piece, image + from, size);
    for (; changes > 0 && size > 0; changes--) {
        uint32_t where = script_byte(script) % size;
        piece[where] = script_byte(script);
    }
    write_at(from, piece, size);
}

// To where the image ends.
static void send_rest(struct script *script)
{
    uint32_t from = way.open ? way.count : 0, end = word_at(image, HF_IMAGE_OFFSET_LENGTH) + HF_TRAILER_SIGNED;
    send_next(end > from ? end - from : 0, script, 0);
}

// The next reception, or an operation of the flash to come.
static void spoil(bool reception, struct script *script)
{
    if (reception) {
        is_unwelcome = true;
    } else {
        until_fault = 1 + script_byte(script);
    }
}

static void act(struct script *script)
{
    uint8_t line = script_byte(script);
    switch (line % 8) {
    case 0: make_image(script_byte(script), line / 8); break;
    case 1: spoil(line & 8, script); break;
    case 2: erase_sector(script_half(script) % (HF_APP_SIZE + SECTOR)); break;
    case 3: line & 8 ? ask(script_half(script) % (HF_APP_SIZE + 4), script_half(script)) : ask_end(script_byte(script) % 4 * UNIT); break;
    case 4: line & 8 ? send_rest(script) : write_at(script_half(script) % (HF_APP_SIZE + 64), image, script_half(script) % sizeof image); break;
    case 5: send_next(line & 8 ? script_half(script) % 2048 : 1024, script, 1 + line / 16); break;
    case 6: send_next((1 + script_byte(script) % 96) * UNIT, script, 0); break;
    default: erase_all(); break;
    }
}

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    judge_begin(HF_FUZZ_BOARD);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script script = {data, data + size};
    power_on_core();
    memset(flash, 0, sizeof flash);
    way.open = vectors_are_there = is_unwelcome = false;
    way.erased = way.count = programmed = until_fault = 0;
    make_image(0, 0);
    while (!script_over(&script)) {
        act(&script);
    }
    return 0;
}
