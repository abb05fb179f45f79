// SPDX-License-Identifier: MIT
// Downgrades are refused. HF_DOWNGRADE_ALLOWED lets the version fall, an override does once, and records tell of it; the
// security counter never falls.
#include "floor.h"

#include "board.h"
#include "hf_image.h"
#include "image.h"
#include "records.h"

enum { VERSION, COUNTER, NUMBERS };

static void floor_now(uint32_t floor[NUMBERS])
{
    (void)hf_record_find(HF_RECORD_FLOOR, floor); // without one everything is above it
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

hf_err hf_floor_raise(void)
{
    uint32_t floor[NUMBERS], level[NUMBERS];
    floor_now(floor);
    hf_err err = level_of(HF_APP_ADDRESS, level);
    if (err != HF_OK || (level[VERSION] == floor[VERSION] && level[COUNTER] == floor[COUNTER])) {
        return err;
    }
    return hf_record_append(HF_RECORD_FLOOR, level[VERSION], level[COUNTER]);
}

// First the record that tells of it, then the fall: a cut between them leaves a floor that is as it was.
hf_err hf_floor_override(uint32_t version)
{
    uint32_t floor[NUMBERS];
    floor_now(floor);
    uint32_t lower = version < floor[VERSION] ? version : floor[VERSION];
    hf_err err = hf_record_append(HF_RECORD_OVERRIDE, floor[VERSION], lower);
    return err == HF_OK ? hf_record_append(HF_RECORD_FLOOR, lower, floor[COUNTER]) : err;
}
