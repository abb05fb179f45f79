// SPDX-License-Identifier: MIT
// An image that travels enciphered, on its way through the sink into flash: erases and writes as a host likes them, flash
// errors among them. What then stands in flash is what libholdfast's cipher makes of what was sent; nothing is written twice
// between two erases; the vectors come when all is there; and hosts are told nothing but the CRC-32 of what they sent.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "board.h"
#include "core_memory.h"
#include "hf_image.h"
#include "install.h"
#include "judge.h"
#include "port.h"
#include "script.h"
#include "slot.h"

#define SECTOR  1024u
#define LONGEST (HF_APP_SIZE - HF_TRAILER_SIGNED)

static _Alignas(uint32_t) uint8_t flash[HF_STAGING_SIZE]; // what HF_RECEIVE_ADDRESS begins
static bool written[HF_STAGING_SIZE / HF_IMAGE_ALIGN];    // since the last erase
static uint32_t programmed;                               // end of what was last, but for the vectors
static bool faulty, failed;                               // the next operation fails; it did

// What may come next. Open: the first sectors were erased one after another, and since then nothing was refused.
static struct {
    bool open;
    uint32_t erased, count; // bytes from the first on
    uint8_t sent[HF_STAGING_SIZE];
} way;

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

// -- flash ------------------------------------------------------------------------------------------------------------

static hf_err outcome(void)
{
    failed = faulty;
    hf_err err = faulty ? HF_E_OPERR : HF_OK;
    faulty = false;
    return err;
}

static uint32_t offset_of(uint32_t address, uint32_t size)
{
    uint32_t offset = address - HF_RECEIVE_ADDRESS;
    if (offset > HF_APP_SIZE || size > HF_APP_SIZE - offset) {
        violate("outside of what may be received");
    }
    return offset;
}

static hf_err erase(uint32_t address)
{
    uint32_t offset = offset_of(address, SECTOR);
    if (offset % SECTOR != 0) {
        violate("no sector begins there");
    }
    memset(flash + offset, 0xFF, faulty ? SECTOR / 2 : SECTOR);
    memset(written + offset / HF_IMAGE_ALIGN, 0, SECTOR / HF_IMAGE_ALIGN);
    return outcome();
}

