// SPDX-License-Identifier: MIT
// boot/transit.c with flash that is an array, programmed as that of an STM32F4: bits fall, and a unit that then reads otherwise
// than it was meant is an error. Two of them, which differ in their keys.
#ifndef HF_TEST_TRANSIT_DEVICE_H
#define HF_TEST_TRANSIT_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include "hf_failures.h"

#define DEVICE_SECTOR  256u // small, so that images span many
#define DEVICE_SECTORS 32u
#define DEVICE_SIZE    (DEVICE_SECTORS * DEVICE_SECTOR)

// Its errors, under names that libholdfast does not have, too.
enum {
    DEVICE_OK,
#define DEVICE_ERROR(name, number, words) DEVICE_##name = (number),
    HF_FAILURES(DEVICE_ERROR)
#undef DEVICE_ERROR
};

// Offsets are from the first byte of the receiving area; functions return one of these errors.
struct transit_device {
    uint8_t *flash;
    int (*erase)(uint32_t sector);
    int (*write)(uint32_t offset, const uint8_t *data, uint32_t size);
    int (*crc32)(uint32_t offset, uint32_t size, uint32_t *crc);
    void (*block)(const uint32_t key[8], const uint32_t nonce[3], uint32_t nth, uint32_t block[16]); // ChaCha20's
};

extern const struct transit_device device_a, device_b;

#endif
