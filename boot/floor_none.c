// SPDX-License-Identifier: MIT
// No floor: the board file does not ask for downgrade protection.
#include "floor.h"

hf_err hf_floor_check(uint32_t base)
{
    (void)base;
    return HF_OK;
}

hf_err hf_floor_raise(void)
{
    return HF_OK;
}

hf_err hf_floor_keep(void)
{
    return HF_OK;
}

hf_err hf_floor_override(uint32_t version)
{
    (void)version;
    return HF_E_ORDER;
}
