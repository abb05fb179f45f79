// SPDX-License-Identifier: MIT
// See tapped.h.
#define _GNU_SOURCE // memmem
#include "tapped.h"

#include <stdlib.h>
#include <string.h>

#include "an3155_host.h"
#include "bytes.h"
#include "usb_link.h"

#define BOARD      "stm32f407-encrypted"
#define PAYLOAD    6000u
#define INSTALLING (20 * VB_S)

product *it;
hf_transport tapped;
uint8_t heard[HEARD_MAX];
size_t heard_size;
static usb_link cable;
hf_dfu_device usb;
hf_problem refusal;
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

// Blink v1, and noise behind it.
sealed make_for(const hf_board *board, const hf_transit_key *key, uint32_t version)
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

sealed make(uint32_t version)
{
    return make_for(&it->description, &it->description.transit_key, version);
}

void done_with(sealed *image)
{
    hf_image_free(&image->travels);
    test_free(image->plain);
    test_free(image->stream);
}

void expect_secret(const sealed *image)
{
    expect_not_heard(image->plain + HF_IMAGE_CLEAR, image->length - HF_IMAGE_CLEAR, "firmware");
    expect_not_heard(image->stream + HF_IMAGE_CLEAR, image->length - HF_IMAGE_CLEAR, "key stream");
}

bool holds(const sealed *image)
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
int make_device(void **state)
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

int end_device(void **state)
{
    (void)state;
    usb_link_close(&cable);
    signed_end(it);
    return 0;
}

void plug(void)
{
    static hf_dfu_ops ops;
    assert_true(usb_link_plug(&cable));
    assert_true(usb_link_dfu(&cable, &usb));
    ops = usb_ops = *usb.ops;
    ops.control = tapped_control;
    usb.ops = &ops;
}

void again(void)
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

hf_serial_options serial_options(hf_protocol protocol)
{
    hf_serial_options options = {.protocol = protocol, .classic = hf_classic_defaults(&it->description)};
    options.fast = (hf_fast_options){.baud = 115200, .wait_ms = 10000, .pack = true, .boot = true};
    return options;
}

hf_error update_by_wire(hf_protocol protocol, const hf_image *image, bool force, const hf_listener *listener)
{
    hf_flash_report report;
    hf_serial_options options = serial_options(protocol);
    options.fast.force = force;
    refusal = (hf_problem){0};
    hf_error error = hf_flash_serial(&tapped, image->bytes, image->size, &options, listener, &report, &refusal);
    print_message("  %s\n", error ? refusal.what : "updated");
    return error;
}

static hf_error update_by_usb(const hf_image *image, bool force)
{
    hf_flash_report report;
    hf_dfu_options options = {.address = product_application(it), .boot = true, .force = force};
    if (usb.context == NULL) {
        plug();
    }
    refusal = (hf_problem){0};
    hf_error error = hf_flash_dfu(&usb, image->bytes, image->size, &options, &(hf_listener){0}, &report, &refusal);
    print_message("  %s\n", error ? refusal.what : "updated");
    return error;
}

hf_error update(way_in way, const hf_image *image, bool force)
{
    const hf_listener silent = {.progress = no_progress};
    switch (way) {
    case FAST: return update_by_wire(HF_PROTOCOL_FAST, image, force, &silent);
    case CLASSIC: return update_by_wire(HF_PROTOCOL_CLASSIC, image, force, &silent);
    case AN3155: return an3155_update(&tapped, &it->description, image, &silent) ? HF_OK : HF_E_NAK;
    default: return update_by_usb(image, force);
    }
}

void expect_installed(const sealed *image)
{
    assert_true(signed_starts(it, INSTALLING));
    assert_true(holds(image));
    expect_secret(image);
}
