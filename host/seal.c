// SPDX-License-Identifier: MIT
// Sealing: first every reason to refuse, then the few bytes that make the difference.
#include "seal.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "hf_image.h"
#include "image_check.h"
#include "transit.h"

static size_t padded(size_t size)
{
    return (size + HF_IMAGE_ALIGN - 1) / HF_IMAGE_ALIGN * HF_IMAGE_ALIGN;
}

static bool all_equal(const hf_image *image, uint8_t value)
{
    for (size_t i = 0; i < image->size; i++) {
        if (image->bytes[i] != value) {
            return false;
        }
    }
    return true;
}

static hf_error refuse_content(const hf_image *image, const hf_area *slot, hf_problem *problem)
{
    if (all_equal(image, 0xFF) || all_equal(image, 0)) {
        return hf_fail(problem, HF_E_EMPTY, "the image is blank: every byte is 0x%02X",
                       image->size ? image->bytes[0] : 0xFF);
    }
    if (image->size < HF_IMAGE_MIN_PAYLOAD) {
        return hf_fail(problem, HF_E_TOO_SMALL, "the image has %zu bytes: a vector table alone takes %u", image->size,
                       HF_IMAGE_MIN_PAYLOAD);
    }
    if (image->has_address && image->address != slot->address) {
        return hf_fail(problem, HF_E_LINK_ADDRESS, "the image is linked for 0x%08X, but the application stands at 0x%08X",
                       (unsigned)image->address, (unsigned)slot->address);
    }
    return HF_OK;
}

static hf_error refuse_reserved(const hf_image *image, bool enciphered, hf_problem *problem)
{
    static const unsigned offsets[] = {HF_IMAGE_OFFSET_MARK, HF_IMAGE_OFFSET_LENGTH, HF_IMAGE_OFFSET_LENGTH_NOT,
                                       HF_IMAGE_OFFSET_NONCE_1, HF_IMAGE_OFFSET_NONCE_2};
    size_t count = enciphered ? 5 : 3;
    if (hf_get32(image->bytes + HF_IMAGE_OFFSET_MARK) == HF_IMAGE_MARK) {
        return hf_fail(problem, HF_E_SEALED_TWICE, "the image is sealed already");
    }
    for (size_t i = 0; i < count; i++) {
        unsigned at = offsets[i];
        uint32_t word = hf_get32(image->bytes + at);
        if (word != 0 && word != 0xFFFFFFFF) {
            return hf_fail(problem, HF_E_RESERVED_USED, "the reserved vector at offset 0x%02X is in use: it holds 0x%08X",
                           at, (unsigned)word);
        }
    }
    return HF_OK;
}

static hf_error refuse_vectors(const hf_image *image, const hf_board *board, const hf_area *slot, hf_problem *problem)
{
    uint32_t sp = hf_get32(image->bytes + HF_IMAGE_OFFSET_SP);
    uint32_t reset = hf_get32(image->bytes + HF_IMAGE_OFFSET_RESET);
    if (sp == 0) {
        return hf_fail(problem, HF_E_STACK, "the initial stack pointer is 0");
    }
    if (!hf_stack_pointer_fits(board, sp)) {
        return hf_fail(problem, HF_E_STACK, "the initial stack pointer 0x%08X is in no RAM of %s", (unsigned)sp,
                       board->chip.name);
    }
    if ((reset & 1) == 0) {
        return hf_fail(problem, HF_E_RESET, "the reset vector 0x%08X has no Thumb bit", (unsigned)reset);
    }
    if (reset < slot->address || reset - slot->address >= image->size) {
        return hf_fail(problem, HF_E_RESET, "the reset vector 0x%08X is outside the image, 0x%08X to 0x%08X",
                       (unsigned)reset, (unsigned)slot->address, (unsigned)(slot->address + image->size - 1));
    }
    return HF_OK;
}

static size_t trailer_size(const hf_seal_options *options)
{
    return options->key == NULL ? sizeof(struct hf_trailer) : HF_TRAILER_SIGNED;
}

static hf_error refuse_size(const hf_image *image, uint32_t room, size_t trailer, hf_problem *problem)
{
    size_t needed = padded(image->size) + trailer;
    if (needed > room) {
        return hf_fail(problem, HF_E_TOO_BIG, "the sealed image needs %zu bytes, the application area has %u: %zu too many",
                       needed, (unsigned)room, needed - room);
    }
    return HF_OK;
}

static hf_error refuse_key(const hf_seal_options *options, hf_problem *problem)
{
    const hf_board *board = options->board;
    if (options->key == NULL) {
        return board->validation == HF_VALIDATION_SIGNED
                   ? hf_fail(problem, HF_E_USAGE, "%s starts signed images only: add --key KEY.pem", board->name)
                   : HF_OK;
    }
    return board->keys_count == 0 || hf_board_trusts(board, options->key)
               ? HF_OK
               : hf_fail(problem, HF_E_FOREIGN_KEY, "the key is none of those that %s trusts", board->name);
}

static hf_error refuse_revocation(const hf_seal_options *options, hf_problem *problem)
{
    const hf_board *board = options->board;
    if (options->revoked_key == 0) {
        return HF_OK;
    }
    if (options->key == NULL || !hf_board_revokes(board)) {
        return hf_fail(problem, HF_E_USAGE, "%s cannot revoke a key%s", board->name,
                       options->key == NULL ? " by an image without signature" : ": its board file has no second one, or "
                       "no place for records");
    }
    hf_point point;
    hf_signing_key_point(options->key, &point);
    if (point.x[0] == options->revoked_key) {
        return hf_fail(problem, HF_E_USAGE, "the key that signs cannot be the one that is revoked: sign with the other one");
    }
    for (size_t i = 0; i < board->keys_count; i++) {
        if (board->keys[i].point.x[0] == options->revoked_key) {
            return HF_OK;
        }
    }
    return hf_fail(problem, HF_E_USAGE, "%s has no key 0x%08X", board->name, (unsigned)options->revoked_key);
}

