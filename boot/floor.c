// SPDX-License-Identifier: MIT
// Downgrades are refused. HF_DOWNGRADE_ALLOWED lets the version fall, an override does once, and records tell of it; the
// security counter never falls.
#include "floor.h"

#include "board.h"
#include "hf_image.h"
#include "image.h"
#include "records.h"

struct level {
    uint32_t version, counter;
};

static struct level floor_now(void)
{
    uint32_t words[2] = {0, 0};
    (void)hf_record_find(HF_RECORD_FLOOR, words);
    return (struct level){words[0], words[1]};
}

static hf_err level_of(uint32_t base, struct level *level)
{
    struct hf_trailer trailer;
    hf_err err = hf_image_trailer(base, &trailer);
    *level = (struct level){trailer.version, trailer.security_counter};
    return err;
}

hf_err hf_floor_check(uint32_t base)
{
    struct level floor = floor_now(), image;
    hf_err err = level_of(base, &image);
    if (err != HF_OK) {
        return err;
    }
    if (image.counter < floor.counter) {
        return HF_E_COUNTER;
    }
    return image.version < floor.version && !HF_DOWNGRADE_ALLOWED ? HF_E_VERSION : HF_OK;
}

hf_err hf_floor_raise(void)
{
    struct level floor = floor_now(), image;
    hf_err err = level_of(HF_APP_ADDRESS, &image);
    if (err != HF_OK || (image.version == floor.version && image.counter == floor.counter)) {
        return err;
    }
    return hf_record_append(HF_RECORD_FLOOR, image.version, image.counter);
}

// First the record that tells of it, then the fall: a cut between them leaves a floor that is as it was.
hf_err hf_floor_override(uint32_t version)
{
    struct level floor = floor_now();
    uint32_t lower = version < floor.version ? version : floor.version;
    hf_err err = hf_record_append(HF_RECORD_OVERRIDE, floor.version, lower);
    return err == HF_OK ? hf_record_append(HF_RECORD_FLOOR, lower, floor.counter) : err;
}
