// SPDX-License-Identifier: MIT
// The cipher against RFC 8439 and OpenSSL; what a device makes of an enciphered image; and that its answers tell nothing of the
// key or of what stands in flash, whatever is sent.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "device.h"
#include "hf_image.h"
#include "image_check.h"
#include "seed.h"
#include "transit.h"

#define KEY_FILE HF_SOURCE_DIR "/tests/keys/transit.key"

// -- ChaCha20 ---------------------------------------------------------------------------------------------------------

// RFC 8439, 2.3.2, and A.1, vectors 1 and 2.
static void the_published_vectors(void **state)
{
    (void)state;
    static const struct {
        bool counting_key;
        uint32_t nonce[3], nth, block[16];
    } vectors[] = {
        {true, {0x09000000, 0x4A000000, 0}, 1,
         {0xE4E7F110, 0x15593BD1, 0x1FDD0F50, 0xC47120A3, 0xC7F4D1C7, 0x0368C033, 0x9AAA2204, 0x4E6CD4C3, 0x466482D2, 0x09AA9F07,
          0x05D7C214, 0xA2028BD9, 0xD19C12B5, 0xB94E16DE, 0xE883D0CB, 0x4E3C50A2}},
        {false, {0, 0, 0}, 0,
         {0xADE0B876, 0x903DF1A0, 0xE56A5D40, 0x28BD8653, 0xB819D2BD, 0x1AED8DA0, 0xCCEF36A8, 0xC70D778B, 0x7C5941DA, 0x8D485751,
          0x3FE02477, 0x374AD8B8, 0xF4B8436A, 0x1CA11815, 0x69B687C3, 0x8665EEB2}},
        {false, {0, 0, 0}, 1,
         {0xBEE7079F, 0x7A385155, 0x7C97BA98, 0x0D082D73, 0xA0290FCB, 0x6965E348, 0x3E53C612, 0xED7AEE32, 0x7621B729, 0x434EE69C,
          0xB03371D5, 0xD539D874, 0x281FED31, 0x45FB0A51, 0x1F0AE1AC, 0x6F4D794B}},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint32_t key[8], block[16];
        for (unsigned k = 0; k < 32; k++) {
            ((uint8_t *)key)[k] = vectors[i].counting_key ? (uint8_t)k : 0;
        }
        device_a.block(key, vectors[i].nonce, vectors[i].nth, block);
        assert_memory_equal(block, vectors[i].block, sizeof block);
    }
}

// -- an image ---------------------------------------------------------------------------------------------------------

typedef struct image {
    uint32_t length, size;
    uint8_t plain[DEVICE_SIZE], travels[DEVICE_SIZE];
} image;

static hf_transit_key key;

static uint32_t random_state;

static uint32_t some(uint32_t below)
{
    return seed_next(&random_state) % below;
}

static void fill(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(seed_next(&random_state) >> 11);
    }
}

static void make(image *it, uint32_t length)
{
    it->length = length;
    it->size = length + HF_TRAILER_SIGNED;
    fill(it->plain, it->size);
    hf_put32(it->plain + HF_IMAGE_OFFSET_SP, 0x20020000);
    hf_put32(it->plain + HF_IMAGE_OFFSET_MARK, HF_IMAGE_MARK);
    hf_put32(it->plain + HF_IMAGE_OFFSET_LENGTH, length);
    hf_put32(it->plain + HF_IMAGE_OFFSET_LENGTH_NOT, ~length);
    assert_int_equal(hf_transit_put_nonce(&key, it->plain, length, NULL), HF_OK);
    memcpy(it->travels, it->plain, it->size);
    assert_int_equal(hf_transit_apply(&key, it->travels, length, NULL), HF_OK);
}

static bool head_is_blank(void)
{
    for (unsigned i = 0; i < HF_IMAGE_CLEAR; i++) {
        if (device_a.flash[i] != 0xFF) {
            return false;
        }
    }
    return true;
}

static void erase_all(const struct transit_device *device)
{
    for (uint32_t sector = 0; sector < DEVICE_SECTORS; sector++) {
        assert_int_equal(device->erase(sector), DEVICE_OK);
    }
}

