// SPDX-License-Identifier: MIT
// Images that travel enciphered, on the real firmware: over every link they arrive as what was signed; what is changed, made with
// another key, in the clear or out of order does not; and nothing that the device says holds a piece of firmware or key stream.
#define _GNU_SOURCE // memmem
#include "signed_product.h"

#include <stdlib.h>
#include <string.h>

#include "an3155_host.h"
#include "bytes.h"
#include "device.h"
#include "fast_link.h"
#include "hf_an3155.h"
#include "hf_classic.h"
#include "hf_dfu.h"
#include "transit.h"
#include "update_serial.h"
#include "usb_link.h"

#define BOARD      "stm32f407-encrypted"
#define PAYLOAD    6000u
#define HEARD_MAX  (1u << 20)
#define INSTALLING (20 * VB_S)
#define VERIFYING  (100 * VB_MS) // a signature takes longer

typedef enum way_in { FAST, CLASSIC, AN3155, USB } way_in;

static product *it;
static hf_transport tapped; // its line, and all the device says there, and at USB
static uint8_t heard[HEARD_MAX];
static size_t heard_size;
static usb_link cable;
static hf_dfu_device usb;
static hf_dfu_ops usb_ops;

// -- what the device says ---------------------------------------------------------------------------------------------

static void hear(const void *bytes, size_t size)
{
    assert_true(size <= HEARD_MAX - heard_size);
    memcpy(heard + heard_size, bytes, size);
    heard_size += size;
}

static hf_error tapped_read(void *context, void *bytes, size_t size, uint32_t timeout_ms, size_t *got, hf_problem *problem)
{
    hf_error error = it->transport.ops->read(context, bytes, size, timeout_ms, got, problem);
    hear(bytes, error ? 0 : *got);
    return error;
}

static hf_error tapped_control(void *context, uint8_t type, uint8_t request, uint16_t value, void *data, uint16_t length,
                               size_t *actual, hf_problem *problem)
{
    hf_error error = usb.context == NULL ? HF_E_NO_USB
                                         : ((const hf_dfu_ops *)&usb_ops)->control(context, type, request, value, data, length, actual,
                                                                                   problem);
    if (!error && (type & 0x80) != 0) {
        hear(data, *actual);
    }
    return error;
}

#define PIECE 7 // bytes

// Not one that is everywhere, such as an address and zeros.
static bool is_telling(const uint8_t *bytes)
{
    unsigned different = 0;
    for (unsigned i = 0; i < PIECE; i++) {
        different += memchr(bytes, bytes[i], i) == NULL;
    }
    return different >= 4;
}

// No piece from any place of secret.
static void expect_not_heard(const uint8_t *secret, size_t size, const char *what)
{
    for (size_t at = 0; at + PIECE <= size; at++) {
        if (is_telling(secret + at) && memmem(heard, heard_size, secret + at, PIECE) != NULL) {
            fail_msg("the device said what stands at offset %zu of the %s", at, what);
        }
    }
}

// -- images -----------------------------------------------------------------------------------------------------------

typedef struct sealed {
    hf_image travels;
    uint32_t length;
    uint8_t *plain, *stream; // what the device makes of it, and the key stream
} sealed;

// Blink v1, and noise behind it.
static sealed make_for(const hf_board *board, const hf_transit_key *key, uint32_t version)
{
    hf_problem problem;
    hf_image linked = product_image(it, "obj/unsealed/blink-v1.elf");
    uint8_t *bytes = calloc(1, PAYLOAD);
    memcpy(bytes, linked.bytes, linked.size);
    for (uint32_t i = (uint32_t)linked.size, noise = version; i < PAYLOAD; i++) {
        noise = noise * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(noise >> 24);
    }
    sealed result = {.travels = {.bytes = bytes, .size = PAYLOAD, .address = linked.address, .has_address = true}};
    hf_image_free(&linked);
    hf_seal_options options = {.board = board, .version = version, .product_id = board->product_id, .key = key_1, .transit_key = key};
    if (hf_seal(&result.travels, &options, &problem) != HF_OK) {
        fail_msg("%s", problem.what);
    }
    size_t size = result.travels.size;
    result.length = hf_get32(result.travels.bytes + HF_IMAGE_OFFSET_LENGTH);
    result.plain = test_malloc(size);
    result.stream = test_calloc(1, size);
    memcpy(result.plain, result.travels.bytes, size);
    if (key != NULL) {
        assert_int_equal(hf_transit_apply(key, result.plain, result.length, NULL), HF_OK);
    }
    for (uint32_t i = HF_IMAGE_CLEAR; i < result.length; i++) {
        result.stream[i] = result.plain[i] ^ result.travels.bytes[i];
    }
    return result;
}

