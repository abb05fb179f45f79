// SPDX-License-Identifier: MIT
// The checks of a sealed image, one function each, in the order in which a failure explains the later ones.
#include "image_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "bytes.h"
#include "hf_image.h"
#include "signing_key.h"

#define UNSEEN "enciphered: it takes the transit key to look"

// Offsets in the trailer, so that it can be read from unaligned bytes of any origin.
#define AT(field) offsetof(struct hf_trailer, field)

typedef struct inspector {
    const uint8_t *bytes;
    size_t size;
    const hf_inspect_context *context;
    hf_inspection *found;
} inspector;

uint32_t hf_crc32(uint32_t crc, const void *bytes, size_t size)
{
    return (uint32_t)crc32_z(crc, bytes, size);
}

const char *hf_check_name(hf_check check)
{
    static const char *const names[HF_CHECKS] = {
        [HF_CHECK_CONTENT] = "content",
        [HF_CHECK_MARK] = "mark",
        [HF_CHECK_LENGTH] = "payload length",
        [HF_CHECK_MAGIC] = "trailer",
        [HF_CHECK_FORMAT] = "trailer format",
        [HF_CHECK_TRANSIT] = "transit",
        [HF_CHECK_CRC] = "CRC-32",
        [HF_CHECK_DIGEST] = "SHA-256",
        [HF_CHECK_SIGNATURE] = "signature",
        [HF_CHECK_STACK] = "stack pointer",
        [HF_CHECK_RESET] = "reset vector",
        [HF_CHECK_LOAD_ADDRESS] = "load address",
        [HF_CHECK_CHIP] = "chip",
        [HF_CHECK_PRODUCT] = "product",
        [HF_CHECK_FIT] = "fit",
    };
    return names[check];
}

__attribute__((format(printf, 4, 5))) static bool judge(inspector *in, hf_check check, bool pass, const char *format,
                                                        ...)
{
    hf_check_result *result = &in->found->checks[check];
    result->verdict = pass ? HF_VERDICT_PASS : HF_VERDICT_FAIL;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(result->words, sizeof result->words, format, arguments);
    va_end(arguments);
    return pass;
}

static bool check_content(inspector *in)
{
    if (in->size < HF_IMAGE_MIN_PAYLOAD) {
        return judge(in, HF_CHECK_CONTENT, false, "%zu bytes: too short for a vector table", in->size);
    }
    in->found->have_vectors = true;
    in->found->stack_pointer = hf_get32(in->bytes + HF_IMAGE_OFFSET_SP);
    in->found->reset_vector = hf_get32(in->bytes + HF_IMAGE_OFFSET_RESET);
    uint32_t first = in->found->stack_pointer;
    if (first == 0xFFFFFFFF || first == 0) {
        return judge(in, HF_CHECK_CONTENT, false, "the first word is 0x%08X: erased or blank", (unsigned)first);
    }
    return judge(in, HF_CHECK_CONTENT, true, "%zu bytes", in->size);
}

static bool check_mark(inspector *in)
{
    uint32_t mark = hf_get32(in->bytes + HF_IMAGE_OFFSET_MARK);
    if (mark != HF_IMAGE_MARK) {
        return judge(in, HF_CHECK_MARK, false, "0x%08X at offset 0x%02X instead of 0x%08X: never sealed",
                     (unsigned)mark, HF_IMAGE_OFFSET_MARK, (unsigned)HF_IMAGE_MARK);
    }
    return judge(in, HF_CHECK_MARK, true, "HFST");
}

