// SPDX-License-Identifier: MIT
// The sealed image: the only format the bootloader starts. Every byte is specified in docs/image-format.md.
//
// A sealed image is an ordinary Cortex-M image (vector table first) with two additions: three vectors that the
// architecture reserves (Armv7-M ARM B1.5.2, exceptions 8, 9, 10) hold the mark and the payload length, and a
// trailer stands behind the payload. All fields are little-endian.
#ifndef HF_IMAGE_H
#define HF_IMAGE_H

#include <stdint.h>

#define HF_IMAGE_MARK          0x54534648u // "HFST" in memory order
#define HF_TRAILER_MAGIC       0x52544648u // "HFTR" in memory order
#define HF_IMAGE_FORMAT        1u
#define HF_IMAGE_ALIGN         32u // payload length is a multiple of this: the largest program unit (H7 flash word)
#define HF_IMAGE_MIN_PAYLOAD   64u // room for the reserved vectors, and one aligned unit more

// Byte offsets into the vector table.
#define HF_IMAGE_OFFSET_SP         0x00u
#define HF_IMAGE_OFFSET_RESET      0x04u
#define HF_IMAGE_OFFSET_NONCE_1    0x1Cu // of an enciphered image; in others the application's, or 0
#define HF_IMAGE_OFFSET_MARK       0x20u // HF_IMAGE_MARK
#define HF_IMAGE_OFFSET_LENGTH     0x24u // payload length in bytes = offset of the trailer
#define HF_IMAGE_OFFSET_LENGTH_NOT 0x28u // its complement
#define HF_IMAGE_OFFSET_NONCE_2    0x34u

// An enciphered image is one on its way: behind these bytes its payload is the exclusive or of what is signed and the key
// stream of ChaCha20 (RFC 8439), byte for byte at the same offset. Nonce: HF_IMAGE_MARK, then the two words above.
#define HF_IMAGE_CLEAR 64u

#define HF_FLAG_ENCIPHERED 1u // the image travels enciphered; set in what is signed, so also where it has been deciphered

// Product id that any product accepts is none: 0 is a product like others.
struct hf_trailer {
    uint32_t magic;            // HF_TRAILER_MAGIC
    uint16_t format;           // HF_IMAGE_FORMAT
    uint16_t size;             // bytes behind the payload: 64, or 192 with a signature
    uint32_t payload_length;   // repeated from the vector table
    uint32_t load_address;     // where the payload's first byte must stand
    uint32_t product_id;       // the board file's product id
    uint32_t chip_id;          // DBGMCU_IDCODE.DEV_ID of the part it was linked for
    uint32_t version;          // HF_VERSION(major, minor, patch)
    uint32_t security_counter; // never falls (0 = not used)
    uint32_t flags;            // HF_FLAG_ENCIPHERED, else 0
    uint32_t revoked_key;      // id of a key that no longer counts once this image has proved itself; 0: none
    uint32_t transit_crc32;    // with HF_FLAG_ENCIPHERED, CRC-32 of the payload as it travels; else 0
    uint32_t reserved[4];      // 0
    uint32_t crc32;            // common CRC-32 (zlib) of payload and trailer up to here
};

_Static_assert(sizeof(struct hf_trailer) == 64, "the trailer is a wire format");

// Follows the trailer of a signed image. ECDSA on P-256 over the SHA-256 of payload, trailer and this struct up to its
// sha256. r and s are 256-bit numbers, least significant word first.
struct hf_signature {
    uint32_t magic;       // HF_SIGNATURE_MAGIC
    uint32_t key_id;      // the low 32 bits of the key's x coordinate
    uint32_t reserved[6]; // 0
    uint32_t sha256[8];   // as bytes, in the usual order
    uint32_t r[8], s[8];
};

_Static_assert(sizeof(struct hf_signature) == 128, "the signature is a wire format");

#define HF_SIGNATURE_MAGIC 0x47534648u // "HFSG" in memory order
#define HF_TRAILER_SIGNED  (sizeof(struct hf_trailer) + sizeof(struct hf_signature)) // trailer.size when signed

#define HF_VERSION(major, minor, patch) (((uint32_t)(major) << 24) | ((uint32_t)(minor) << 16) | (uint32_t)(patch))
#define HF_VERSION_MAJOR(v)             ((v) >> 24)
#define HF_VERSION_MINOR(v)             (((v) >> 16) & 0xFFu)
#define HF_VERSION_PATCH(v)             ((v) & 0xFFFFu)

#endif
