// SPDX-License-Identifier: MIT
// The whole bootloader, from reset on: the boot decision, and update mode for ever.
#include "boot.h"

int main(void)
{
    hf_boot();
}