static bool check_length(inspector *in)
{
    uint32_t length = hf_get32(in->bytes + HF_IMAGE_OFFSET_LENGTH);
    uint32_t complement = hf_get32(in->bytes + HF_IMAGE_OFFSET_LENGTH_NOT);
    in->found->payload_length = length;
    if (complement != ~length) {
        return judge(in, HF_CHECK_LENGTH, false, "0x%08X and its complement 0x%08X do not agree", (unsigned)length,
                     (unsigned)complement);
    }
    if (length < HF_IMAGE_MIN_PAYLOAD || length % HF_IMAGE_ALIGN != 0) {
        return judge(in, HF_CHECK_LENGTH, false, "%u bytes: not a multiple of %u from %u on", (unsigned)length,
                     HF_IMAGE_ALIGN, HF_IMAGE_MIN_PAYLOAD);
    }
    size_t trailer = sizeof(struct hf_trailer);
    if (in->size < trailer || length > in->size - trailer) {
        return judge(in, HF_CHECK_LENGTH, false, "%u bytes and a trailer of %zu do not fit in %zu: cut short",
                     (unsigned)length, trailer, in->size);
    }
    return judge(in, HF_CHECK_LENGTH, true, "%u bytes", (unsigned)length);
}

static bool check_magic(inspector *in)
{
    const uint8_t *trailer = in->bytes + in->found->payload_length;
    uint32_t magic = hf_get32(trailer + AT(magic));
    if (magic != HF_TRAILER_MAGIC) {
        return judge(in, HF_CHECK_MAGIC, false, "0x%08X at offset 0x%X instead of 0x%08X", (unsigned)magic,
                     (unsigned)in->found->payload_length, (unsigned)HF_TRAILER_MAGIC);
    }
    hf_inspection *found = in->found;
    found->have_trailer = true;
    found->format = hf_get16(trailer + AT(format));
    found->trailer_size = hf_get16(trailer + AT(size));
    found->load_address = hf_get32(trailer + AT(load_address));
    found->product_id = hf_get32(trailer + AT(product_id));
    found->chip_id = hf_get32(trailer + AT(chip_id));
    found->version = hf_get32(trailer + AT(version));
    found->security_counter = hf_get32(trailer + AT(security_counter));
    found->flags = hf_get32(trailer + AT(flags));
    found->revoked_key = hf_get32(trailer + AT(revoked_key));
    found->transit_crc = hf_get32(trailer + AT(transit_crc32));
    found->crc_stored = hf_get32(trailer + AT(crc32));
    found->is_signed = found->trailer_size == HF_TRAILER_SIGNED;
    found->total_size = found->payload_length + (found->is_signed ? HF_TRAILER_SIGNED : sizeof(struct hf_trailer));
    return judge(in, HF_CHECK_MAGIC, true, "HFTR at offset 0x%X", (unsigned)found->payload_length);
}

static bool check_format(inspector *in)
{
    const hf_inspection *found = in->found;
    const uint8_t *trailer = in->bytes + found->payload_length;
    if (found->format != HF_IMAGE_FORMAT) {
        return judge(in, HF_CHECK_FORMAT, false, "format %u is not known here", found->format);
    }
    if (found->trailer_size != sizeof(struct hf_trailer) && !found->is_signed) {
        return judge(in, HF_CHECK_FORMAT, false, "a trailer of %u bytes instead of %zu, or %zu with a signature",
                     found->trailer_size, sizeof(struct hf_trailer), HF_TRAILER_SIGNED);
    }
    if (found->total_size > in->size) {
        return judge(in, HF_CHECK_FORMAT, false, "a trailer of %u bytes does not fit in %zu: cut short",
                     found->trailer_size, in->size);
    }
    uint32_t repeated = hf_get32(trailer + AT(payload_length));
    if (repeated != found->payload_length) {
        return judge(in, HF_CHECK_FORMAT, false, "the trailer says %u payload bytes, the vector table %u",
                     (unsigned)repeated, (unsigned)found->payload_length);
    }
    bool travels = (found->flags & HF_FLAG_ENCIPHERED) != 0;
    uint32_t unknown = (found->flags & ~HF_FLAG_ENCIPHERED) | (travels ? 0 : found->transit_crc);
    for (size_t i = AT(reserved); i < AT(crc32); i += 4) {
        unknown |= hf_get32(trailer + i);
    }
    if (unknown != 0) {
        return judge(in, HF_CHECK_FORMAT, false, "flags or reserved words are set that format 1 does not have");
    }
    if (found->revoked_key != 0 && !found->is_signed) {
        return judge(in, HF_CHECK_FORMAT, false, "a key is revoked by an image that is not signed");
    }
    return judge(in, HF_CHECK_FORMAT, true, "format %u, %u bytes", found->format, found->trailer_size);
}

