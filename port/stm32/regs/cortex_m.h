// SPDX-License-Identifier: MIT
// Core peripherals of Armv7-M: SysTick (ARM DDI 0403, B3.3), NVIC (B3.4), SCB (B3.2).
#ifndef HF_REGS_CORTEX_M_H
#define HF_REGS_CORTEX_M_H

#include <stdint.h>

struct systick_regs {
    volatile uint32_t CSR, RVR, CVR, CALIB;
};
#define SYSTICK                ((struct systick_regs *)0xE000E010u)
#define SYSTICK_CSR_ENABLE     (1u << 0)
#define SYSTICK_CSR_TICKINT    (1u << 1)
#define SYSTICK_CVR_MASK       0x00FFFFFFu

struct nvic_regs {
    volatile uint32_t ISER[8], reserved0[24], ICER[8], reserved1[24], ISPR[8], reserved2[24], ICPR[8];
};
#define NVIC ((struct nvic_regs *)0xE000E100u)

struct scb_regs {
    volatile uint32_t CPUID, ICSR, VTOR, AIRCR, SCR, CCR, SHPR[3], SHCSR, CFSR;
};
#define SCB                    ((struct scb_regs *)0xE000ED00u)
#define SCB_ICSR_PENDSTCLR     (1u << 25)
#define SCB_ICSR_PENDSTSET     (1u << 26)
#define SCB_ICSR_PENDSVCLR     (1u << 27)
#define SCB_AIRCR_VECTKEY      0x05FA0000u
#define SCB_AIRCR_SYSRESETREQ  (1u << 2)
#define SCB_CCR_BFHFNMIGN      (1u << 8)
#define SCB_CFSR_BUS_FAULTS    0x0000BF00u

// Memory protection unit (B3.5).
struct mpu_regs {
    volatile uint32_t TYPE, CTRL, RNR, RBAR, RASR;
};
#define MPU                   ((struct mpu_regs *)0xE000ED90u)
#define MPU_CTRL_ENABLE       (1u << 0)
#define MPU_CTRL_PRIVDEFENA   (1u << 2)
#define MPU_RBAR_VALID        (1u << 4) // the number is in the bits below
#define MPU_RASR_ENABLE       (1u << 0)
#define MPU_RASR_SIZE_POS     1
#define MPU_RASR_SRD_POS      8 // a bit for each eighth: not part of the region
#define MPU_RASR_NORMAL       (1u << 17) // C: normal memory, write-through, as the default map has flash
#define MPU_RASR_FULL_ACCESS  (3u << 24)
#define MPU_RASR_XN           (1u << 28)

#endif