static sealed make(uint32_t version)
{
    return make_for(&it->description, &it->description.transit_key, version);
}

static void done_with(sealed *image)
{
    hf_image_free(&image->travels);
    test_free(image->plain);
    test_free(image->stream);
}

static void expect_secret(const sealed *image)
{
    expect_not_heard(image->plain + HF_IMAGE_CLEAR, image->length - HF_IMAGE_CLEAR, "firmware");
    expect_not_heard(image->stream + HF_IMAGE_CLEAR, image->length - HF_IMAGE_CLEAR, "key stream");
}

static bool holds(const sealed *image)
{
    hf_image plain = {.bytes = image->plain, .size = image->travels.size};
    return product_holds(it, &plain);
}

// -- the device -------------------------------------------------------------------------------------------------------

static const hf_transport_ops *tapped_ops(void)
{
    static hf_transport_ops ops;
    ops = *it->transport.ops;
    ops.read = tapped_read;
    return &ops;
}

// In update mode: with nothing installed it is there by itself, and the chip has protected itself meanwhile.
static int make_device(void **state)
{
    (void)state;
    it = signed_make(BOARD);
    assert_true(it->description.has_transit_key);
    tapped = (hf_transport){.ops = tapped_ops(), .context = it->transport.context};
    heard_size = 0;
    vb_power_on(it->board);
    product_wait(it, VB_S);
    assert_true(usb_link_open(&cable, it->board));
    usb = (hf_dfu_device){0};
    product_discard(it);
    return 0;
}

static int end_device(void **state)
{
    (void)state;
    usb_link_close(&cable);
    signed_end(it);
    return 0;
}

static void plug(void)
{
    static hf_dfu_ops ops;
    assert_true(usb_link_plug(&cable));
    assert_true(usb_link_dfu(&cable, &usb));
    ops = usb_ops = *usb.ops;
    ops.control = tapped_control;
    usb.ops = &ops;
}

// In update mode anew: no session is left of whatever was said.
static void again(void)
{
    vb_power_off(it->board, true);
    vb_button(it->board, true);
    vb_power_on(it->board);
    product_wait(it, 600 * VB_MS); // it looks at the application first
    vb_button(it->board, false);
    product_discard(it);
    usb = (hf_dfu_device){0};
}

static void no_progress(void *context, hf_phase phase, uint32_t done, uint32_t total)
{
    (void)context;
    (void)phase;
    (void)done;
    (void)total;
}

static hf_serial_options serial_options(hf_protocol protocol)
{
    hf_serial_options options = {.protocol = protocol, .classic = hf_classic_defaults(&it->description)};
    options.fast = (hf_fast_options){.baud = 115200, .wait_ms = 10000, .pack = true, .boot = true};
    return options;
}

static hf_error update_by_wire(hf_protocol protocol, const hf_image *image, bool force, const hf_listener *listener)
{
    hf_flash_report report;
    hf_problem problem = {0};
    hf_serial_options options = serial_options(protocol);
    options.fast.force = force;
    hf_error error = hf_flash_serial(&tapped, image->bytes, image->size, &options, listener, &report, &problem);
    print_message("  %s\n", error ? problem.what : "updated");
    return error;
}

static hf_error update_by_usb(const hf_image *image, bool force)
{
    hf_flash_report report;
    hf_problem problem = {0};
    hf_dfu_options options = {.address = product_application(it), .boot = true, .force = force};
    if (usb.context == NULL) {
        plug();
    }
    hf_error error = hf_flash_dfu(&usb, image->bytes, image->size, &options, &(hf_listener){0}, &report, &problem);
    print_message("  %s\n", error ? problem.what : "updated");
    return error;
}

