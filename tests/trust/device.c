// SPDX-License-Identifier: MIT
// The bootloader's side of the tests on signatures.
#include "device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "board.h"
#include "image.h"
#include "keys.h"
#include "p256.h"
#include "port.h"
#include "sha256.h"

static uint8_t slot[HF_APP_SIZE];
static uint32_t outside; // the first address read outside the slot
static uint32_t started;
static jmp_buf leave;

void device_erase(void)
{
    memset(slot, 0xFF, sizeof slot);
}

void device_write(uint32_t offset, const void *bytes, size_t size)
{
    assert_true(offset <= sizeof slot && size <= sizeof slot - offset);
    memcpy(slot + offset, bytes, size);
}

uint32_t device_slot_size(void)
{
    return HF_APP_SIZE;
}

static hf_err read(uint32_t address, void *to, uint32_t size)
{
    uint32_t offset = address - HF_APP_ADDRESS;
    if (offset > HF_APP_SIZE || size > HF_APP_SIZE - offset || address % 4 != 0 || size % 4 != 0) {
        outside = outside == 0 ? address : outside;
        memset(to, 0, size);
        return HF_OK;
    }
    memcpy(to, slot + offset, size);
    return HF_OK;
}

static uint32_t revoked;

void device_revoke(uint32_t id)
{
    revoked = id;
}

bool hf_key_is_revoked(uint32_t id)
{
    return revoked != 0 && revoked == id;
}

static void read_much(bool on)
{
    (void)on;
}

static __attribute__((noreturn)) void start(uint32_t vectors)
{
    started = vectors;
    longjmp(leave, 1);
}

const struct hf_port hf_port = {
    .flash = {.read = read, .read_much = read_much},
    .system = {.start = start},
};

static const char *name_of(hf_err err)
{
    static const char *const names[] = {
        [HF_OK] = "ok",           [HF_E_ERASED] = "ERASED",   [HF_E_STACK] = "STACK",
        [HF_E_RESET_VECTOR] = "RESET_VECTOR",                 [HF_E_MARK] = "MARK",
        [HF_E_LENGTH] = "LENGTH", [HF_E_TRAILER] = "TRAILER", [HF_E_LOAD_ADDRESS] = "LOAD_ADDRESS",
        [HF_E_PRODUCT] = "PRODUCT", [HF_E_CHIP] = "CHIP",     [HF_E_KEY] = "KEY",
        [HF_E_DIGEST] = "DIGEST", [HF_E_SIGNATURE] = "SIGNATURE",
    };
    return err < sizeof names / sizeof names[0] && names[err] != NULL ? names[err] : "another";
}

static void assert_inside(void)
{
    if (outside != 0) {
        fail_msg("the check read at 0x%08X, outside the slot", (unsigned)outside);
    }
}

const char *device_check(void)
{
    outside = 0;
    const char *verdict = name_of(hf_image_check());
    assert_inside();
    return verdict;
}

uint32_t device_start(void)
{
    started = 0;
    if (setjmp(leave) == 0) {
        hf_image_start(hf_image_check());
    }
    return started;
}

void device_sha256(uint32_t size, uint32_t digest[8])
{
    outside = 0;
    assert_int_equal(hf_sha256(HF_APP_ADDRESS, size, digest), HF_OK);
    assert_inside();
}

bool device_verify(const uint32_t x[8], const uint32_t y[8], const uint32_t digest[8], const uint32_t r[8],
                   const uint32_t s[8])
{
    struct hf_p256_key key = {.id = 0};
    memcpy(key.x, x, sizeof key.x);
    memcpy(key.y, y, sizeof key.y);
    return hf_p256_verify(&key, digest, r, s);
}
