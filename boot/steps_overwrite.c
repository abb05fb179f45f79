// SPDX-License-Identifier: MIT
// Strategy "overwrite": the received image is copied over the application sector by sector, and stays as the copy to
// restore it from. Sectors may be of any size, and the staging area's need not be like the application's.
#include "board.h"
#include "port.h"
#include "steps.h"

const uint32_t hf_steps = HF_APP_SECTORS;
const uint32_t hf_backup_address = 0;

hf_err hf_step(bool back, uint32_t step)
{
    (void)back; // there is no way back
    uint32_t at = HF_APP_ADDRESS;
    while (step-- > 0) {
        at = hf_port.flash.sector_end(at);
    }
    return hf_copy(at, at - HF_APP_ADDRESS + HF_RECEIVE_ADDRESS, hf_port.flash.sector_end(at) - at);
}
