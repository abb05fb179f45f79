// SPDX-License-Identifier: MIT
// Strategy "external": the image has been received in an external flash. With room for two, the old one is kept there first;
// then the new one is copied over it, block by block. Both copies in the external flash stay as they are until the next
// update, so every step may be repeated, whatever a cut has left in the block it writes.
//
// A block is what both flashes erase in whole sectors. Blocks behind the end of an image are left alone.
#include "board.h"
#include "hf_image.h"
#include "image.h"
#include "port.h"
#include "steps.h"
#include "trial.h"

#define KEEPS_OLD (HF_BACKUP_ADDRESS != 0)

const uint32_t hf_steps = HF_APP_SECTORS * (KEEPS_OLD ? 2 : 1);
const uint32_t hf_backup_address = HF_BACKUP_ADDRESS;

static uint32_t block_end(uint32_t at)
{
    do {
        at = hf_port.flash.sector_end(at);
    } while ((at - HF_APP_ADDRESS) % HF_EXTERNAL_BLOCK != 0 && at - HF_APP_ADDRESS < HF_APP_SIZE);
    return at;
}

// Bytes that must be copied of the image at base. What claims to be longer than the slot, or is no image, is as long as that.
static uint32_t size_at(uint32_t base)
{
    uint32_t words[2] = {0, 0};
    hf_err err = hf_port.flash.read(base + HF_IMAGE_OFFSET_LENGTH, words, sizeof words);
    bool sane = err == HF_OK && words[0] == ~words[1] && words[0] < HF_APP_SIZE - HF_TRAILER_SIGNED;
    return sane ? words[0] + HF_TRAILER_SIGNED : HF_APP_SIZE;
}

// Copies the nth block of the image at from, when it has so many, to the same place in the slot at to.
static hf_err copy_block(uint32_t to, uint32_t from, uint32_t nth)
{
    uint32_t at = HF_APP_ADDRESS;
    while (nth-- > 0 && at - HF_APP_ADDRESS < HF_APP_SIZE) {
        at = block_end(at);
    }
    uint32_t offset = at - HF_APP_ADDRESS;
    return offset < size_at(from) ? hf_copy(to + offset, from + offset, block_end(at) - at) : HF_OK;
}

static hf_err install(uint32_t from, uint32_t block)
{
    hf_err err = block == 0 ? hf_trial_forget() : HF_OK;
    return err == HF_OK ? copy_block(HF_APP_ADDRESS, from, block) : err;
}

// An old image that does not read cannot be kept, and is no reason to refuse the new one. What is there of it then is judged
// before it is ever brought back.
static hf_err keep_old(uint32_t block)
{
    hf_err err = copy_block(HF_BACKUP_ADDRESS, HF_APP_ADDRESS, block);
    return err == HF_E_ECC ? HF_OK : err;
}

hf_err hf_step(bool back, uint32_t step)
{
    if (back) {
        return step < HF_APP_SECTORS ? install(HF_BACKUP_ADDRESS, step) : HF_OK;
    }
    if (KEEPS_OLD && step < HF_APP_SECTORS) {
        return keep_old(step);
    }
    return install(HF_RECEIVE_ADDRESS, step - (KEEPS_OLD ? HF_APP_SECTORS : 0));
}
