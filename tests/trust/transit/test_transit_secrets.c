// SPDX-License-Identifier: MIT
// What a device that deciphers images gives away, on the real firmware: nothing of them, whatever is sent and asked over any link,
// and nothing to a debugger between two writes.
#define _GNU_SOURCE // memmem
#include "tapped.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "fast_link.h"
#include "hf_an3155.h"
#include "hf_classic.h"
#include "hf_dfu.h"

// -- the wire ---------------------------------------------------------------------------------------------------------

static int ask(const void *bytes, size_t size)
{
    uint8_t answer = 0;
    size_t got = 0;
    assert_int_equal(tapped.ops->write(tapped.context, bytes, size, NULL), HF_OK);
    assert_int_equal(tapped.ops->read(tapped.context, &answer, 1, 30000, &got, NULL), HF_OK);
    return got == 1 ? answer : -1;
}

static int command(uint8_t code)
{
    return ask((uint8_t[]){code, (uint8_t)~code}, 2);
}

static int word(uint32_t value)
{
    uint8_t bytes[5] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    bytes[4] = bytes[0] ^ bytes[1] ^ bytes[2] ^ bytes[3];
    return ask(bytes, sizeof bytes);
}

static int write_block(const sealed *image, uint32_t offset, uint32_t size)
{
    uint8_t bytes[HF_AN3155_BLOCK + 2] = {(uint8_t)(size - 1)}, sum = bytes[0];
    for (uint32_t i = 0; i < size; i++) {
        bytes[1 + i] = image->travels.bytes[offset + i];
        sum ^= bytes[1 + i];
    }
    bytes[1 + size] = sum;
    assert_int_equal(command(HF_AN3155_WRITE), HF_CLASSIC_ACK);
    assert_int_equal(word(product_application(it) + offset), HF_CLASSIC_ACK);
    return ask(bytes, size + 2);
}

static void erase_everything(void)
{
    assert_int_equal(command(HF_AN3155_EXTENDED_ERASE), HF_CLASSIC_ACK);
    assert_int_equal(ask("\xFF\xFF\x00", 3), HF_CLASSIC_ACK);
}

static void the_nonce_comes_first(void **state)
{
    (void)state;
    sealed image = make(1);
    assert_int_equal(ask("\x7F", 1), HF_CLASSIC_ACK);
    erase_everything();
    assert_int_equal(write_block(&image, 256, 256), HF_CLASSIC_NAK);
    erase_everything();
    assert_int_equal(write_block(&image, 0, 32), HF_CLASSIC_NAK);
    erase_everything();
    assert_int_equal(write_block(&image, 0, 256), HF_CLASSIC_ACK);
    assert_int_equal(write_block(&image, 512, 256), HF_CLASSIC_NAK); // a gap
    assert_int_equal(write_block(&image, 0, 256), HF_CLASSIC_NAK);   // not erased since
    done_with(&image);
}

// -- what a debugger would see ----------------------------------------------------------------------------------------

#define RAM        0x20000000u
#define RAM_SIZE   0x20000u
#define RAM_PIECE  16u

// Read-out level 1 leaves RAM open: between two writes neither the key nor its stream lies there.
static void ram_holds_no_secret_between_writes(void **state)
{
    (void)state;
    sealed image = make(1);
    const uint8_t *key = it->description.transit_key.bytes;
    uint8_t *ram = test_malloc(RAM_SIZE);
    assert_int_equal(ask("\x7F", 1), HF_CLASSIC_ACK);
    erase_everything();
    for (uint32_t offset = 0; offset < 1024; offset += 224) { // its end lies within a block of the stream
        assert_int_equal(write_block(&image, offset, 224), HF_CLASSIC_ACK);
        assert_int_equal(vb_read(it->board, RAM, ram, RAM_SIZE), VB_OK);
        assert_non_null(memmem(ram, RAM_SIZE, image.travels.bytes + offset, 224)); // it is the right RAM
        for (uint32_t at = 0; at < HF_TRANSIT_KEY_BYTES; at += RAM_PIECE) {
            assert_null(memmem(ram, RAM_SIZE, key + at, RAM_PIECE));
        }
        for (uint32_t at = HF_IMAGE_CLEAR; at < image.length; at += RAM_PIECE) {
            assert_null(memmem(ram, RAM_SIZE, image.stream + at, RAM_PIECE));
        }
    }
    test_free(ram);
    done_with(&image);
}