static hf_error refuse_transit(const hf_seal_options *options, hf_problem *problem)
{
    const hf_board *board = options->board;
    if (options->transit_key == NULL) {
        return HF_OK; // for a debugger, or for programming before the product has its bootloader
    }
    if (!hf_board_enciphers(board)) {
        return hf_fail(problem, HF_E_USAGE, "%s takes images in the clear: its board file has no \"transit_key\"", board->name);
    }
    bool same = !board->has_transit_key || memcmp(&board->transit_key, options->transit_key, sizeof board->transit_key) == 0;
    return same ? HF_OK : hf_fail(problem, HF_E_USAGE, "the transit key is not the one that %s names", board->path);
}

static void put_trailer(uint8_t *at, uint32_t length, const hf_area *slot, const hf_seal_options *options)
{
    memset(at, 0, trailer_size(options));
    hf_put32(at + offsetof(struct hf_trailer, magic), HF_TRAILER_MAGIC);
    hf_put16(at + offsetof(struct hf_trailer, format), HF_IMAGE_FORMAT);
    hf_put16(at + offsetof(struct hf_trailer, size), (uint16_t)trailer_size(options));
    hf_put32(at + offsetof(struct hf_trailer, payload_length), length);
    hf_put32(at + offsetof(struct hf_trailer, load_address), slot->address);
    hf_put32(at + offsetof(struct hf_trailer, product_id), options->product_id);
    hf_put32(at + offsetof(struct hf_trailer, chip_id), options->board->chip.dev_id);
    hf_put32(at + offsetof(struct hf_trailer, version), options->version);
    hf_put32(at + offsetof(struct hf_trailer, security_counter), options->security_counter);
    hf_put32(at + offsetof(struct hf_trailer, revoked_key), options->revoked_key);
}

// What is signed is what the device makes of it; and what travels must be known to be whole without the key.
static hf_error prepare_transit(uint8_t *bytes, uint32_t length, const hf_transit_key *key, hf_problem *problem)
{
    uint8_t *trailer = bytes + length;
    if (key == NULL) {
        return HF_OK;
    }
    hf_error error = hf_transit_put_nonce(key, bytes, length, problem);
    error = error ? error : hf_transit_apply(key, bytes, length, problem);
    hf_put32(trailer + offsetof(struct hf_trailer, flags), HF_FLAG_ENCIPHERED);
    hf_put32(trailer + offsetof(struct hf_trailer, transit_crc32), hf_crc32(0, bytes, length));
    return error ? error : hf_transit_apply(key, bytes, length, problem); // and back
}

hf_error hf_seal(hf_image *image, const hf_seal_options *options, hf_problem *problem)
{
    const hf_area *slot = hf_board_area(options->board, HF_USE_APPLICATION);
    if (slot == NULL) {
        return hf_fail(problem, HF_E_LAYOUT, "%s has no application area", options->board->path);
    }
    hf_error error = refuse_content(image, slot, problem);
    error = error ? error : refuse_reserved(image, options->transit_key != NULL, problem);
    error = error ? error : refuse_vectors(image, options->board, slot, problem);
    error = error ? error : refuse_size(image, hf_board_app_room(options->board), trailer_size(options), problem);
    error = error ? error : refuse_key(options, problem);
    error = error ? error : refuse_revocation(options, problem);
    error = error ? error : refuse_transit(options, problem);
    if (error) {
        return error;
    }

    uint32_t length = (uint32_t)padded(image->size);
    size_t total = length + trailer_size(options);
    uint8_t *bytes = realloc(image->bytes, total);
    if (bytes == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "no memory for %zu bytes", total);
    }
    memset(bytes + image->size, 0xFF, length - image->size);
    hf_put32(bytes + HF_IMAGE_OFFSET_MARK, HF_IMAGE_MARK);
    hf_put32(bytes + HF_IMAGE_OFFSET_LENGTH, length);
    hf_put32(bytes + HF_IMAGE_OFFSET_LENGTH_NOT, ~length);
    put_trailer(bytes + length, length, slot, options);
    error = prepare_transit(bytes, length, options->transit_key, problem);
    size_t covered = length + offsetof(struct hf_trailer, crc32);
    hf_put32(bytes + covered, hf_crc32(0, bytes, covered));

    image->bytes = bytes;
    image->size = total;
    image->address = slot->address;
    image->has_address = true;
    if (!error && options->key != NULL) {
        error = hf_sign_behind(bytes, length + sizeof(struct hf_trailer), options->key, problem);
    }
    return error || options->transit_key == NULL ? error : hf_transit_apply(options->transit_key, bytes, length, problem);
}

bool hf_version_parse(const char *text, uint32_t *version)
{
    static const unsigned long limits[] = {255, 255, 65535};
    unsigned long parts[3];
    for (size_t i = 0; i < 3; i++) {
        if (*text < '0' || *text > '9') { // strtoul would take a sign or a space
            return false;
        }
        char *end;
        parts[i] = strtoul(text, &end, 10);
        if (parts[i] > limits[i] || *end != (i < 2 ? '.' : '\0')) {
            return false;
        }
        text = end + 1;
    }
    *version = HF_VERSION(parts[0], parts[1], parts[2]);
    return true;
}
