// SPDX-License-Identifier: MIT
// Protection that the chip enforces: protect.c, or protect_none.c for boards that ask for none.
#ifndef HF_BOOT_PROTECT_H
#define HF_BOOT_PROTECT_H

// Brings the chip's protection to what the board file wants; never takes any back. Costs a look when it is in force.
void hf_protect(void);

#endif
