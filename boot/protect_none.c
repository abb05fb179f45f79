// SPDX-License-Identifier: MIT
// Boards that ask for no protection.
#include "protect.h"

void hf_protect(void)
{
}
