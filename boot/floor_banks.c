// SPDX-License-Identifier: MIT
// Downgrades are refused with bank swap. Each bank's records hold the floor as it was known when its image was started for good;
// the highest of both counts, so the bank that is received into may lose its own.
#include "floor.h"

#include "bank.h"
#include "hf_image.h"
#include "image.h"

enum { VERSION, COUNTER, NUMBERS };

static void raise_to(uint32_t floor[NUMBERS], const uint32_t level[NUMBERS])
{
    for (unsigned i = 0; i < NUMBERS; i++) {
        floor[i] = level[i] > floor[i] ? level[i] : floor[i];
    }
}

static void floor_now(uint32_t floor[NUMBERS])
{
    uint32_t there[NUMBERS] = {0, 0};
    floor[VERSION] = floor[COUNTER] = 0;
    (void)hf_bank_floor(HF_BANK_HERE, floor);
    (void)hf_bank_floor(HF_BANK_PEER, there);
    raise_to(floor, there);
}

static hf_err level_of(uint32_t base, uint32_t level[NUMBERS])
{
    struct hf_trailer trailer;
    hf_err err = hf_image_trailer(base, &trailer);
    level[VERSION] = trailer.version;
    level[COUNTER] = trailer.security_counter;
    return err;
}

hf_err hf_floor_check(uint32_t base)
{
    uint32_t floor[NUMBERS], level[NUMBERS];
    floor_now(floor);
    hf_err err = level_of(base, level);
    if (err != HF_OK) {
        return err;
    }
    if (level[COUNTER] < floor[COUNTER]) {
        return HF_E_COUNTER;
    }
    return level[VERSION] < floor[VERSION] && !HF_DOWNGRADE_ALLOWED ? HF_E_VERSION : HF_OK;
}

// Written here, never there: what is received voids the other bank's.
static hf_err keep(const uint32_t floor[NUMBERS])
{
    uint32_t here[NUMBERS] = {0, 0};
    (void)hf_bank_floor(HF_BANK_HERE, here);
    bool known = here[VERSION] == floor[VERSION] && here[COUNTER] == floor[COUNTER];
    return known ? HF_OK : hf_bank_put_floor(HF_BANK_HERE, floor);
}

hf_err hf_floor_raise(void)
{
    uint32_t floor[NUMBERS], level[NUMBERS];
    floor_now(floor);
    hf_err err = level_of(HF_APP_ADDRESS, level);
    if (err != HF_OK) {
        return err;
    }
    raise_to(floor, level);
    return keep(floor);
}

hf_err hf_floor_keep(void)
{
    uint32_t floor[NUMBERS];
    floor_now(floor);
    return keep(floor);
}

// Records that only rise cannot take it: an order that lowers the floor is for boards that keep a journal.
hf_err hf_floor_override(uint32_t version)
{
    (void)version;
    return HF_E_ORDER;
}