// -- reading back -----------------------------------------------------------------------------------------------------

static void read_by_an3155(const sealed *image)
{
    assert_int_equal(ask("\x7F", 1), HF_CLASSIC_ACK);
    for (uint32_t offset = 0; offset < image->length; offset += 1000) {
        assert_int_equal(command(HF_AN3155_READ), HF_CLASSIC_ACK);
        assert_int_equal(word(product_application(it) + offset), HF_CLASSIC_ACK);
        assert_int_equal(ask("\xFF\x00", 2), HF_CLASSIC_NAK);
        assert_int_equal(command(HF_AN3155_CHECKSUM), HF_CLASSIC_ACK);
        assert_int_equal(word(product_application(it) + offset), HF_CLASSIC_ACK);
        assert_int_equal(word(64), HF_CLASSIC_NAK);
    }
}

static void read_by_fast(const sealed *image)
{
    hf_fast_meeting meeting;
    uint8_t wanted[4] = {32, 0, 0, 0};
    hf_problem problem;
    hf_flash_report report = {0};
    hf_listener silent = {0};
    hf_fast_options options = serial_options(HF_PROTOCOL_FAST).fast;
    assert_int_equal(hf_fast_meet(&tapped, &options, &silent, &meeting, &problem), HF_OK);
    assert_true(meeting.speaks);
    fast_link link = {.transport = &tapped, .options = &options, .listener = &silent, .report = &report, .problem = &problem,
                      .baud = 115200};
    fast_answer answer;
    for (uint32_t offset = 0; offset < image->length; offset += 1024) {
        assert_int_equal(fast_ask(&link, HF_FAST_DIGEST, product_application(it) + offset, wanted, sizeof wanted,
                                  sizeof(struct hf_fast_digest), 3000, &answer), HF_OK);
        assert_int_equal(answer.head.status, DEVICE_HIDDEN);
    }
    for (uint32_t which = 0; which < 2; which++) {
        struct hf_fast_image told;
        assert_int_equal(fast_ask(&link, HF_FAST_IMAGE, which, NULL, 0, sizeof told, 5000, &answer), HF_OK);
        memcpy(&told, answer.payload, sizeof told);
        assert_int_equal(answer.head.status == DEVICE_OK ? told.digest : 0, 0);
    }
}

static void read_by_usb(const sealed *image)
{
    uint8_t block[HF_DFU_TRANSFER_SIZE];
    size_t actual;
    plug();
    assert_null(strchr(strrchr(usb.memory, '/'), 'g')); // it lists nothing as readable
    for (uint16_t n = 0; n < image->length / HF_DFU_TRANSFER_SIZE; n++) {
        assert_int_equal(usb.ops->control(usb.context, 0xA1, HF_DFU_UPLOAD, (uint16_t)(HF_DFUSE_FIRST_BLOCK + n), block, sizeof block,
                                          &actual, NULL), HF_E_NAK);
        assert_int_equal(usb.ops->control(usb.context, 0x21, HF_DFU_CLRSTATUS, 0, NULL, 0, &actual, NULL), HF_OK);
    }
}

// While half of the next image stands in flash, too.
static void nothing_is_read_back(void **state)
{
    (void)state;
    sealed old = make(1), new = make(2);
    assert_int_equal(update(FAST, &old.travels, false), HF_OK);
    expect_installed(&old);
    again();
    assert_int_equal(ask("\x7F", 1), HF_CLASSIC_ACK);
    erase_everything();
    for (uint32_t at = 0; at < new.length / 2; at += HF_AN3155_BLOCK) {
        assert_int_equal(write_block(&new, at, HF_AN3155_BLOCK), HF_CLASSIC_ACK);
    }
    read_by_an3155(&new);
    read_by_usb(&new);
    product_wait(it, 4 * VB_S); // of silence, for another protocol's speed
    read_by_fast(&new);
    expect_secret(&old);
    expect_secret(&new);
    done_with(&old);
    done_with(&new);
}

// -- guesses ----------------------------------------------------------------------------------------------------------