static bool check_transit(inspector *in)
{
    hf_inspection *found = in->found;
    const hf_board *board = in->context->board;
    found->crc_computed = hf_crc32(0, in->bytes, found->payload_length + AT(crc32));
    if ((found->flags & HF_FLAG_ENCIPHERED) == 0) {
        return board == NULL || !hf_board_enciphers(board)
                   ? judge(in, HF_CHECK_TRANSIT, true, "in the clear")
                   : judge(in, HF_CHECK_TRANSIT, true, "in the clear: for a programmer, no link of %s takes it", board->name);
    }
    uint32_t crc = hf_crc32(0, in->bytes, found->payload_length);
    bool enciphered = crc == found->transit_crc;
    found->travel = enciphered ? HF_TRAVEL_ENCIPHERED : HF_TRAVEL_DECIPHERED;
    if (!enciphered && found->crc_computed != found->crc_stored) {
        return judge(in, HF_CHECK_TRANSIT, false, "neither as it travels (CRC-32 0x%08X instead of 0x%08X) nor deciphered: damaged, or "
                     "another key", (unsigned)crc, (unsigned)found->transit_crc);
    }
    if (board != NULL && !hf_board_enciphers(board)) {
        found->error = HF_E_TRANSIT; // it is not damaged, as others are that fail here
        return judge(in, HF_CHECK_TRANSIT, false, "it travels enciphered, but %s takes images in the clear", board->name);
    }
    return judge(in, HF_CHECK_TRANSIT, true, enciphered ? "enciphered, CRC-32 0x%08X" : "deciphered", (unsigned)crc);
}

static bool check_crc(inspector *in)
{
    hf_inspection *found = in->found;
    if (found->travel == HF_TRAVEL_ENCIPHERED) {
        found->checks[HF_CHECK_CRC] = (hf_check_result){HF_VERDICT_SKIPPED, UNSEEN};
        return true;
    }
    if (found->crc_computed != found->crc_stored) {
        return judge(in, HF_CHECK_CRC, false, "computed 0x%08X, stored 0x%08X", (unsigned)found->crc_computed,
                     (unsigned)found->crc_stored);
    }
    return judge(in, HF_CHECK_CRC, true, "0x%08X", (unsigned)found->crc_stored);
}

// -- signature ------------------------------------------------------------------------------------

static const uint8_t *signature_of(const inspector *in)
{
    return in->bytes + in->found->payload_length + sizeof(struct hf_trailer);
}

static bool check_digest(inspector *in)
{
    const uint8_t *signature = signature_of(in), *stored = signature + offsetof(struct hf_signature, sha256);
    uint8_t digest[32];
    hf_sha256(in->bytes, (size_t)(stored - in->bytes), digest);
    bool same = memcmp(digest, stored, sizeof digest) == 0;
    return judge(in, HF_CHECK_DIGEST, same, "%02x%02x%02x%02x...%s", digest[0], digest[1], digest[2], digest[3],
                 same ? "" : " computed, and another one stored");
}

static const hf_key *key_of(const hf_board *board, uint32_t id)
{
    for (size_t i = 0; i < board->keys_count; i++) {
        if (board->keys[i].point.x[0] == id) {
            return &board->keys[i];
        }
    }
    return NULL;
}

static void get_words(const uint8_t *at, uint32_t words[HF_POINT_WORDS])
{
    for (size_t i = 0; i < HF_POINT_WORDS; i++) {
        words[i] = hf_get32(at + 4 * i);
    }
}

static void verify(inspector *in, const hf_key *key)
{
    const uint8_t *signature = signature_of(in);
    uint32_t r[HF_POINT_WORDS], s[HF_POINT_WORDS];
    get_words(signature + offsetof(struct hf_signature, r), r);
    get_words(signature + offsetof(struct hf_signature, s), s);
    bool good = hf_signature_good(&key->point, signature + offsetof(struct hf_signature, sha256), r, s);
    judge(in, HF_CHECK_SIGNATURE, good, "%s by key %s (0x%08X)", good ? "made" : "not made", key->name,
          (unsigned)in->found->key_id);
}

