// SPDX-License-Identifier: MIT
// A fence around the bootloader: while it runs, nothing outside its own flash may be executed. A return address with a wrong
// bit leads into a fault instead of an application that nobody has checked. Armv7-M ARM (DDI 0403) B3.5.
//
// The regions overlap, and the one with the higher number counts: flash and RAM are never executed, the bootloader is. What
// no region holds is as the architecture has it: peripherals are never executed.
#include "board.h"
#include "drivers.h"
#include "regs/cortex_m.h"

_Static_assert((HF_BOOT_SIZE & (HF_BOOT_SIZE - 1)) == 0 && HF_BOOT_ADDRESS % HF_BOOT_SIZE == 0,
               "a region's size is a power of two, and it starts at a multiple of it");

// The size of a region, as RASR has it: 2^(n + 1).
#define SIZE_OF(bytes) ((31u - (uint32_t)__builtin_clz(bytes) - 1u) << MPU_RASR_SIZE_POS)
#define CODE_AND_RAM   (1u << 30) // the lowest gigabyte

void fence_up(void)
{
    MPU->RBAR = MPU_RBAR_VALID | 0;
    MPU->RASR = MPU_RASR_XN | MPU_RASR_FULL_ACCESS | MPU_RASR_NORMAL | SIZE_OF(CODE_AND_RAM) | MPU_RASR_ENABLE;
    MPU->RBAR = HF_BOOT_ADDRESS | MPU_RBAR_VALID | 1;
    MPU->RASR = MPU_RASR_FULL_ACCESS | MPU_RASR_NORMAL | SIZE_OF(HF_BOOT_SIZE) | MPU_RASR_ENABLE;
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