#define VERIFYING (100 * VB_MS) // a signature takes longer

#define CUT_LENGTH (HF_IMAGE_CLEAR + HF_IMAGE_ALIGN)
#define CUT_DIGEST (CUT_LENGTH + sizeof(struct hf_trailer) + offsetof(struct hf_signature, sha256))
#define CUT_SIZE   (CUT_LENGTH + HF_TRAILER_SIGNED)

// A copy of image, cut short after the first 32 enciphered bytes. Its SHA-256 is that of what the device makes of it when they
// were guessed right.
static hf_image cut_copy(const sealed *image, bool right)
{
    static uint8_t plain[CUT_SIZE];
    memcpy(plain, image->plain, CUT_LENGTH);
    memcpy(plain + CUT_LENGTH, image->plain + image->length, HF_TRAILER_SIGNED);
    hf_put32(plain + HF_IMAGE_OFFSET_LENGTH, CUT_LENGTH);
    hf_put32(plain + HF_IMAGE_OFFSET_LENGTH_NOT, ~CUT_LENGTH);
    hf_put32(plain + CUT_LENGTH + offsetof(struct hf_trailer, payload_length), CUT_LENGTH);
    hf_put32(plain + HF_IMAGE_OFFSET_RESET, image->travels.address + HF_IMAGE_CLEAR + 1);
    plain[HF_IMAGE_CLEAR] ^= right ? 0 : 1;
    hf_sha256(plain, CUT_DIGEST, plain + CUT_DIGEST);
    uint8_t *travels = calloc(1, sizeof plain);
    memcpy(travels, plain, sizeof plain);
    memcpy(travels + HF_IMAGE_CLEAR, image->travels.bytes + HF_IMAGE_CLEAR, HF_IMAGE_ALIGN);
    return (hf_image){.bytes = travels, .size = sizeof plain, .address = image->travels.address, .has_address = true};
}

// It stands in flash, and was guessed right or not.
static void expect_received(bool right)
{
    uint8_t there[CUT_SIZE], digest[32];
    uint32_t staging = hf_board_area(&it->description, HF_USE_STAGING)->address;
    assert_int_equal(vb_read(it->board, staging, there, sizeof there), VB_OK);
    assert_int_equal(hf_get32(there + HF_IMAGE_OFFSET_LENGTH), CUT_LENGTH);
    hf_sha256(there, CUT_DIGEST, digest);
    assert_int_equal(memcmp(digest, there + CUT_DIGEST, sizeof digest) == 0, right);
}

// How long the device thought about it, and what it said at last.
static vb_time try_copy(way_in way, const sealed *image, bool right)
{
    hf_image copy = cut_copy(image, right);
    again();
    if (way == USB) {
        plug();
    }
    heard_size = 0;
    vb_time before = vb_now(it->board);
    assert_int_equal(update(way, &copy, true), way == AN3155 ? HF_E_NAK : HF_E_BOOT);
    vb_time took = vb_now(it->board) - before;
    if (way == FAST) { // the others have no word for it
        assert_non_null(strstr(refusal.what, "SIGNATURE"));
    }
    expect_received(right);
    hf_image_free(&copy);
    return took;
}

// Who knows an image but for a few bytes does not learn from the device whether he has guessed them.
static void a_guess_is_not_confirmed(void **state)
{
    (void)state;
    static uint8_t said[HEARD_MAX];
    sealed image = make(1);
    for (way_in way = FAST; way <= USB; way++) {
        try_copy(way, &image, false);
        vb_time wrong = try_copy(way, &image, false);
        size_t size = heard_size;
        memcpy(said, heard, size);
        vb_time right = try_copy(way, &image, true);
        assert_int_equal(heard_size, size);
        assert_memory_equal(heard, said, size);
        vb_time apart = right > wrong ? right - wrong : wrong - right;
        print_message("  refused within %u us of each other\n", (unsigned)(apart / (VB_MS / 1000)));
        assert_true(apart < VERIFYING / 10);
    }
    done_with(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_nonce_comes_first),
        TEST(ram_holds_no_secret_between_writes),
        TEST(nothing_is_read_back),
        TEST(a_guess_is_not_confirmed),
    };
    return cmocka_run_group_tests(tests, signed_load_keys, signed_free_keys);
}
