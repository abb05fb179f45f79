// SPDX-License-Identifier: MIT
// The bootloader's look at an image, from vectors to trailer or signature, beside libholdfast's: sealed images with
// bytes changed, and the checksums that hide it mended. The core reads nothing outside the slot, and accepts what
// libholdfast accepts.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "board.h"
#include "hf_image.h"
#include "image.h"
#include "judge.h"
#include "p256.h"
#include "port.h"
#include "script.h"

static uint8_t slot[HF_APP_SIZE];

static const uint8_t *content(uint32_t address, uint32_t size)
{
    uint32_t offset = address - HF_APP_ADDRESS;
    if (offset > HF_APP_SIZE || size > HF_APP_SIZE - offset || (address | size) % 4 != 0) {
        fprintf(stderr, "%u bytes read at 0x%08X\n", (unsigned)size, (unsigned)address);
        abort();
    }
    return slot + offset;
}

static hf_err read_words(uint32_t address, void *to, uint32_t size)
{
#ifdef HF_KEYS
    if (address - HF_BOOT_DATA_ADDRESS < HF_BOOT_DATA_SIZE) { // the journal, which may revoke keys: nothing is on record
        memset(to, 0xFF, size);
        return HF_OK;
    }
#endif
    memcpy(to, content(address, size), size);
    return HF_OK;
}

static hf_err crc_of(uint32_t address, uint32_t size, uint32_t *crc)
{
    *crc = (uint32_t)crc32(0, content(address, size), size);
    return HF_OK;
}

static void read_much(bool on)
{
    (void)on;
}

const struct hf_port hf_port = {.flash = {.read = read_words, .crc32 = crc_of, .read_much = read_much}};

#ifdef HF_KEYS
// A verification takes milliseconds with sanitizers in it: what was asked last is remembered.
bool __real_hf_p256_verify(const struct hf_p256_key *key, const uint32_t digest[8], const uint32_t r[8],
                           const uint32_t s[8]);
bool __wrap_hf_p256_verify(const struct hf_p256_key *key, const uint32_t digest[8], const uint32_t r[8],
                           const uint32_t s[8]);

bool __wrap_hf_p256_verify(const struct hf_p256_key *key, const uint32_t digest[8], const uint32_t r[8],
                           const uint32_t s[8])
{
    static struct question {
        const struct hf_p256_key *key;
        uint32_t digest[8], r[8], s[8];
    } asked[16];
    static bool answers[16];
    struct question question = {.key = key};
    memcpy(question.digest, digest, sizeof question.digest);
    memcpy(question.r, r, sizeof question.r);
    memcpy(question.s, s, sizeof question.s);
    unsigned place = (digest[0] ^ r[0] ^ s[0]) % 16;
    if (memcmp(&question, &asked[place], sizeof question) != 0) {
        asked[place] = question;
        answers[place] = __real_hf_p256_verify(key, digest, r, s);
    }
    return answers[place];
}
#endif

static uint32_t word_at(uint32_t offset)
{
    uint32_t word;
    memcpy(&word, slot + offset, sizeof word);
    return word;
}

// Writes bytes of the script anywhere, into the first vectors, or behind the payload.
static void change(struct script *script, uint32_t trailer)
{
    uint16_t where = script_half(script);
    uint32_t offset = where < 0x4000 ? where % 64u : where < 0xC000 ? trailer + where % 192u : where;
    size_t size;
    const uint8_t *bytes = script_bytes(script, 1 + script_byte(script) % 16, &size);
    for (size_t i = 0; i < size; i++) {
        slot[(offset + i) % HF_APP_SIZE] = bytes[i];
    }
}

static void mend(uint8_t what)
{
    uint32_t length = word_at(HF_IMAGE_OFFSET_LENGTH), crc;
    if (what & 1) {
        uint32_t not = ~length;
        memcpy(slot + HF_IMAGE_OFFSET_LENGTH_NOT, &not, sizeof not);
    }
    if ((what & 2) && length <= HF_APP_SIZE - sizeof(struct hf_trailer)) {
        crc = (uint32_t)crc32(0, slot, length + offsetof(struct hf_trailer, crc32));
        memcpy(slot + length + offsetof(struct hf_trailer, crc32), &crc, sizeof crc);
    }
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

// Flags and reserved fields of a later format, and where images need not be signed whatever a signed one has behind its
// trailer, are refused by libholdfast alone: the core looks at what it needs. Everything else must be refused by both.
static bool is_unseen(const char *why)
{
#ifndef HF_KEYS
    uint16_t trailer_size;
    memcpy(&trailer_size, slot + word_at(HF_IMAGE_OFFSET_LENGTH) + offsetof(struct hf_trailer, size), sizeof trailer_size);
    if (trailer_size == HF_TRAILER_SIGNED &&
        (begins_with(why, "SHA-256: ") || begins_with(why, "signature: ") || begins_with(why, "trailer format: a trailer of 192"))) {
        return true;
    }
#endif
    return begins_with(why, "trailer format: flags or reserved words") || begins_with(why, "trailer format: a key is revoked") ||
           begins_with(why, "transit: it travels enciphered");
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
    const fuzz_image *image = &images[script_byte(&script) % IMAGES];
    uint8_t mended = script_byte(&script);
    const char *why;
    memset(slot, 0xFF, sizeof slot);
    memcpy(slot, image->bytes, image->size);
    uint32_t trailer = word_at(HF_IMAGE_OFFSET_LENGTH);
    while (!script_over(&script)) {
        change(&script, trailer);
    }
    mend(mended);
    hf_err err = hf_image_check();
    bool accepted = judge_accepts(slot, sizeof slot, &why);
    if (accepted != (err == HF_OK) && !(err == HF_OK && is_unseen(why))) {
        fprintf(stderr, "the core says %d, libholdfast: %s\n", (int)err, why);
        abort();
    }
    return 0;
}
