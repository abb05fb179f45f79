// SPDX-License-Identifier: MIT
// The guest of the model tests: real loads and stores by the core, one after the other, as the test on the host asks
// for them through a mailbox in RAM. It runs from RAM with its vectors there, so that a busy flash does not stop it.
#include "guest.h"

#include "probe.h"

GUEST_DEFINE_RESULTS;

#define VECTORS 98u
static uint32_t vectors_in_ram[128] __attribute__((aligned(512)));
extern const uint32_t vectors[];

// The access under way faulted: count it and go on behind it. All accesses below are 16-bit instructions.
RAM_CODE __attribute__((used)) void probe_faulted(uint32_t *frame)
{
    results[PROBE_FAULTS]++;
    CFSR = CFSR;
    HFSR = HFSR;
    frame[6] += 2;
}

RAM_CODE __attribute__((naked)) void HardFault_Handler(void)
{
    __asm volatile("mov r0, sp\n push {r4, lr}\n ldr r4, =probe_faulted\n blx r4\n pop {r4, pc}\n .ltorg");
}

RAM_CODE void NMI_Handler(void)
{
    results[PROBE_NMIS]++;
    REG32(0x4002380C) = 1u << 23; // RCC_CIR.CSSC: the only source there is
}

// Kept apart so that each access is one known instruction with room behind it.
RAM_CODE static uint32_t load(uint32_t address, uint32_t width)
{
    register uint32_t a __asm("r0") = address;
    register uint32_t v __asm("r1") = 0;
    if (width == 1) {
        __asm volatile("ldrb r1, [r0]\n nop\n nop" : "+r"(v) : "r"(a) : "memory");
    } else if (width == 2) {
        __asm volatile("ldrh r1, [r0]\n nop\n nop" : "+r"(v) : "r"(a) : "memory");
    } else {
        __asm volatile("ldr r1, [r0]\n nop\n nop" : "+r"(v) : "r"(a) : "memory");
    }
    return v;
}

RAM_CODE static void store(uint32_t address, uint32_t width, uint32_t value)
{
    register uint32_t a __asm("r0") = address;
    register uint32_t v __asm("r1") = value;
    if (width == 1) {
        __asm volatile("strb r1, [r0]\n dsb\n nop\n nop" ::"r"(a), "r"(v) : "memory");
    } else if (width == 2) {
        __asm volatile("strh r1, [r0]\n dsb\n nop\n nop" ::"r"(a), "r"(v) : "memory");
    } else {
        __asm volatile("str r1, [r0]\n dsb\n nop\n nop" ::"r"(a), "r"(v) : "memory");
    }
}

RAM_CODE static void obey(void)
{
    uint32_t address = results[PROBE_ADDRESS], width = results[PROBE_WIDTH];
    if (results[PROBE_OPERATION] == PROBE_LOAD) {
        results[PROBE_VALUE] = load(address, width);
    } else {
        store(address, width, results[PROBE_VALUE]);
    }
    results[PROBE_DONE] = results[PROBE_ASKED];
}

RAM_CODE int main(void)
{
    for (uint32_t i = 0; i < VECTORS; i++) {
        vectors_in_ram[i] = vectors[i];
    }
    VTOR = (uint32_t)(uintptr_t)vectors_in_ram;
    irqs_off();
    results[PROBE_STARTS]++;
    results[PROBE_DONE] = results[PROBE_ASKED]; // a store that reset the chip is done
    for (;;) {
        if (results[PROBE_ASKED] != results[PROBE_DONE]) {
            obey();
        }
    }
}
