// SPDX-License-Identifier: MIT
// A small application as a linker sees it: vectors, code, constants, initialised and zeroed data, gaps between them.
#include <stdint.h>

extern uint32_t _estack;
void Reset_Handler(void);

static uint32_t counter = 7;
static uint32_t zeroed;
static const char text[] = "blink";
const char *volatile keep = text;

static void spin(void)
{
    for (;;) {
        counter++;
        zeroed += counter;
    }
}

void Reset_Handler(void)
{
    spin();
}

__attribute__((section(".isr_vector"), used)) static const void *const vectors[16] = {
    &_estack, (const void *)Reset_Handler, (const void *)spin, (const void *)spin,
    [11] = (const void *)spin, [14] = (const void *)spin, [15] = (const void *)spin,
};