// OpenSSL on one end, the bootloader's cipher on the other, images of every length, blocks of every size.
static void flash_holds_what_was_signed(void **state)
{
    (void)state;
    static image it;
    for (uint32_t length = 64; length <= 1600; length += HF_IMAGE_ALIGN) {
        uint32_t crc, blocks = (2 + some(8)) * HF_IMAGE_ALIGN;
        make(&it, length);
        erase_all(&device_a);
        for (uint32_t at = 0; at < it.size; at += blocks) {
            uint32_t size = it.size - at < blocks ? it.size - at : blocks;
            assert_true(head_is_blank());
            assert_int_equal(device_a.write(at, it.travels + at, size), DEVICE_OK);
            assert_int_equal(device_a.crc32(0, at + size, &crc), DEVICE_OK);
            assert_int_equal(crc, hf_crc32(0, it.travels, at + size));
        }
        assert_memory_equal(device_a.flash, it.plain, it.size);
        bool enciphered = memcmp(it.plain + HF_IMAGE_CLEAR, it.travels + HF_IMAGE_CLEAR, length - HF_IMAGE_CLEAR) != 0;
        assert_int_equal(enciphered, length > HF_IMAGE_CLEAR);
    }
}

static void another_key_makes_something_else(void **state)
{
    (void)state;
    static image it;
    make(&it, 256);
    erase_all(&device_b);
    assert_int_equal(device_b.write(0, it.travels, it.size), DEVICE_OK);
    assert_memory_equal(device_b.flash, it.plain, HF_IMAGE_CLEAR);
    assert_memory_not_equal(device_b.flash + HF_IMAGE_CLEAR, it.plain + HF_IMAGE_CLEAR, 32);
}

// -- refusals ---------------------------------------------------------------------------------------------------------

static void expect_refused(int why, uint32_t offset, const uint8_t *data, uint32_t size)
{
    uint8_t before[DEVICE_SIZE];
    memcpy(before, device_a.flash, sizeof before);
    assert_int_equal(device_a.write(offset, data, size), why);
    assert_memory_equal(device_a.flash, before, sizeof before);
}

static void what_is_not_in_order_is_refused(void **state)
{
    (void)state;
    static image it;
    make(&it, 1024 + 64);
    erase_all(&device_a);
    expect_refused(DEVICE_SEQUENCE, 64, it.travels + 64, 64); // before the nonce
    expect_refused(DEVICE_SEQUENCE, 0, it.travels, 64);       // and nothing more before an erase
    erase_all(&device_a);
    expect_refused(DEVICE_SEQUENCE, 0, it.travels, 32); // half of what is in the clear
    erase_all(&device_a);
    assert_int_equal(device_a.write(0, it.travels, 128), DEVICE_OK);
    expect_refused(DEVICE_SEQUENCE, 160, it.travels + 160, 32); // a gap
    erase_all(&device_a);
    assert_int_equal(device_a.write(0, it.travels, 128), DEVICE_OK);
    expect_refused(DEVICE_SEQUENCE, 96, it.travels + 96, 32); // once more
    erase_all(&device_a);
    assert_int_equal(device_a.write(0, it.travels, 128), DEVICE_OK);
    expect_refused(DEVICE_SEQUENCE, 128, it.travels + 128, 4); // less than a unit
    assert_int_equal(device_a.erase(0), DEVICE_OK);
    expect_refused(DEVICE_SEQUENCE, 0, it.travels, 1024 + 64); // beyond what is erased
    erase_all(&device_a);
    assert_int_equal(device_a.write(0, it.travels, 128), DEVICE_OK);
    assert_int_equal(device_a.erase(3), DEVICE_OK);
    expect_refused(DEVICE_SEQUENCE, 128, it.travels + 128, 32); // another sector was erased meanwhile
    erase_all(&device_a);
    assert_int_equal(device_a.write(0, it.travels, 128), DEVICE_OK);
    assert_int_equal(device_a.erase(3), DEVICE_OK);
    expect_refused(DEVICE_SEQUENCE, 3 * DEVICE_SECTOR, it.travels + 3 * DEVICE_SECTOR, 32); // there
}

static void what_is_not_enciphered_is_refused(void **state)
{
    (void)state;
    static image it;
    static const uint32_t unused[] = {0, 0xFFFFFFFF};
    for (size_t i = 0; i < 2; i++) {
        make(&it, 128);
        hf_put32(it.plain + HF_IMAGE_OFFSET_NONCE_1, unused[i]);
        hf_put32(it.plain + HF_IMAGE_OFFSET_NONCE_2, unused[i]);
        erase_all(&device_a);
        expect_refused(DEVICE_PLAIN, 0, it.plain, 128);
    }
    static const uint32_t lengths[] = {0, 32, 65, 448 * 1024, 0xFFFFFFE0};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        make(&it, 128);
        hf_put32(it.travels + HF_IMAGE_OFFSET_LENGTH, lengths[i]);
        hf_put32(it.travels + HF_IMAGE_OFFSET_LENGTH_NOT, ~lengths[i]);
        erase_all(&device_a);
        expect_refused(DEVICE_LENGTH, 0, it.travels, 128);
    }
}