static hf_error update(way_in way, const hf_image *image, bool force)
{
    const hf_listener silent = {.progress = no_progress};
    switch (way) {
    case FAST: return update_by_wire(HF_PROTOCOL_FAST, image, force, &silent);
    case CLASSIC: return update_by_wire(HF_PROTOCOL_CLASSIC, image, force, &silent);
    case AN3155: return an3155_update(&tapped, &it->description, image, &silent) ? HF_OK : HF_E_NAK;
    default: return update_by_usb(image, force);
    }
}

static void expect_installed(const sealed *image)
{
    assert_true(signed_starts(it, INSTALLING));
    assert_true(holds(image));
    expect_secret(image);
}

// -- updates ----------------------------------------------------------------------------------------------------------

static void arrives(way_in way)
{
    sealed image = make(1);
    assert_int_equal(update(way, &image.travels, false), HF_OK);
    expect_installed(&image);
    done_with(&image);
}

static void arrives_by_fast(void **state)
{
    (void)state;
    arrives(FAST);
}

static void arrives_by_classic(void **state)
{
    (void)state;
    arrives(CLASSIC);
}

static void arrives_by_an3155(void **state)
{
    (void)state;
    arrives(AN3155);
}

static void arrives_by_usb(void **state)
{
    (void)state;
    arrives(USB);
}

// -- refusals ---------------------------------------------------------------------------------------------------------

// Over whichever link it comes.
static void expect_refused(const sealed *bad, way_in first, way_in last)
{
    for (way_in way = first; way <= last; way++) {
        assert_int_equal(update(way, &bad->travels, true), way == AN3155 ? HF_E_NAK : HF_E_BOOT);
        assert_false(holds(bad));
        expect_secret(bad);
        again();
    }
}

static void a_changed_bit_is_refused(void **state)
{
    (void)state;
    sealed bad = make(2);
    bad.travels.bytes[bad.length - 100] ^= 0x10;
    expect_refused(&bad, AN3155, USB);
    done_with(&bad);
}

static void another_key_is_refused(void **state)
{
    (void)state;
    hf_board board = it->description;
    hf_transit_key key = board.transit_key;
    key.bytes[31] ^= 1;
    board.has_transit_key = false; // or sealing would notice
    sealed bad = make_for(&board, &key, 2);
    expect_refused(&bad, FAST, FAST);
    done_with(&bad);
}

// The host looks first, and erases nothing; told to send it all the same, it hears no from the device.
static void an_image_in_the_clear_is_refused(void **state)
{
    (void)state;
    static uint8_t before[64], after[64];
    sealed good = make(1), bad = make_for(&it->description, NULL, 2);
    assert_int_equal(update(FAST, &good.travels, false), HF_OK);
    expect_installed(&good);
    again();
    uint32_t staging = hf_board_area(&it->description, HF_USE_STAGING)->address;
    assert_int_equal(vb_read(it->board, staging, before, sizeof before), VB_OK);
    assert_int_equal(update(FAST, &bad.travels, false), HF_E_TRANSIT);
    assert_int_equal(update(USB, &bad.travels, false), HF_E_TRANSIT);
    assert_int_equal(vb_read(it->board, staging, after, sizeof after), VB_OK);
    assert_memory_equal(before, after, sizeof before);
    for (way_in way = FAST; way <= CLASSIC; way++) {
        again();
        assert_int_equal(update(way, &bad.travels, true), HF_E_NAK);
    }
    assert_true(signed_boots(it));
    assert_true(holds(&good));
    done_with(&good);
    done_with(&bad);
}

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

// A copy of image, cut short after the first 32 enciphered bytes. Its SHA-256 is that of what the device makes of it when they
// were guessed right.
static hf_image cut_copy(const sealed *image, bool right)
{
    static uint8_t plain[HF_IMAGE_CLEAR + HF_IMAGE_ALIGN + HF_TRAILER_SIGNED];
    const uint32_t length = HF_IMAGE_CLEAR + HF_IMAGE_ALIGN, signature = length + sizeof(struct hf_trailer);
    const size_t digest = signature + offsetof(struct hf_signature, sha256);
    memcpy(plain, image->plain, length);
    memcpy(plain + length, image->plain + image->length, HF_TRAILER_SIGNED);
    hf_put32(plain + HF_IMAGE_OFFSET_LENGTH, length);
    hf_put32(plain + HF_IMAGE_OFFSET_LENGTH_NOT, ~length);
    hf_put32(plain + length + offsetof(struct hf_trailer, payload_length), length);
    hf_put32(plain + HF_IMAGE_OFFSET_RESET, image->travels.address + HF_IMAGE_CLEAR + 1);
    plain[HF_IMAGE_CLEAR] ^= right ? 0 : 1;
    hf_sha256(plain, digest, plain + digest);
    uint8_t *travels = calloc(1, sizeof plain);
    memcpy(travels, plain, sizeof plain);
    memcpy(travels + HF_IMAGE_CLEAR, image->travels.bytes + HF_IMAGE_CLEAR, HF_IMAGE_ALIGN);
    return (hf_image){.bytes = travels, .size = sizeof plain, .address = image->travels.address, .has_address = true};
}

