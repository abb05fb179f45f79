// SPDX-License-Identifier: MIT
// Strategy "swap": the application and the received image change places, with one block of flash to spare.
//
// The staging area has one block more than the application. The image is received from its second block on, so the
// first is free. Each block of the old application goes into the free one, the new block into its place, and what it
// leaves is free for the next. In the end the old image stands at the start of the staging area and the last block is
// free: the way back is the same dance from the other end. Every block is erased once.
//
//   application  A0 A1 A2        N0 N1 N2
//   staging      -- N0 N1 N2     A0 A1 A2 --
//
// Even steps save a block of the application, odd ones fill its place: a step reads only what no cut in it can touch.
#include "board.h"
#include "steps.h"

#define BLOCKS (HF_APP_SIZE / HF_BLOCK)

_Static_assert(HF_APP_SIZE % HF_BLOCK == 0 && HF_STAGING_SIZE == HF_APP_SIZE + HF_BLOCK, "one block to spare");

const uint32_t hf_steps = 2 * BLOCKS;
const uint32_t hf_backup_address = HF_STAGING_ADDRESS;

hf_err hf_step(bool back, uint32_t step)
{
    uint32_t block = back ? BLOCKS - 1 - step / 2 : step / 2;
    uint32_t app = HF_APP_ADDRESS + block * HF_BLOCK;
    uint32_t lower = HF_STAGING_ADDRESS + block * HF_BLOCK, upper = lower + HF_BLOCK;
    if (step % 2 == 0) {
        return hf_copy(back ? upper : lower, app, HF_BLOCK);
    }
    return hf_copy(app, back ? lower : upper, HF_BLOCK);
}
