// SPDX-License-Identifier: MIT
// A fence around the bootloader: while it runs, nothing outside its own flash may be executed. A return address with a wrong
// bit leads into a fault instead of an application that nobody has checked. Armv7-M ARM (DDI 0403) B3.5.
//
// The regions overlap, and the one with the higher number counts: flash and RAM are never executed, the bootloader is. What
// no region holds is as the architecture has it: peripherals are never executed. A region's size is a power of two; where
// the bootloader's area is none, the eighths behind it are not part of the region.
#include "board.h"
#include "drivers.h"
#include "regs/cortex_m.h"

// The size of a region, as RASR has it: 2^(n + 1).
#define SIZE_OF(bytes) ((31u - (uint32_t)__builtin_clz(bytes) - 1u) << MPU_RASR_SIZE_POS)
#define CODE_AND_RAM   (1u << 30) // the lowest gigabyte

#define BOOT_REGION    (1u << (32 - __builtin_clz(HF_BOOT_SIZE - 1u))) // that the bootloader fits
#define BOOT_EIGHTHS   (HF_BOOT_SIZE / (BOOT_REGION / 8u))
#define BEHIND_BOOT    ((0xFFu << BOOT_EIGHTHS & 0xFFu) << MPU_RASR_SRD_POS)

_Static_assert(HF_BOOT_SIZE % (BOOT_REGION / 8u) == 0 && HF_BOOT_ADDRESS % BOOT_REGION == 0,
               "the bootloader's area is no number of eighths of a region; take the next power of two");

void fence_up(void)
{
    MPU->RBAR = MPU_RBAR_VALID | 0;
    MPU->RASR = MPU_RASR_XN | MPU_RASR_FULL_ACCESS | MPU_RASR_NORMAL | SIZE_OF(CODE_AND_RAM) | MPU_RASR_ENABLE;
    MPU->RBAR = HF_BOOT_ADDRESS | MPU_RBAR_VALID | 1;
    MPU->RASR = MPU_RASR_FULL_ACCESS | MPU_RASR_NORMAL | BEHIND_BOOT | SIZE_OF(BOOT_REGION) | MPU_RASR_ENABLE;
    MPU->CTRL = MPU_CTRL_PRIVDEFENA | MPU_CTRL_ENABLE;
    __asm__ volatile("dsb\n isb" ::: "memory");
}

void fence_down(void)
{
    MPU->CTRL = 0;
    MPU->RASR = 0; // of the region that was chosen last
    MPU->RBAR = MPU_RBAR_VALID | 0;
    MPU->RASR = 0;
    __asm__ volatile("dsb\n isb" ::: "memory");
}