// How long the device thought about it, and what it said at last.
static vb_time try_copy(const sealed *image, bool right)
{
    hf_image copy = cut_copy(image, right);
    again();
    heard_size = 0;
    vb_time before = vb_now(it->board);
    assert_int_equal(update(FAST, &copy, true), HF_E_BOOT);
    vb_time took = vb_now(it->board) - before;
    hf_image_free(&copy);
    return took;
}

// Who knows an image but for a few bytes does not learn from the device whether he has guessed them.
static void a_guess_is_not_confirmed(void **state)
{
    (void)state;
    static uint8_t said[HEARD_MAX];
    sealed image = make(1);
    try_copy(&image, false);
    vb_time wrong = try_copy(&image, false);
    size_t size = heard_size;
    memcpy(said, heard, size);
    vb_time right = try_copy(&image, true);
    assert_int_equal(heard_size, size);
    assert_memory_equal(heard, said, size);
    vb_time apart = right > wrong ? right - wrong : wrong - right;
    print_message("  refused within %u us of each other\n", (unsigned)(apart / (VB_MS / 1000)));
    assert_true(apart < VERIFYING / 10);
    done_with(&image);
}

// -- cuts -------------------------------------------------------------------------------------------------------------

static uint32_t cut_at;

static void cut(void *context, hf_phase phase, uint32_t done, uint32_t total)
{
    (void)context;
    if (phase == HF_PHASE_WRITE && total > 0 && done >= cut_at && cut_at != 0) {
        cut_at = 0;
        vb_power_off(it->board, true);
    }
}

// The old application goes on, and the next try brings the new one.
static void a_cut_costs_no_more_than_a_try(void **state)
{
    (void)state;
    sealed old = make(1), new = make(2);
    assert_int_equal(update(FAST, &old.travels, false), HF_OK);
    expect_installed(&old);
    again();
    cut_at = new.length / 2;
    assert_int_not_equal(update_by_wire(HF_PROTOCOL_FAST, &new.travels, false, &(hf_listener){.progress = cut}), HF_OK);
    assert_int_equal(cut_at, 0);
    assert_true(signed_boots(it));
    assert_true(holds(&old));
    again();
    assert_int_equal(update(FAST, &new.travels, false), HF_OK);
    expect_installed(&new);
    done_with(&old);
    done_with(&new);
}

// -- the reverse ------------------------------------------------------------------------------------------------------

static void a_board_without_a_key_gets_no_enciphered_image(void **state)
{
    (void)state;
    sealed enciphered = make(1);
    product *encrypting = it;
    it = signed_make("stm32f407-uart");
    vb_power_on(it->board);
    product_wait(it, 200 * VB_MS);
    product_discard(it);
    tapped.context = it->transport.context;
    assert_int_equal(update_by_wire(HF_PROTOCOL_FAST, &enciphered.travels, false, &(hf_listener){0}), HF_E_TRANSIT);
    signed_end(it);
    it = encrypting;
    done_with(&enciphered);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_device, end_device)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(arrives_by_fast),
        TEST(arrives_by_classic),
        TEST(arrives_by_an3155),
        TEST(arrives_by_usb),
        TEST(a_changed_bit_is_refused),
        TEST(another_key_is_refused),
        TEST(an_image_in_the_clear_is_refused),
        TEST(the_nonce_comes_first),
        TEST(ram_holds_no_secret_between_writes),
        TEST(nothing_is_read_back),
        TEST(a_guess_is_not_confirmed),
        TEST(a_cut_costs_no_more_than_a_try),
        TEST(a_board_without_a_key_gets_no_enciphered_image),
    };
    return cmocka_run_group_tests(tests, signed_load_keys, signed_free_keys);
}
