// SPDX-License-Identifier: MIT
// Looks at an image as the bootloader would, and says what each check found.
#ifndef HF_IMAGE_CHECK_H
#define HF_IMAGE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "hf_layout.h"

typedef enum hf_check {
    HF_CHECK_CONTENT,      // not erased, and long enough to hold the reserved vectors
    HF_CHECK_MARK,         // it was sealed
    HF_CHECK_LENGTH,       // payload length: complement, alignment, minimum, room for the trailer
    HF_CHECK_MAGIC,        // a trailer stands where the length says
    HF_CHECK_FORMAT,       // its format is known, its size and payload length are right, nothing unknown is set
    HF_CHECK_TRANSIT,      // an image that travels enciphered is whole, as it travels or deciphered
    HF_CHECK_CRC,          // CRC-32 of payload and trailer
    HF_CHECK_DIGEST,       // SHA-256 of what is signed
    HF_CHECK_SIGNATURE,    // by one of the board's keys; an unsigned image fails only where the board wants signatures
    HF_CHECK_STACK,        // initial stack pointer
    HF_CHECK_RESET,        // reset vector
    HF_CHECK_LOAD_ADDRESS, // the trailer's load address: that of the file and of the board
    HF_CHECK_CHIP,
    HF_CHECK_PRODUCT,
    HF_CHECK_FIT,          // payload and trailer fit the board's application area
    HF_CHECKS
} hf_check;

typedef enum hf_verdict {
    HF_VERDICT_PASS,
    HF_VERDICT_FAIL,
    HF_VERDICT_SKIPPED, // could not be judged: an earlier check failed, or it needs a board
} hf_verdict;

typedef struct hf_check_result {
    hf_verdict verdict;
    char words[160]; // what was found, with numbers
} hf_check_result;

typedef enum hf_travel {
    HF_TRAVEL_CLEAR,
    HF_TRAVEL_ENCIPHERED, // what is checked by content is not to be seen: CRC-32, digest, signature
    HF_TRAVEL_DECIPHERED, // it travels enciphered, and this is what the device makes of it
} hf_travel;

// Fields hold 0 when the image is too short or not sealed (have_vectors and have_trailer say so).
typedef struct hf_inspection {
    bool have_vectors, have_trailer;
    uint32_t stack_pointer, reset_vector;
    uint32_t payload_length;
    uint16_t format, trailer_size;
    uint32_t load_address, product_id, chip_id, version, security_counter, flags, revoked_key;
    hf_travel travel;
    uint32_t transit_crc;
    uint32_t crc_stored, crc_computed;
    bool is_signed;
    uint32_t key_id;
    size_t total_size; // payload and trailer; bytes behind them do not belong to the image
    hf_check_result checks[HF_CHECKS];
    hf_error error;    // HF_OK, or the error of the first failed check: HF_E_NOT_SEALED, HF_E_DAMAGED,
                       // HF_E_UNTRUSTED, HF_E_WRONG_TARGET
    hf_check failed;   // the first failed check, when error is set
} hf_inspection;

// What the image is for. Without a board the checks that need one compare the image with itself or are skipped.
typedef struct hf_inspect_context {
    const hf_board *board; // or NULL
    bool has_address;      // the file says where its first byte belongs
    uint32_t address;
} hf_inspect_context;

// Inspects any bytes: nothing outside [bytes, bytes + size) is read, whatever the fields say.
void hf_image_inspect(const void *bytes, size_t size, const hf_inspect_context *context, hf_inspection *inspection);

// "payload length", for reports and JSON keys ("payload_length" with underscore).
const char *hf_check_name(hf_check check);

// True when address is a place for an initial stack pointer: just behind or inside a RAM of the board, 4-byte aligned.
bool hf_stack_pointer_fits(const hf_board *board, uint32_t address);

// CRC-32 as zlib and crc32(1) compute it, to be continued: start with 0.
uint32_t hf_crc32(uint32_t crc, const void *bytes, size_t size);

#endif
