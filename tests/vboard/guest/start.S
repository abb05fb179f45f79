// SPDX-License-Identifier: MIT
// Vector table and start-up of a guest. Handlers are weak: a guest defines NMI_Handler, SysTick_Handler, irq0, irq1,
// ... as it needs them; an exception nobody defined ends the guest as GUEST_UNEXPECTED with its number.
    .syntax unified
    .cpu cortex-m4
    .fpu fpv4-sp-d16
    .thumb

    .macro handler name
    .weak \name
    .thumb_set \name, unexpected
    .word \name
    .endm

    .macro irq number
    handler irq\number
    .endm

    .section .vectors, "a"
    .global vectors
vectors:
    .word _estack
    .word Reset_Handler
    handler NMI_Handler
    handler HardFault_Handler
    handler MemManage_Handler
    handler BusFault_Handler
    handler UsageFault_Handler
    .word 0, 0, 0, 0
    handler SVC_Handler
    handler DebugMon_Handler
    .word 0
    handler PendSV_Handler
    handler SysTick_Handler
    .altmacro
    .set number, 0
    .rept 82
    irq %number
    .set number, number + 1
    .endr
    .noaltmacro

    .text
    .thumb_func
    .global Reset_Handler
    .type Reset_Handler, %function
Reset_Handler:
    ldr r0, =_sidata
    ldr r1, =_sdata
    ldr r2, =_edata
1:  cmp r1, r2
    ittt lo
    ldrlo r3, [r0], #4
    strlo r3, [r1], #4
    blo 1b
    ldr r1, =_sbss
    ldr r2, =_ebss
    movs r3, #0
2:  cmp r1, r2
    itt lo
    strlo r3, [r1], #4
    blo 2b
    bl main
    ldr r0, =0x600D600D         // GUEST_DONE
    b finish

    .thumb_func
    .type unexpected, %function
unexpected:
    mrs r1, ipsr
    ldr r2, =results
    str r1, [r2, #4]
    ldr r0, =0xBAD0BAD0         // GUEST_UNEXPECTED
finish:
    ldr r2, =results
    str r0, [r2]
    cpsid i
    cpsid f
3:  b 3b
    .ltorg
