// SPDX-License-Identifier: MIT
// What a register header defines, by name, so that a test can tell what it has not looked at.
#ifndef HF_TEST_HEADER_NAMES_H
#define HF_TEST_HEADER_NAMES_H

#include <stdbool.h>

// Calls visit for each macro ("RCC_CR_HSION") and each register of a struct ("rcc_regs.CR") that a
// header in folder defines, padding left out. False when the folder holds no header.
bool header_names(const char *folder, void (*visit)(const char *header, const char *name));

#endif
