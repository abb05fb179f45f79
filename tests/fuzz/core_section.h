// SPDX-License-Identifier: MIT
// Included before each file of the bootloader's core: its variables go into a section of their own, so that the machine
// can put them back to what they are at power-on, which is 0 (machine.c).
#pragma clang section bss = "core_bss"
