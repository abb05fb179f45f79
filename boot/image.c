// SPDX-License-Identifier: MIT
// What every validation level checks: erased flash, initial stack pointer, reset vector (Armv7-M ARM B1.5.5).
#include "image.h"

#include "board.h"
#include "hf_image.h"
#include "port.h"

// The stack is full-descending: a stack pointer equal to the end of a RAM is the usual one, its start leaves no room.
static bool stack_pointer_is_sane(uint32_t sp)
{
#define HF_IN_REGION(start, end) || (sp > (start) && sp <= (end))
    return sp % 4 == 0 && (false HF_STACK_REGIONS(HF_IN_REGION));
#undef HF_IN_REGION
}

static bool reset_vector_is_sane(uint32_t reset)
{
    return (reset & 1u) != 0 && reset - HF_APP_ADDRESS < HF_APP_SIZE;
}

hf_err hf_image_check_at(uint32_t base)
{
    uint32_t vectors[HF_VECTORS_READ];
    hf_err err = hf_port.flash.read(base, vectors, sizeof vectors);
    if (err != HF_OK) {
        return err;
    }
    if (vectors[0] == 0xFFFFFFFFu || vectors[0] == 0) {
        return HF_E_ERASED;
    }
    if (!stack_pointer_is_sane(vectors[0])) {
        return HF_E_STACK;
    }
    if (!reset_vector_is_sane(vectors[1])) {
        return HF_E_RESET_VECTOR;
    }
    return hf_validate(base, vectors);
}

hf_err hf_image_trailer(uint32_t base, struct hf_trailer *trailer)
{
    uint32_t length = 0;
    hf_err err = hf_port.flash.read(base + HF_IMAGE_OFFSET_LENGTH, &length, sizeof length);
    if (length % 4 != 0 || length > HF_APP_SIZE - sizeof *trailer) {
        return HF_E_LENGTH; // no sealed image
    }
    return err == HF_OK ? hf_port.flash.read(base + length, trailer, sizeof *trailer) : err;
}

hf_err hf_image_check(void)
{
    return hf_image_check_at(HF_APP_ADDRESS);
}
