// SPDX-License-Identifier: MIT
// The bootloader's image check on the host, level "signed", with flash that is an array. Its headers and libholdfast's
// use the same names for different things, so this is all that a test sees of it.
#ifndef HF_TEST_DEVICE_H
#define HF_TEST_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The application slot, erased.
void device_erase(void);
// Writes bytes at an offset into the slot.
void device_write(uint32_t offset, const void *bytes, size_t size);
uint32_t device_slot_size(void);

// The key with this id counts no more; 0: all do.
void device_revoke(uint32_t id);

// What the check says: "ok", or the name of the error without HF_E_. Fails the test when the check read outside the slot.
const char *device_check(void);

// The address it was told to start, 0 when it refused to.
uint32_t device_start(void);

// The digest of the first size bytes of the slot, least significant word first.
void device_sha256(uint32_t size, uint32_t digest[8]);

// x and y in Montgomery's form.
bool device_verify(const uint32_t x[8], const uint32_t y[8], const uint32_t digest[8], const uint32_t r[8],
                   const uint32_t s[8]);

#endif
