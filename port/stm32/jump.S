// SPDX-License-Identifier: MIT
// The last step before an application: nothing may live on the old stack, so it is written without one.
// Armv7-M ARM B1.4.4 (CONTROL), B1.5.5 (reset behaviour), B3.2.5 (VTOR).
    .syntax unified
    .thumb
    .section .text.jump, "ax", %progbits
    .global jump
    .type jump, %function
jump: // r0: vector table
    ldr     r1, =0xE000ED08 // SCB->VTOR
    str     r0, [r1]
    dsb
    isb
    ldmia   r0, {r1, r2}    // initial stack pointer, reset vector
    movs    r3, #0
    msr     control, r3     // thread mode on the main stack, no FPU context
    isb
    msr     msp, r1
    msr     psp, r3
    msr     basepri, r3
    mvns    r3, r3
    mov     lr, r3          // as at reset
    cpsie   i
    cpsie   f
    bx      r2
    .size jump, . - jump