static void check_signature(inspector *in)
{
    const hf_board *board = in->context->board;
    hf_check_result *result = &in->found->checks[HF_CHECK_SIGNATURE];
    bool wanted = board != NULL && board->validation == HF_VALIDATION_SIGNED;
    if (!in->found->is_signed) {
        in->found->checks[HF_CHECK_DIGEST] = (hf_check_result){HF_VERDICT_SKIPPED, "the image is not signed"};
        *result = (hf_check_result){wanted ? HF_VERDICT_FAIL : HF_VERDICT_SKIPPED, "the image is not signed"};
        return;
    }
    in->found->key_id = hf_get32(signature_of(in) + offsetof(struct hf_signature, key_id));
    if (hf_get32(signature_of(in) + offsetof(struct hf_signature, magic)) != HF_SIGNATURE_MAGIC) {
        judge(in, HF_CHECK_SIGNATURE, false, "no signature behind the trailer");
        return;
    }
    if (in->found->travel == HF_TRAVEL_ENCIPHERED) {
        in->found->checks[HF_CHECK_DIGEST] = *result = (hf_check_result){HF_VERDICT_SKIPPED, UNSEEN};
        return;
    }
    if (!check_digest(in)) {
        return;
    }
    if (board == NULL || board->keys_count == 0) {
        *result = (hf_check_result){HF_VERDICT_SKIPPED, "cannot be judged without a board that has keys"};
        return;
    }
    if (in->found->revoked_key == in->found->key_id) {
        judge(in, HF_CHECK_SIGNATURE, false, "by key 0x%08X, which the image itself revokes", (unsigned)in->found->key_id);
        return;
    }
    const hf_key *key = key_of(board, in->found->key_id);
    if (key == NULL) {
        judge(in, HF_CHECK_SIGNATURE, false, "by key 0x%08X, which %s does not know", (unsigned)in->found->key_id,
              board->name);
        return;
    }
    verify(in, key);
}

// -- target ---------------------------------------------------------------------------------------

bool hf_stack_pointer_fits(const hf_board *board, uint32_t address)
{
    if (address % 4 != 0) {
        return false;
    }
    for (size_t i = 0; i < board->chip.ram_count; i++) {
        const hf_region *ram = &board->chip.ram[i];
        // Full-descending: the first push goes below the pointer, so the very end is a good place and the start is not.
        if (address > ram->address && address - ram->address <= ram->size) {
            return true;
        }
    }
    return false;
}

static void check_stack(inspector *in)
{
    uint32_t sp = in->found->stack_pointer;
    const hf_board *board = in->context->board;
    if (board == NULL) {
        bool aligned = sp != 0 && sp % 4 == 0;
        judge(in, HF_CHECK_STACK, aligned, "0x%08X%s", (unsigned)sp, aligned ? " (RAM unknown without a board)" : "");
        return;
    }
    bool fits = hf_stack_pointer_fits(board, sp);
    judge(in, HF_CHECK_STACK, fits, "0x%08X is in %s RAM of %s", (unsigned)sp, fits ? "a" : "no",
          board->chip.name);
}

static void check_reset(inspector *in)
{
    uint32_t reset = in->found->reset_vector;
    uint32_t from = in->found->load_address;
    if ((reset & 1) == 0) {
        judge(in, HF_CHECK_RESET, false, "0x%08X has no Thumb bit", (unsigned)reset);
        return;
    }
    bool within = reset >= from && reset - from < in->found->payload_length;
    judge(in, HF_CHECK_RESET, within, "0x%08X is %s the payload", (unsigned)reset, within ? "in" : "outside");
}

static void check_load_address(inspector *in)
{
    uint32_t load = in->found->load_address;
    const hf_board *board = in->context->board;
    if (in->context->has_address && load != in->context->address) {
        judge(in, HF_CHECK_LOAD_ADDRESS, false, "0x%08X, but the file places it at 0x%08X", (unsigned)load,
              (unsigned)in->context->address);
        return;
    }
    const hf_area *slot = board ? hf_board_area(board, HF_USE_APPLICATION) : NULL;
    if (slot != NULL && load != slot->address) {
        judge(in, HF_CHECK_LOAD_ADDRESS, false, "0x%08X, but the application of %s stands at 0x%08X", (unsigned)load,
              board->name, (unsigned)slot->address);
        return;
    }
    judge(in, HF_CHECK_LOAD_ADDRESS, true, "0x%08X", (unsigned)load);
}

