// SPDX-License-Identifier: MIT
// What the witness saw at its first instruction, as it lies in RAM at WITNESS_RESULTS.
#ifndef HF_TEST_WITNESS_H
#define HF_TEST_WITNESS_H

#include <stdint.h>

#define WITNESS_RESULTS 0x20010000u
#define WITNESS_DONE    0x5EEA5EEAu
#define WITNESS_MEMORY  160

// Register blocks to look at: name, address, words. Peripherals whose gate is closed come last: the witness opens it.
#define WITNESS_BLOCKS(X)                                                                                              \
    X("SysTick", 0xE000E010u, 3)                                                                                       \
    X("NVIC enables", 0xE000E100u, 3)                                                                                  \
    X("NVIC pendings", 0xE000E200u, 3)                                                                                 \
    X("NVIC actives", 0xE000E300u, 3)                                                                                  \
    X("NVIC priorities", 0xE000E400u, 21)                                                                              \
    X("SCB ICSR", 0xE000ED04u, 1)                                                                                      \
    X("SCB AIRCR to SHPR", 0xE000ED0Cu, 6)                                                                             \
    X("SCB SHCSR, CFSR, HFSR", 0xE000ED24u, 3)                                                                         \
    X("SCB CPACR", 0xE000ED88u, 1)                                                                                     \
    X("FPCCR", 0xE000EF34u, 1)                                                                                         \
    X("RCC CR to CIR", 0x40023800u, 4)                                                                                 \
    X("RCC AHB resets", 0x40023810u, 3)                                                                                \
    X("RCC APB resets", 0x40023820u, 2)                                                                                \
    X("RCC AHB enables", 0x40023830u, 3)                                                                               \
    X("RCC APB enables", 0x40023840u, 2)                                                                               \
    X("RCC BDCR", 0x40023870u, 1)                                                                                      \
    X("FLASH ACR", 0x40023C00u, 1)                                                                                     \
    X("FLASH SR, CR, OPTCR", 0x40023C0Cu, 3)                                                                           \
    X("PWR", 0x40007000u, 2)                                                                                           \
    X("RTC backup register 0", 0x40002850u, 1)                                                                         \
    X("GPIOA", 0x40020000u, 4)                                                                                         \
    X("GPIOA ODR to AFRH", 0x40020014u, 5)                                                                             \
    X("GPIOD", 0x40020C00u, 4)                                                                                         \
    X("GPIOD ODR to AFRH", 0x40020C14u, 5)                                                                             \
    X("CRC", 0x40023000u, 3)                                                                                           \
    X("USART2 SR", 0x40004400u, 1)                                                                                     \
    X("USART2 BRR to GTPR", 0x40004408u, 5)                                                                            \
    X("USB", 0x50000000u, 4)

typedef struct witness_results {
    uint32_t done;
    uint32_t r[13], sp, lr;
    uint32_t control, primask, basepri, faultmask, psp, ipsr, vtor;
    uint32_t memory[WITNESS_MEMORY]; // the blocks, one after the other
} witness_results;

#endif
