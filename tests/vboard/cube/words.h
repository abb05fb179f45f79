// SPDX-License-Identifier: MIT
// What the firmware tells its test, as words at the start of RAM.
#ifndef CUBE_WORDS_H
#define CUBE_WORDS_H

enum {
    CUBE_STAGE,        // how far it has got: CUBE_*_STAGE
    CUBE_ERROR,        // HAL-style: 0 is good, else the line that gave up
    CUBE_CORE_HZ,      // what it believes to run at
    CUBE_HSE_MHZ,      // set by the test before power-on: the crystal it is written for
    CUBE_TICKS,        // of its 1 ms SysTick
    CUBE_FRAMES,       // received by DMA, ended by an idle line
    CUBE_LAST_SIZE,    // of the last one
    CUBE_SENT,         // answers sent by DMA
    CUBE_SLEEPS,       // times its main loop slept
    CUBE_THREAD_SUM,   // of floats, thread and two interrupts at once
    CUBE_LOW_SUM,
    CUBE_HIGH_SUM,
    CUBE_HIGH_COUNT,   // runs of the urgent interrupt
    CUBE_NESTED,       // of them in the middle of the other one
    CUBE_COUNTER,      // counted up with LDREX and STREX by thread and interrupts
    CUBE_COUNTED,      // and how often
    CUBE_RETRIES,      // STREX that failed
    CUBE_CHAIN,        // order of three interrupts pended at once, a digit each
    CUBE_CHAIN_SP,     // 1: the second and third found the stack as the first did
    CUBE_VTOR,
    CUBE_LONG_FRAMES,  // interrupts that stacked room for FP registers
    CUBE_WORDS
};
enum { CUBE_CLOCKED_STAGE = 1, CUBE_COMPUTED_STAGE, CUBE_SERVING_STAGE };

#endif
