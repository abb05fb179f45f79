// SPDX-License-Identifier: MIT
// Boards that ask for no protection.
#include "protect.h"

void hf_protect(void)
{
}

struct hf_protection hf_protection(void)
{
    return (struct hf_protection){HF_PROTECTION_UNTOLD, HF_PROTECTION_UNTOLD};
}