// -- answers ----------------------------------------------------------------------------------------------------------

#define STEPS 200000u

// What an attacker would do: go on where he is, write again what he wrote with a bit changed, leave the order.
static uint32_t choose_place(uint32_t next)
{
    return some(8) == 0 ? some(DEVICE_SIZE / 32) * 32 : some(16) == 0 ? some(DEVICE_SIZE) & ~3u : next;
}

static uint32_t choose_size(uint32_t left)
{
    uint32_t size = some(6) == 0 ? some(64) * 4 : (1 + some(8)) * 32;
    return size < left ? size : left;
}

// As after an installation and a reset: each has something else in its flash, and nothing is known to be erased.
static void begin_anew(const struct transit_device *device)
{
    static const uint8_t nothing[HF_IMAGE_ALIGN];
    fill(device->flash + DEVICE_SECTOR, DEVICE_SIZE - DEVICE_SECTOR);
    assert_int_equal(device->write(4, nothing, sizeof nothing), DEVICE_SEQUENCE);
}

// Two devices with different keys and different flash get the same. What they answer must be the same: then it tells nothing
// of either. And a first word that is not blank must mean that all of an image has been written behind it, so that whoever
// checks images never looks at a mixture.
static void answers_tell_nothing(void **state)
{
    (void)state;
    static image it;
    static uint8_t sent[DEVICE_SIZE];
    uint32_t next = 0, written = 0, taken = 0;
    erase_all(&device_a);
    erase_all(&device_b);
    make(&it, 512);
    memcpy(sent, it.travels, sizeof sent);
    for (uint32_t step = 0; step < STEPS; step++) {
        if (some(12) == 0) {
            uint32_t sector = some(3) != 0 ? 0 : some(DEVICE_SECTORS);
            assert_int_equal(device_a.erase(sector), device_b.erase(sector));
            next = some(4) == 0 ? next : some(3) == 0 ? sector * DEVICE_SECTOR : 0;
            continue;
        }
        if (some(50) == 0) {
            begin_anew(&device_a);
            begin_anew(&device_b);
            written = 0;
        }
        uint32_t place = choose_place(next), size = choose_size(DEVICE_SIZE - place);
        if (some(3) == 0) {
            sent[place + some(size + 1) % (DEVICE_SIZE - place)] ^= (uint8_t)(1u << some(8));
        }
        if (some(3) == 0) {
            memcpy(sent, it.travels, HF_IMAGE_CLEAR);
        }
        int a = device_a.write(place, sent + place, size), b = device_b.write(place, sent + place, size);
        assert_int_equal(a, b);
        taken += a == DEVICE_OK;
        written = a != DEVICE_OK ? 0 : place == 0 ? size : place == written ? written + size : 0;
        next = a == DEVICE_OK ? place + size : some(2) * next;
        uint32_t crc_a = 0, crc_b = 0, asked = some(2) == 0 ? next : some(DEVICE_SIZE);
        assert_int_equal(device_a.crc32(0, asked, &crc_a), device_b.crc32(0, asked, &crc_b));
        assert_int_equal(crc_a, crc_b);
        if (!head_is_blank() && a == DEVICE_OK) {
            assert_true(written >= hf_get32(device_a.flash + HF_IMAGE_OFFSET_LENGTH) + HF_TRAILER_SIGNED);
        }
    }
    print_message("%u of %u writes were taken\n", (unsigned)taken, STEPS);
    assert_true(taken > STEPS / 50); // or nothing was tried
}

static int begin(void **state)
{
    (void)state;
    random_state = seed_begin();
    return hf_transit_key_load(&key, KEY_FILE, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors),
        cmocka_unit_test(flash_holds_what_was_signed),
        cmocka_unit_test(another_key_makes_something_else),
        cmocka_unit_test(what_is_not_in_order_is_refused),
        cmocka_unit_test(what_is_not_enciphered_is_refused),
        cmocka_unit_test(answers_tell_nothing),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
