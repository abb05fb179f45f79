// SPDX-License-Identifier: MIT
// Included before each file of the bootloader's core: its variables go into sections of their own, so that the machine
// can put them back to what they are at power-on (machine.c).
#pragma clang section bss = "core_bss" data = "core_data"
