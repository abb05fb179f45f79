// SPDX-License-Identifier: MIT
// What a freestanding compiler may call on its own account (GCC manual, "Language Standards Supported by GCC").
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);

// used: the optimiser makes calls to it only after it has thrown away what nobody called.
__attribute__((used, optimize("no-tree-loop-distribute-patterns"))) void *memcpy(void *restrict to,
                                                                                const void *restrict from, size_t size)
{
    uint8_t *t = to;
    for (const uint8_t *f = from; size > 0; size--) {
        *t++ = *f++;
    }
    return to;
}
