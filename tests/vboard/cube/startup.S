// SPDX-License-Identifier: MIT
// Start-up in the order of ST's template: stack pointer, .data word by word with an offset, .bss, SystemInit, main.
    .syntax unified
    .cpu cortex-m4
    .fpu fpv4-sp-d16
    .thumb

    .text
    .global Reset_Handler
    .thumb_func
    .type Reset_Handler, %function
Reset_Handler:
    ldr sp, =_estack
    ldr r0, =_sdata
    ldr r1, =_edata
    ldr r2, =_sidata
    movs r3, #0
    b loop_copy
copy:
    ldr r4, [r2, r3]
    str r4, [r0, r3]
    adds r3, r3, #4
loop_copy:
    adds r4, r0, r3
    cmp r4, r1
    bcc copy
    ldr r2, =_sbss
    ldr r4, =_ebss
    movs r3, #0
    b loop_fill
fill:
    str r3, [r2]
    adds r2, r2, #4
loop_fill:
    cmp r2, r4
    bcc fill
    bl SystemInit
    bl main
forever:
    b forever

    .thumb_func
    .type Default_Handler, %function
Default_Handler:
    b Default_Handler

    .macro vector name
    .weak \name
    .thumb_set \name, Default_Handler
    .word \name
    .endm

    .section .isr_vector, "a", %progbits
    .global g_pfnVectors
g_pfnVectors:
    .word _estack
    .word Reset_Handler
    vector NMI_Handler
    vector HardFault_Handler
    vector MemManage_Handler
    vector BusFault_Handler
    vector UsageFault_Handler
    .word 0, 0, 0, 0
    vector SVC_Handler
    vector DebugMon_Handler
    .word 0
    vector PendSV_Handler
    vector SysTick_Handler
    .rept 6                 // 0 to 5
    .word Default_Handler
    .endr
    vector EXTI0_IRQHandler
    vector EXTI1_IRQHandler
    vector EXTI2_IRQHandler
    .rept 7                 // 9 to 15
    .word Default_Handler
    .endr
    vector DMA1_Stream5_IRQHandler
    vector DMA1_Stream6_IRQHandler
    .rept 10                // 18 to 27
    .word Default_Handler
    .endr
    vector TIM2_IRQHandler
    vector TIM3_IRQHandler
    .rept 8                 // 30 to 37
    .word Default_Handler
    .endr
    vector USART2_IRQHandler
    .rept 43                // 39 to 81
    .word Default_Handler
    .endr
