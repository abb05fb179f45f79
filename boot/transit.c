// SPDX-License-Identifier: MIT
// Images are deciphered while they are received (docs/image-format.md). The first 64 bytes travel in the clear, with the
// nonce among them; the rest of the payload is the exclusive or of what is signed and ChaCha20's key stream; the trailer is
// clear again.
//
// The first 64 bytes go into flash last, when all behind them is there: until then the first word is blank, and no check
// looks any further. So no check ever compares what a host has chosen with a piece of what he must not know.
#include "transit.h"

#include "board.h"
#include "chacha20.h"
#include "hf_image.h"
#include "port.h"

#define UNIT HF_IMAGE_ALIGN // bytes: writes are multiples of it, and so is every border in an image

static const uint32_t key[8] = {HF_TRANSIT_KEY};

static uint32_t next;      // place of the byte that is awaited; 0: the first sector must be erased before any is welcome
static uint32_t blank_end; // from next to here flash has been erased, and not been written since
static uint32_t head[HF_IMAGE_CLEAR / 4];
static uint32_t stream[HF_CHACHA20_WORDS]; // the block of the key stream that next lies in
static uint32_t crc;       // of what has come since the first sector was erased, its bits inverted

static uint32_t head_word(uint32_t offset)
{
    return head[offset / 4];
}

bool hf_transit_shows(void)
{
    return false;
}

void hf_transit_erased(uint32_t from, uint32_t end)
{
    if (from != blank_end) {
        next = from == HF_RECEIVE_ADDRESS ? from : 0;
        crc = 0xFFFFFFFFu;
    }
    blank_end = end;
}

// -- what comes -------------------------------------------------------------------------------------------------------

static bool is_enciphered(void)
{
    uint32_t first = head_word(HF_IMAGE_OFFSET_NONCE_1), second = head_word(HF_IMAGE_OFFSET_NONCE_2);
    return (first | second) != 0 && (first & second) != 0xFFFFFFFFu; // vectors that nobody uses hold one of these
}

static hf_err begin(const uint8_t *data, uint32_t size)
{
    if (size < sizeof head) {
        return HF_E_SEQUENCE; // the nonce is in there
    }
    __builtin_memcpy(head, data, sizeof head);
    if (!is_enciphered()) {
        return HF_E_PLAIN;
    }
    uint32_t length = head_word(HF_IMAGE_OFFSET_LENGTH);
    bool sane = length == ~head_word(HF_IMAGE_OFFSET_LENGTH_NOT) && length % UNIT == 0 && length >= sizeof head &&
                length <= HF_APP_SIZE - HF_TRAILER_SIGNED;
    return sane ? HF_OK : HF_E_LENGTH;
}

static void decipher(uint32_t *words, uint32_t offset, bool anew)
{
    const uint32_t nonce[] = {HF_IMAGE_MARK, head_word(HF_IMAGE_OFFSET_NONCE_1), head_word(HF_IMAGE_OFFSET_NONCE_2)};
    uint32_t within = offset % HF_CHACHA20_BYTES;
    if (within == 0 || anew) {
        hf_chacha20_block(key, nonce, offset / HF_CHACHA20_BYTES, stream);
    }
    for (unsigned i = 0; i < UNIT / 4; i++) {
        words[i] ^= stream[within / 4 + i];
    }
}

static void count(const uint8_t *data)
{
    for (unsigned bit = 0; bit < 8 * UNIT; bit++) {
        if (bit % 8 == 0) {
            crc ^= data[bit / 8];
        }
        crc = crc >> 1 ^ ((crc & 1u) != 0 ? 0xEDB88320u : 0);
    }
}

static hf_err take(const uint8_t *data, bool anew)
{
    uint32_t words[UNIT / 4];
    uint32_t offset = next - HF_RECEIVE_ADDRESS, length = head_word(HF_IMAGE_OFFSET_LENGTH);
    hf_err err = HF_OK;
    count(data);
    __builtin_memcpy(words, data, sizeof words);
    if (offset >= sizeof head && offset < length) {
        decipher(words, offset, anew);
    }
    if (offset >= sizeof head) {
        err = hf_port.flash.program(next, (const uint8_t *)words, sizeof words);
    }
    next += UNIT;
    if (err == HF_OK && offset + UNIT == length + HF_TRAILER_SIGNED) {
        err = hf_port.flash.program(HF_RECEIVE_ADDRESS, (const uint8_t *)head, sizeof head);
    }
    return err;
}

static hf_err take_all(uint32_t place, const uint8_t *data, uint32_t size)
{
    if (place != next || size % UNIT != 0 || size > blank_end - next) {
        return HF_E_SEQUENCE;
    }
    hf_err err = place == HF_RECEIVE_ADDRESS ? begin(data, size) : HF_OK;
    for (uint32_t i = 0; i < size && err == HF_OK; i += UNIT) {
        err = take(data + i, i == 0);
    }
    return err;
}

hf_err hf_transit_write(uint32_t place, const uint8_t *data, uint32_t size)
{
    hf_err err = take_all(place, data, size);
    __builtin_memset(stream, 0, sizeof stream); // nothing of the key stream waits in RAM for the next write
    __asm__ volatile("" ::: "memory");
    if (err != HF_OK) {
        next = blank_end = 0;
    }
    return err;
}

hf_err hf_transit_crc32(uint32_t place, uint32_t size, uint32_t *result)
{
    if (place != HF_RECEIVE_ADDRESS || size != next - place) {
        return HF_E_HIDDEN;
    }
    *result = ~crc;
    return HF_OK;
}