static hf_err program(uint32_t address, const uint8_t *data, uint32_t size)
{
    uint32_t offset = offset_of(address, size);
    if ((offset | size) % HF_IMAGE_ALIGN != 0) {
        violate("not whole units");
    }
    if (offset >= HF_IMAGE_CLEAR) {
        programmed = offset + size;
    } else if (programmed != word_at(way.sent, HF_IMAGE_OFFSET_LENGTH) + HF_TRAILER_SIGNED) {
        violate("vectors before all is there");
    }
    for (uint32_t at = offset; at < offset + size; at += HF_IMAGE_ALIGN) {
        if (written[at / HF_IMAGE_ALIGN]) {
            violate("written twice");
        }
        written[at / HF_IMAGE_ALIGN] = true;
    }
    memcpy(flash + offset, data, faulty ? size / 2 : size);
    return outcome();
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
    return HF_OK;
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

static void erase_sector(uint32_t offset)
{
    uint32_t first = offset / SECTOR * SECTOR;
    failed = false;
    bool well = hf_slot_erase_sector(HF_APP_ADDRESS + offset) == HF_OK;
    if (well != (offset < HF_APP_SIZE && !failed)) {
        violate("an erase ended otherwise than it should");
    }
    if (offset >= HF_APP_SIZE) {
        return;
    }
    if (first == 0) {
        programmed = way.count = 0;
        way.open = true;
    } else if (first != way.erased) {
        way.open = false;
    }
    way.erased = well ? first + SECTOR : first;
}

// docs/image-format.md, "On its way": what the first piece must hold.
static bool may_begin(const uint8_t *data, uint32_t size)
{
    if (size < HF_IMAGE_CLEAR) {
        return false;
    }
    uint32_t nonce[] = {word_at(data, HF_IMAGE_OFFSET_NONCE_1), word_at(data, HF_IMAGE_OFFSET_NONCE_2)};
    bool in_the_clear = (nonce[0] == 0 && nonce[1] == 0) || (nonce[0] == UINT32_MAX && nonce[1] == UINT32_MAX);
    uint32_t length = word_at(data, HF_IMAGE_OFFSET_LENGTH);
    return !in_the_clear && word_at(data, HF_IMAGE_OFFSET_LENGTH_NOT) == ~length && length % HF_IMAGE_ALIGN == 0 &&
           length >= HF_IMAGE_CLEAR && length <= LONGEST;
}

static bool may_come(uint32_t offset, const uint8_t *data, uint32_t size)
{
    return offset <= HF_APP_SIZE && size <= HF_APP_SIZE - offset && way.open && offset == way.count && size % HF_IMAGE_ALIGN == 0 &&
           offset + size <= way.erased && (offset > 0 || may_begin(data, size));
}

static void compare(void)
{
    static uint8_t plain[HF_STAGING_SIZE];
    uint32_t length = word_at(way.sent, HF_IMAGE_OFFSET_LENGTH);
    memcpy(plain, way.sent, way.count);
    judge_decipher(plain, length < way.count ? length : way.count);
    if (memcmp(flash + HF_IMAGE_CLEAR, plain + HF_IMAGE_CLEAR, way.count - HF_IMAGE_CLEAR) != 0) {
        violate("flash holds something else");
    }
    bool complete = way.count >= length + HF_TRAILER_SIGNED;
    if (complete ? memcmp(flash, plain, HF_IMAGE_CLEAR) != 0 : word_at(flash, 0) != UINT32_MAX) {
        violate("the vectors are not what they should be");
    }
}

static void write_at(uint32_t offset, const uint8_t *data, uint32_t size)
{
    bool expected = may_come(offset, data, size), in_slot = offset <= HF_APP_SIZE && size <= HF_APP_SIZE - offset;
    if (expected) {
        memcpy(way.sent + offset, data, size);
    }
    failed = false;
    bool well = hf_slot_write(HF_APP_ADDRESS + offset, data, size) == HF_OK;
    if (well != (expected && !failed)) {
        violate(well ? "taken against the rules" : "refused, though it was its turn");
    }
    if (well) {
        way.count += size;
        compare();
    } else if (in_slot && (offset | size) % HF_PROGRAM_BYTES == 0) { // else the sink has said no by itself
        way.open = false;
    }
}

static void ask(uint32_t offset, uint32_t size)
{
    uint32_t words[1] = {0}, crc = 0;
    bool told = hf_slot_crc32(HF_APP_ADDRESS + offset, size, &crc) == HF_OK;
    bool known = way.open && offset == 0 && size == way.count;
    if (told && (!known || (size > 0 && crc != crc32(0, way.sent, size)))) {
        violate("a CRC-32 of something else than all that was sent");
    }
    if (known && size > 0 && !told) {
        violate("no CRC-32 of what was sent");
    }
    if (hf_slot_read(HF_APP_ADDRESS + offset, words, sizeof words) == HF_OK || words[0] != 0 ||
        hf_slot_byte(HF_APP_ADDRESS + offset) != 0 || hf_slot_digest(HF_APP_ADDRESS + offset, size, &crc) == HF_OK) {
        violate("flash was shown");
    }
}

// -- the script -------------------------------------------------------------------------------------------------------

static uint8_t image[HF_APP_SIZE]; // the next to be sent; what it says means nothing to the sink

// In the clear the words of the nonce are those of vectors that nobody uses.
static void make_image(uint8_t choice, unsigned nonce)
{
    uint32_t length = HF_IMAGE_CLEAR + choice * HF_IMAGE_ALIGN % (LONGEST - HF_IMAGE_CLEAR + HF_IMAGE_ALIGN), not = ~length;
    for (uint32_t i = 0; i < sizeof image; i++) {
        image[i] = (uint8_t)(i * 7 + choice);
    }
    if (nonce == 1 || nonce == 2) {
        memset(image + HF_IMAGE_OFFSET_NONCE_1, nonce == 1 ? 0 : 0xFF, sizeof(uint32_t));
        memset(image + HF_IMAGE_OFFSET_NONCE_2, nonce == 1 ? 0 : 0xFF, sizeof(uint32_t));
    }
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

static void act(struct script *script)
{
    uint8_t line = script_byte(script);
    switch (line % 8) {
    case 0: make_image(script_byte(script), line / 8); break;
    case 1: faulty = true; break;
    case 2: erase_sector(script_half(script) % (HF_APP_SIZE + SECTOR)); break;
    case 3: ask(line & 8 ? script_half(script) % (HF_APP_SIZE + 4) : 0, line & 16 ? script_half(script) : way.count); break;
    case 4: write_at(script_half(script) % (HF_APP_SIZE + 64), image, script_half(script) % sizeof image); break;
    case 5: send_next(line & 8 ? script_half(script) % 2048 : 1024, script, 1 + line / 16); break;
    case 6: send_next((1 + script_byte(script) % 96) * HF_IMAGE_ALIGN, script, 0); break;
    default: // as hosts do it
        for (uint32_t offset = 0; offset < HF_APP_SIZE; offset += SECTOR) {
            erase_sector(offset);
        }
        break;
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
    memset(written, true, sizeof written);
    way.open = false;
    way.erased = way.count = programmed = 0;
    faulty = failed = false;
    make_image(0, 0);
    while (!script_over(&script)) {
        act(&script);
    }
    return 0;
}