static void check_target(inspector *in)
{
    const hf_board *board = in->context->board;
    if (board == NULL) {
        for (unsigned i = HF_CHECK_CHIP; i <= HF_CHECK_FIT; i++) {
            in->found->checks[i] = (hf_check_result){HF_VERDICT_SKIPPED, "cannot be judged without a board"};
        }
        return;
    }
    const hf_inspection *found = in->found;
    if (found->chip_id == board->chip.dev_id) {
        judge(in, HF_CHECK_CHIP, true, "0x%03X", (unsigned)found->chip_id);
    } else {
        judge(in, HF_CHECK_CHIP, false, "made for chip 0x%03X, but %s has 0x%03X", (unsigned)found->chip_id,
              board->name, board->chip.dev_id);
    }
    if (found->product_id == board->product_id) {
        judge(in, HF_CHECK_PRODUCT, true, "0x%08X", (unsigned)found->product_id);
    } else {
        judge(in, HF_CHECK_PRODUCT, false, "made for product 0x%08X, but %s is 0x%08X", (unsigned)found->product_id,
              board->name, (unsigned)board->product_id);
    }
    const hf_area *slot = hf_board_area(board, HF_USE_APPLICATION);
    if (slot != NULL) {
        bool fits = found->total_size <= hf_board_app_room(board);
        judge(in, HF_CHECK_FIT, fits, "%zu of %u bytes", found->total_size, (unsigned)hf_board_app_room(board));
    }
}

static void conclude(hf_inspection *found)
{
    static const hf_error errors[HF_CHECKS] = {
        [HF_CHECK_CONTENT] = HF_E_NOT_SEALED,        [HF_CHECK_MARK] = HF_E_NOT_SEALED,
        [HF_CHECK_LENGTH] = HF_E_DAMAGED,            [HF_CHECK_MAGIC] = HF_E_DAMAGED,
        [HF_CHECK_FORMAT] = HF_E_DAMAGED,            [HF_CHECK_TRANSIT] = HF_E_DAMAGED,
        [HF_CHECK_CRC] = HF_E_DAMAGED,
        [HF_CHECK_DIGEST] = HF_E_DAMAGED,            [HF_CHECK_SIGNATURE] = HF_E_UNTRUSTED,
        [HF_CHECK_STACK] = HF_E_WRONG_TARGET,        [HF_CHECK_RESET] = HF_E_WRONG_TARGET,
        [HF_CHECK_LOAD_ADDRESS] = HF_E_WRONG_TARGET, [HF_CHECK_CHIP] = HF_E_WRONG_TARGET,
        [HF_CHECK_PRODUCT] = HF_E_WRONG_TARGET,      [HF_CHECK_FIT] = HF_E_WRONG_TARGET,
    };
    for (unsigned i = 0; i < HF_CHECKS; i++) {
        if (found->checks[i].verdict == HF_VERDICT_FAIL) {
            found->error = found->error ? found->error : errors[i];
            found->failed = (hf_check)i;
            return;
        }
    }
}

void hf_image_inspect(const void *bytes, size_t size, const hf_inspect_context *context, hf_inspection *inspection)
{
    *inspection = (hf_inspection){0};
    for (unsigned i = 0; i < HF_CHECKS; i++) {
        inspection->checks[i] = (hf_check_result){HF_VERDICT_SKIPPED, "not reached"};
    }
    inspector in = {bytes, size, context, inspection};
    // Each of these needs what the one before it established.
    if (check_content(&in) && check_mark(&in) && check_length(&in) && check_magic(&in)) {
        if (check_format(&in) && check_transit(&in)) {
            check_crc(&in);
            check_signature(&in);
        }
        check_stack(&in);
        check_reset(&in);
        check_load_address(&in);
        check_target(&in);
    }
    conclude(inspection);
}
