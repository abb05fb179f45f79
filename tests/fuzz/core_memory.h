// SPDX-License-Identifier: MIT
// The core's variables, which lie in a section of their own (core_section.h), as they are at power-on.
#ifndef HF_FUZZ_CORE_MEMORY_H
#define HF_FUZZ_CORE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

extern uint8_t __start_core_bss[], __stop_core_bss[];

// Not memset: between the variables lies what the address sanitizer watches.
static inline void clear_past_the_sanitizer(uint8_t *to, size_t size)
{
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(0) : "memory");
}

static inline void power_on_core(void)
{
    clear_past_the_sanitizer(__start_core_bss, (size_t)(__stop_core_bss - __start_core_bss));
}

#endif
